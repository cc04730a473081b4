"""The web application: wiring only."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from registry.accounts.pages import ACCOUNT_ROUTES
from registry.accounts.rules import Permission
from registry.accounts.sign_in_pages import DEMO_ROUTES
from registry.activity.log_pages import AUDIT_ROUTES
from registry.activity.outbox_pages import OUTBOX_ROUTES
from registry.activity.pages import HISTORY_ROUTES
from registry.announcements.pages import ANNOUNCEMENT_ROUTES
from registry.cases.citation_pages import CASE_CITATIONS
from registry.cases.draft_pages import CASE_ROUTES
from registry.cases.pages import CASE_READING
from registry.cases.paper import case_pdf
from registry.cases.sharing import CASE_SHARING
from registry.channels.pages import PROJECT_CHANNEL_ROUTES, channels_page
from registry.claims.pages import CLAIM_ROUTES
from registry.community.pages import colours_file, logo_file
from registry.contributions.pages import CONTRIBUTION_ROUTES
from registry.contributions.statement_pages import STATEMENT_ROUTES
from registry.database.engine import Database
from registry.database.version import open_version
from registry.desk.pages import DESK_ROUTES
from registry.duplicates.pages import DUPLICATE_ROUTES
from registry.edition.rules import Edition
from registry.events.format_pages import EVENT_FORMATS
from registry.events.pages import EVENT_CHANGES, calendar_page, event_page, events_page
from registry.events.run_pages import RUN_ROUTES
from registry.exchange.pages import DATA_ROUTES
from registry.feeds.pages import FEED_ROUTES
from registry.floor.own_pages import FLOOR_ROUTES
from registry.floor.pages import FLOOR_READING
from registry.handbook.pages import chapter_page, handbook_page
from registry.hooks.doors import hook_routes
from registry.inbox.pages import INBOX_ROUTES
from registry.inbox.telling_pages import TELLING_ROUTES
from registry.joining.pages import JOINING_ROUTES
from registry.moderation.organiser_pages import MODERATION_ROUTES
from registry.moderation.pages import REPORT_ROUTES
from registry.numbers.pages import NUMBERS_ROUTES
from registry.paths import STATIC
from registry.people.pages import people_page, person_page
from registry.ports import connect
from registry.privacy.pages import PRIVACY_ROUTES
from registry.programme.screen_pages import SCREEN_ROUTES
from registry.programme.stage_pages import STAGE_ROUTES
from registry.projects.edit_pages import PROJECT_EDIT_ROUTES
from registry.projects.format_pages import PROJECT_FORMATS
from registry.projects.pages import project_page, projects_page
from registry.projects.team_pages import PROJECT_TEAM_ROUTES
from registry.projects.topic_pages import need_page, needs_page, tag_page, tags_page
from registry.projects.update_pages import PROJECT_UPDATE_ROUTES
from registry.proposals.pages import proposal_page, proposals_page
from registry.proposals.pitch_pages import PITCH_READING, PITCH_ROUTES
from registry.proposals.sharing import poster_page, qr_picture
from registry.publishing.pages import PUBLISHING_ROUTES
from registry.receivers.pages import RECEIVER_ROUTES, receiving_page
from registry.registrations.door_pages import DOOR_ROUTES
from registry.registrations.pages import REGISTRATION_ROUTES
from registry.registrations.run_pages import REGISTRATION_RUN_ROUTES
from registry.repositories.keeper_pages import KEEPER_ROUTES
from registry.repositories.pages import REPOSITORY_ROUTES
from registry.results.after_pages import AFTER_ROUTES
from registry.results.pages import RESULT_READING
from registry.results.result_pages import RESULT_ROUTES
from registry.search.pages import search_page, search_suggestions
from registry.settings import Mode, Settings, load_settings
from registry.stages.pages import stage_page, stages_page
from registry.stages.project_pages import PROJECT_STAGE_ROUTES, project_stage_page
from registry.tallies.queries import Tallies
from registry.tokens.pages import TOKEN_ROUTES
from registry.uploads.pages import UPLOAD_ROUTES
from registry.web.about import about_page, licences_page
from registry.web.address_limits import ApiLimits
from registry.web.api.cross_origin import CrossOriginReading
from registry.web.api.openapi import openapi_config
from registry.web.api.pages import API_PAGES
from registry.web.api.routes import API_ROUTES
from registry.web.assets import stylesheet_file
from registry.web.dependencies import dependencies_at
from registry.web.edge import Edge
from registry.web.errors import answer_error
from registry.web.headers import SecurityHeaders
from registry.web.health import health, ready
from registry.web.home import home_page
from registry.web.live import Live
from registry.web.livez import Livez
from registry.web.locale_middleware import LocaleMiddleware
from registry.web.metrics import Metrics, metrics_page
from registry.web.page_cache import PageCache
from registry.web.paper.press import Press
from registry.web.permissions import guard, needs
from registry.web.request_log import RequestLog
from registry.web.sessions import Sessions
from registry.web.sitemap import robots, sitemap, sitemap_part
from registry.web.unread import Unread

ROUTES: Sequence[ControllerRouterHandler] = [  # what everyone may read; other routes declare what they need
    health,
    ready,
    metrics_page,
    home_page,
    about_page,
    licences_page,
    sitemap,
    sitemap_part,
    robots,
    projects_page,
    project_page,
    project_stage_page,
    *PROJECT_FORMATS,
    people_page,
    person_page,
    channels_page,
    tags_page,
    tag_page,
    needs_page,
    need_page,
    stages_page,
    stage_page,
    events_page,
    calendar_page,
    event_page,
    *EVENT_FORMATS,
    *FEED_ROUTES,
    *FLOOR_READING,
    *RESULT_READING,
    proposals_page,
    proposal_page,
    *PITCH_READING,
    poster_page,
    qr_picture,
    *CASE_READING,
    *CASE_CITATIONS,
    *CASE_SHARING,
    case_pdf,
    *DATA_ROUTES,
    *NUMBERS_ROUTES,
    handbook_page,
    chapter_page,
    API_ROUTES,
    *API_PAGES,
    receiving_page,
    search_page,
    search_suggestions,
    stylesheet_file,
    colours_file,
    logo_file,
    create_static_files_router(path="/static", directories=[STATIC], cache_control=None),
]


def create_app(
    settings: Settings | None = None, *, edition: Edition | None = None,
    more_routes: Sequence[ControllerRouterHandler] = (),
) -> Litestar:
    """Build the application for an installation (``settings`` from the environment when not given).

    One that writes a static ``edition`` has routes of its own, and a clock that stands still.
    """
    settings = settings or load_settings()
    connections = connect(settings)
    version = open_version(settings)
    live, tallies = Live(version), Tallies(settings, version if settings.page_cache else None)
    metrics = Metrics() if settings.metrics_token.get_secret_value() else None

    @asynccontextmanager
    async def open_database(app: Litestar) -> AsyncIterator[None]:
        app.state.database, app.state.visits = Database(settings), OrderedDict()
        app.state.package = None
        try:
            yield
        finally:
            await live.close()
            await app.state.database.close()
            await version.close()

    app = Litestar(
        route_handlers=[
            Router("/", route_handlers=ROUTES, opt=needs(Permission.READ)),
            *ACCOUNT_ROUTES,
            *DESK_ROUTES,
            *ANNOUNCEMENT_ROUTES,
            *AUDIT_ROUTES,
            *CASE_ROUTES,
            *CLAIM_ROUTES,
            *DOOR_ROUTES,
            *DUPLICATE_ROUTES,
            *CONTRIBUTION_ROUTES,
            *EVENT_CHANGES,
            *HISTORY_ROUTES,
            *INBOX_ROUTES,
            *JOINING_ROUTES,
            *MODERATION_ROUTES,
            *OUTBOX_ROUTES,
            *PITCH_ROUTES,
            *PRIVACY_ROUTES,
            *PROJECT_CHANNEL_ROUTES,
            *PROJECT_EDIT_ROUTES,
            *PROJECT_STAGE_ROUTES,
            *PROJECT_TEAM_ROUTES,
            *PROJECT_UPDATE_ROUTES,
            *PUBLISHING_ROUTES,
            *REGISTRATION_ROUTES,
            *REGISTRATION_RUN_ROUTES,
            *KEEPER_ROUTES,
            *RUN_ROUTES,
            *RECEIVER_ROUTES,
            *STAGE_ROUTES,
            SCREEN_ROUTES,
            *FLOOR_ROUTES, *RESULT_ROUTES, *AFTER_ROUTES,
            *REPORT_ROUTES,
            *REPOSITORY_ROUTES,
            *STATEMENT_ROUTES,
            *TELLING_ROUTES,
            *TOKEN_ROUTES,
            *UPLOAD_ROUTES,
            *hook_routes(connections.hooks),
            *(DEMO_ROUTES if settings.mode is Mode.DEMO else ()),
            *more_routes,
        ],
        guards=[guard],
        dependencies=dependencies_at(edition.made_at if edition else None),
        exception_handlers={Exception: answer_error},
        lifespan=[open_database],
        openapi_config=openapi_config(settings),
        include_in_schema=False,
        state=State({
            "settings": settings, "connections": connections, "edition": edition, "live": live, "metrics": metrics,
            "tallies": tallies, "press": Press(), "version": version,
        }),
        logging_config=None,
        request_max_body_size=settings.largest_upload_megabytes * 1024 * 1024,
    )
    # Around the whole application, not Litestar middleware: an address that no route knows has a language and headers
    # too, and a page from memory must not pay for routing.
    cached = PageCache(
        RequestLog(Sessions(app.asgi_handler, app.state), metrics), version=version if settings.page_cache else None,
        megabytes=settings.page_cache_megabytes, metrics=metrics,
    )
    edge = Edge(cached)
    readable = LocaleMiddleware(CrossOriginReading(edge, api=ApiLimits(edge, app.state)), settings.community)
    app.asgi_handler = SecurityHeaders(Livez(Unread(readable)), settings)
    return app
