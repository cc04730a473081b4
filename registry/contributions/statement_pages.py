"""Pages on which people issue statements of their contributions, and the page that anyone checks one at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.contributions.pages import today_at
from registry.contributions.statement import (
    MEMBERSHIP,
    StatedFact,
    StatedPlace,
    StatementContent,
    StatementState,
    kinds_in,
)
from registry.contributions.statement_commands import StatementWish, issue_statement, read_period, revoke_statement
from registry.contributions.statement_queries import (
    count_statements,
    names_of,
    own_statements,
    stateable,
    statement_at,
)
from registry.contributions.words import confirmer_name, duration, source_name, statement_state_name
from registry.database.engine import Reader
from registry.errors import BadInput, NotFound, RegistryError
from registry.people.rules import MembershipRole
from registry.people.words import role_name
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import current_language, language_name, languages, ngettext, plain, speak
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.qr_code import qr_code
from registry.web.render import PageHead, render
from registry.web.templates import render_template
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

DayText = Annotated[str, QueryParameter(max_length=20)]
Code = Annotated[str, PathParameter(max_length=40)]
AnyRequest = Request[Any, Any, Any]


@get("/account/statements")
async def own_statements_page(
    request: AnyRequest, reader: InReader, actor: InActor, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """The statements that the reader issued, and the period of the next one."""
    person_id = _person_id(actor)
    pager = Pager(number=page, total=await count_statements(reader, person_id), address=request.url.path).checked()
    today = today_at(request, now)
    rows = await own_statements(reader, person_id, size=pager.size, offset=pager.offset)
    return render(
        request, "statements/own.html", page=PageHead(title=_("Statements of my contributions"), is_indexed=False),
        pager=pager, statements=[(one, statement_state_name(one.state)) for one in rows],
        typed=Typed.of(since=today.replace(month=1, day=1).isoformat(), until=today.isoformat()),
        timezone=_settings(request).timezone,
    )


@get("/account/statements/new")
async def new_statement_page(
    request: AnyRequest, *, reader: InReader, actor: InActor, now: InNow, since: DayText = "", until: DayText = ""
) -> Response[str]:
    """What is on record of a period, to choose from."""
    typed = Typed.of(since=since, until=until, languages=languages())
    return await _choosing(request, reader, actor, typed, now=now, chooses_all=True)


@post("/account/statements", status_code=SEE_OTHER)
async def new_statement(request: AnyRequest, session: InSession, actor: InActor, now: InNow) -> Response[Any]:
    """Issue a statement of what was chosen."""
    typed = await read_typed(request)

    async def issue() -> str:
        wish = StatementWish(
            since=typed("since"), until=typed("until"), places=typed.every("places"), kinds=typed.every("kinds"),
            languages=typed.every("languages"), with_hidden=typed.has("with_hidden"),
        )
        statement = await issue_statement(session, wish=wish, by=actor, today=today_at(request, now), now=now)
        return f"/statements/{statement.code}"

    outcome = await attempt(session, typed, issue, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _choosing(request, session, actor, typed, now=now, chooses_all=False)
    return see(outcome, "issued")


@post("/account/statements/{code:str}/revoke", status_code=SEE_OTHER)
async def statement_revoke(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, code: FromPath[str]
) -> Response[Any]:
    """Let a statement no longer stand."""
    typed = await read_typed(request)

    async def revoke() -> str:
        await revoke_statement(session, code=code, by=actor, now=now)
        return "/account/statements"

    outcome = await attempt(session, typed, revoke, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "revoked")


@get("/statements/{code:str}")
async def statement_page(request: AnyRequest, reader: InReader, actor: InActor, code: Code) -> Response[str]:
    """A statement for whoever has its address: what it says, and whether it still stands."""
    seen = await statement_at(reader, code)
    if seen is None:
        raise NotFound(_("There is no such statement. Compare the address with the one on the paper, sign by sign."))
    names = await names_of(reader, seen.content.confirmers) if seen.content else {}
    settings = _settings(request)
    address = f"{settings.base_url}/statements/{seen.code}"
    proof = {"address": address, "qr_code": qr_code(address, css_class="qr-code"), "content_hash": seen.content_hash}
    return render(
        request, "statements/statement.html", page=PageHead(title=_("Statement of contributions"), is_indexed=False),
        status_code=HTTPStatus.GONE if seen.state is StatementState.ERASED else HTTPStatus.OK,
        statement=seen, state_words=statement_state_name(seen.state), timezone=settings.timezone,
        is_own=seen.person_id is not None and seen.person_id == actor.person_id,
        parts=[(tag, _in_language(tag, seen.content, names, proof)) for tag in seen.content.languages]
        if seen.content else [],
    )


STATEMENT_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/", opt=needs(Permission.MANAGE_OWN_ACCOUNT), route_handlers=[
        own_statements_page, new_statement_page, new_statement, statement_revoke,
    ]),
    Router("/", opt=needs(Permission.READ), route_handlers=[statement_page]),
]


async def _choosing(
    request: AnyRequest, reader: Reader, actor: Actor, typed: Typed, *, now: datetime, chooses_all: bool
) -> Response[str]:
    """The form of a new statement; with ``chooses_all`` every box is ticked but that of what is hidden."""
    places: list[StatedPlace] = []
    try:
        since, until = read_period(typed("since"), typed("until"), today=today_at(request, now))
    except BadInput as refusal:
        typed.refused(refusal)
    else:
        places = await stateable(
            reader, _person_id(actor), since=since, until=until, now=now, timezone=_settings(request).timezone,
            with_hidden=True,
        )
    kinds = {key: plain(name) for key, name in kinds_in(places).items()}
    if any(place.parts for place in places):
        kinds = {MEMBERSHIP: _("My part in the team"), **kinds}
    if chooses_all and not typed.refusal:
        typed = Typed.of(
            since=typed("since"), until=typed("until"), languages=languages(), kinds=list(kinds),
            places=[place.key for place in places],
        )
    return render(
        request, "statements/new.html", page=PageHead(title=_("A new statement"), is_indexed=False), typed=typed,
        status_code=typed.status, places=[(place.key, _place_words(place)) for place in places],
        kinds=list(kinds.items()), spoken=[(tag, language_name(tag)) for tag in languages()], own_name=actor.name,
    )


def _place_words(place: StatedPlace) -> str:
    """A place as a choice: its name, how much is on record there, and how much time."""
    count = sum(fact.count for fact in place.facts)
    amounts = [
        ngettext("%(num)s contribution", "%(num)s contributions", count) % {"num": count} if count else "",
        duration(place.minutes) if place.minutes else "",
    ]
    told = " · ".join(filter(None, amounts))
    return f"{plain(place.name)} ({told})" if told else plain(place.name)


def _in_language(
    language: str, content: StatementContent, names: Mapping[int, str], proof: Mapping[str, str]
) -> Markup:
    """What a statement says, in one of its languages whatever the reader's is."""
    before = current_language()
    speak(language)
    try:
        return Markup(render_template(  # noqa: S704 — a template of ours, which escapes
            "statements/_content.html", content=content, language=language,
            places=[_told(place, names) for place in content.places],
            time=duration(content.minutes) if content.minutes else "", **proof,
        ))
    finally:
        speak(before)


def _told(place: StatedPlace, names: Mapping[int, str]) -> dict[str, Any]:
    """A place of a statement with its words in the current language."""
    return {
        "name": place.name, "time": duration(place.minutes) if place.minutes else "",
        "parts": [(role_name(MembershipRole(part.role)), part) for part in place.parts],
        "facts": [
            (fact, duration(fact.minutes) if fact.minutes else "", source_name(fact.source), _confirmer(fact, names))
            for fact in place.facts
        ],
    }


def _confirmer(fact: StatedFact, names: Mapping[int, str]) -> str:
    """Who confirmed something: as what, and by name where they show it."""
    if fact.confirmed_as is None:
        return ""
    name = names.get(fact.confirmed_by or 0)
    role = confirmer_name(fact.confirmed_as)
    return _("%(name)s, %(role)s") % {"name": name, "role": role} if name else role


def _settings(request: AnyRequest) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _person_id(actor: Actor) -> int:
    assert actor.person_id is not None  # noqa: S101 — the permission is not a visitor's
    return actor.person_id
