"""The web application: wiring only."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from litestar import Litestar, MediaType, get
from litestar.datastructures import State
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from registry.database.engine import Database
from registry.events.pages import event_page
from registry.handbook.pages import chapter_page, handbook_page
from registry.paths import STATIC
from registry.proposals.pages import proposal_page
from registry.settings import Settings, load_settings
from registry.web.api.cross_origin import CrossOriginReading
from registry.web.api.openapi import openapi_config
from registry.web.api.routes import API_ROUTES
from registry.web.assets import stylesheet_file
from registry.web.dependencies import DEPENDENCIES
from registry.web.errors import answer_error
from registry.web.home import home_page
from registry.web.locale_middleware import LocaleMiddleware


@get("/livez", media_type=MediaType.TEXT, sync_to_thread=False)
def livez() -> str:
    """Say that the process answers; touches nothing else."""
    return "alive"


ROUTES: Sequence[ControllerRouterHandler] = [
    livez,
    home_page,
    event_page,
    proposal_page,
    handbook_page,
    chapter_page,
    API_ROUTES,
    stylesheet_file,
    create_static_files_router(path="/static", directories=[STATIC], cache_control=None),
]


def create_app(settings: Settings | None = None) -> Litestar:
    """Build the application for an installation (``settings`` from the environment when not given)."""
    settings = settings or load_settings()

    @asynccontextmanager
    async def open_database(app: Litestar) -> AsyncIterator[None]:
        app.state.database = Database(settings)
        try:
            yield
        finally:
            await app.state.database.close()

    app = Litestar(
        route_handlers=ROUTES,
        dependencies=DEPENDENCIES,
        exception_handlers={Exception: answer_error},
        lifespan=[open_database],
        openapi_config=openapi_config(settings),
        include_in_schema=False,
        state=State({"settings": settings}),
        request_max_body_size=settings.largest_upload_megabytes * 1024 * 1024,
    )
    # Around the whole application, not a Litestar middleware: an address that no route knows has a language too.
    app.asgi_handler = LocaleMiddleware(CrossOriginReading(app.asgi_handler))
    return app
