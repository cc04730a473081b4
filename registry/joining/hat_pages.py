"""The sorting hat: a few answers, and a short list of projects with the reasons. It needs no account."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.types import ControllerRouterHandler

from registry.accounts.rules import Permission
from registry.database.types import Localized
from registry.errors import RegistryError
from registry.events.queries import EventRow, next_and_last_event
from registry.handbook import needs as roles
from registry.joining.commands import keep_offered_roles
from registry.joining.queries.hat import HatProject, projects_for, topics_offered
from registry.joining.rules import Match, ReasonKind, TimeGiven, sort_into_projects
from registry.joining.wishes import BOTH_LANGUAGES, read_wish
from registry.joining.words import reason_sentence, time_name
from registry.projects.pages import quiet_before
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import language_name, languages, plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

FIELDS = ("q", "need", "skill", "time", "language", "topic")
LONGEST_ANSWER = 200
MOST_TICKED = 40
PAIR = 2
AnyRequest = Request[Any, Any, Any]


class ShownReason(msgspec.Struct, frozen=True):
    """A reason in words; for a need also what the owner says about it."""

    sentence: str
    line: Localized


class ShownMatch(msgspec.Struct, frozen=True):
    """A project that the hat gives; ``need`` is the one to offer help for, if one fits."""

    project: HatProject
    reasons: list[ShownReason]
    need: str

    @property
    def help_url(self) -> str:
        """The path of the form to offer help with."""
        return f"{self.project.url}/help" + (f"?need={self.need}" if self.need else "")


@get("/start", opt=needs(Permission.READ))
async def start_page(request: AnyRequest, reader: InReader, now: InNow) -> Response[str]:
    """The hat's questions and, where some are answered, the projects that fit."""
    typed = _asked(request)
    wish, is_asked = read_wish(typed), any(typed(name) for name in FIELDS)
    coming, last = await next_and_last_event(reader, now)
    since = quiet_before(request, now)
    projects, candidates = await projects_for(
        reader, wish, last_event=last.slug if last else "", quiet_before=since
    ) if is_asked else ([], [])
    matches = sort_into_projects(wish, candidates)
    resting = {one.slug for one in candidates if one.is_resting}
    return render(
        request, "joining/start.html",
        page=PageHead(
            title=_("Find a place to help"),
            description=_("Say what you can do and what you care about, and see which projects wait for you."),
            is_indexed=not is_asked,
        ),
        typed=typed, is_asked=is_asked, coming=coming, matches=_shown(matches, projects, last), words=wish.words,
        all_rest=bool(matches) and all(match.slug in resting for match in matches),
        understood=[need for key, need in roles().items() if key in wish.needs],
        broad=[(need.key, plain(need.name)) for need in roles().values() if not need.broader],
        finer=[(need.key, plain(need.name)) for need in roles().values() if need.broader],
        times=[(time.value, time_name(time)) for time in TimeGiven],
        language_choices=_languages_to_choose(),
        topics=[(topic.slug, plain(topic.name)) for topic in await topics_offered(reader)],
    )


def _languages_to_choose() -> list[tuple[str, str]]:
    """The community's languages, and that it does not matter."""
    each = [(tag, language_name(tag)) for tag in languages()]
    return [*each, (BOTH_LANGUAGES, _("Both are fine") if len(each) == PAIR else _("Any of them is fine"))]


@post("/start/keep", status_code=SEE_OTHER, opt=needs(Permission.MANAGE_OWN_ACCOUNT))
async def start_keep(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Keep the roles that the hat understood in one's account."""
    typed = await read_typed(request)

    async def keep() -> str:
        await keep_offered_roles(session, roles=typed.every("role"), by=actor, now=now)
        return "/account/offers"

    outcome = await attempt(session, typed, keep, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "roles-kept")


HAT_ROUTES: Sequence[ControllerRouterHandler] = [start_page, start_keep]


def _asked(request: AnyRequest) -> Typed:
    """What the address says, no longer than anyone would write."""
    fields = {name: request.query_params.getall(name, [])[:MOST_TICKED] for name in FIELDS}
    return Typed({
        name: [value.strip()[:LONGEST_ANSWER] for value in values if value.strip()]
        for name, values in fields.items()
    })


def _shown(matches: list[Match], projects: list[HatProject], last: EventRow | None) -> list[ShownMatch]:
    by_slug = {project.slug: project for project in projects}
    return [_shown_match(match, by_slug[match.slug], last.name if last else {}) for match in matches]


def _shown_match(match: Match, project: HatProject, last_event: Localized) -> ShownMatch:
    lines = {need.key: need.line for need in project.needs}
    topics = {topic.slug: topic.name for topic in project.topics}
    wanted = {ReasonKind.NEED, ReasonKind.NEAR_NEED}
    return ShownMatch(
        project=project,
        reasons=[
            ShownReason(
                reason_sentence(reason, topics=topics, last_event=last_event),
                lines.get(reason.detail, {}) if reason.kind in wanted else {},
            )
            for reason in match.reasons
        ],
        need=next((reason.detail for reason in match.reasons if reason.kind in wanted), ""),
    )
