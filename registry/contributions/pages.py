"""Pages on which people say what they did, and others confirm it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_at_event, roles_in_project
from registry.accounts.rules import Permission
from registry.activity.rules import Subject
from registry.contributions.commands import (
    NOTE,
    SaidContribution,
    change_contribution,
    say_contribution,
    show_calendar,
    show_contribution,
    withdraw_contribution,
)
from registry.contributions.deciding import REASON, Asked, confirm_contribution, decline_contribution
from registry.contributions.queries import (
    ContributionRow,
    PlaceRow,
    count_own,
    count_said,
    latest_events,
    own_contribution,
    own_contributions,
    own_projects,
    place_named,
    said_contributions,
    shows_calendar,
)
from registry.contributions.rules import ContributionState, hours_text
from registry.contributions.words import duration, source_name, state_name
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.handbook import contribution_kinds, contribution_name
from registry.search.queries import search
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

RowNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
SlugText = Annotated[str, QueryParameter(max_length=120)]
QueryText = Annotated[str, QueryParameter(max_length=200)]
StateText = Annotated[str, QueryParameter(name="state", max_length=20)]
AnyRequest = Request[Any, Any, Any]
PLACES_FOUND = 12


@get("/contributions/new")
async def new_contribution_page(
    request: AnyRequest, *, reader: InReader, actor: InActor, now: InNow, project: SlugText = "", event: SlugText = "",
    q: QueryText = "",
) -> Response[str]:
    """The form for one contribution, once it is known to what; before that, the search for it."""
    today = today_at(request, now)
    if project or event:
        typed = Typed.of(project=project, event=event, day=today.isoformat(), is_shown="yes")
        return await _form(request, reader, typed, now=now)
    found = await search(reader, q.strip(), kinds=(Subject.PROJECT, Subject.EVENT), limit=PLACES_FOUND) if q else None
    return render(
        request, "contributions/place.html", q=q, found=found,
        page=PageHead(title=_("Add what you did"), is_indexed=False),
        projects=await own_projects(reader, actor.person_id), events=await latest_events(reader, now=now, size=6),
    )


@post("/contributions/new", status_code=SEE_OTHER)
async def new_contribution(request: AnyRequest, session: InSession, actor: InActor, now: InNow) -> Response[Any]:
    """Say what one did."""
    typed = await read_typed(request)

    async def say() -> str:
        await say_contribution(session, said=_said(typed), by=actor, today=today_at(request, now), now=now)
        return "/account/contributions"

    outcome = await attempt(session, typed, say, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _form(request, session, typed, now=now)
    return see(outcome, "contributed")


@get("/account/contributions")
async def own_contributions_page(
    request: AnyRequest, reader: InReader, actor: InActor, page: PageNumber = 1
) -> Response[str]:
    """All that is on record of what the reader did, and what others see of it."""
    person_id = _person_id(actor)
    pager = Pager(number=page, total=await count_own(reader, person_id), address=request.url.path).checked()
    rows = await own_contributions(reader, person_id, size=pager.size, offset=pager.offset)
    return render(
        request, "contributions/own.html", page=PageHead(title=_("My contributions"), is_indexed=False), pager=pager,
        contributions=[(one, *_words(one)) for one in rows], shows_calendar=await shows_calendar(reader, person_id),
    )


@get("/account/contributions/{contribution_id:int}")
async def change_contribution_page(
    request: AnyRequest, *, reader: InReader, actor: InActor, now: InNow, contribution_id: RowNumber
) -> Response[str]:
    """The form with which one changes what one said."""
    found = await own_contribution(reader, _person_id(actor), contribution_id)
    if found is None or not found.may_change:
        raise NotFound(_("There is no such contribution among yours that can be changed."))
    typed = Typed.of(
        kind=found.kind, day=found.happened_on.isoformat(), hours=hours_text(found.minutes), note=found.note,
        evidence_url=found.evidence_url, project=found.project_slug, event=found.event_slug,
        is_shown="yes" if found.is_shown else "",
    )
    return await _form(request, reader, typed, now=now, contribution_id=contribution_id)


@post("/account/contributions/{contribution_id:int}", status_code=SEE_OTHER)
async def contribution_change(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, contribution_id: RowNumber
) -> Response[Any]:
    """Change what one said."""
    typed = await read_typed(request)

    async def change() -> str:
        await change_contribution(
            session, contribution_id=contribution_id, said=_said(typed), by=actor, today=today_at(request, now),
            now=now,
        )
        return "/account/contributions"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _form(request, session, typed, now=now, contribution_id=contribution_id)
    return see(outcome, "saved")


@post("/account/contributions/{contribution_id:int}/withdraw", status_code=SEE_OTHER)
async def contribution_withdraw(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, contribution_id: RowNumber
) -> Response[Any]:
    """Take back what one said."""
    typed = await read_typed(request)

    async def withdraw() -> str:
        await withdraw_contribution(session, contribution_id=contribution_id, by=actor, now=now)
        return "/account/contributions"

    outcome = await attempt(session, typed, withdraw, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "removed")


@post("/account/contributions/{contribution_id:int}/show", status_code=SEE_OTHER)
async def contribution_show(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, contribution_id: RowNumber
) -> Response[Any]:
    """Show one contribution to everyone, or hide it."""
    typed = await read_typed(request)

    async def show() -> str:
        await show_contribution(
            session, contribution_id=contribution_id, is_shown=typed("is_shown") == "yes", by=actor, now=now
        )
        return "/account/contributions"

    outcome = await attempt(session, typed, show, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "saved")


@post("/account/contributions/calendar", status_code=SEE_OTHER)
async def calendar_show(request: AnyRequest, session: InSession, actor: InActor, now: InNow) -> Response[Any]:
    """Show the calendar to everyone, or not."""
    typed = await read_typed(request)

    async def show() -> str:
        await show_calendar(session, shows=typed.has("shows_calendar"), by=actor, now=now)
        return "/account/contributions"

    outcome = await attempt(session, typed, show, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "saved")


@get("/projects/{slug:str}/contributions", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project))
async def project_contributions_page(
    request: AnyRequest, *, reader: InReader, actor: InActor, slug: FromPath[str], chosen: StateText = "waiting",
    page: PageNumber = 1,
) -> Response[str]:
    """What people say they did for a project, for those who keep it."""
    return await _deciding(
        request, reader, actor, subject=Subject.PROJECT, slug=slug, typed=Typed(), chosen=chosen, page=page
    )


@post("/projects/{slug:str}/contributions/{contribution_id:int}", status_code=SEE_OTHER,
      opt=needs(Permission.EDIT_PROJECT, there=roles_in_project))
async def project_contribution_answer(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, slug: FromPath[str],
    contribution_id: RowNumber,
) -> Response[Any]:
    """Confirm or decline what somebody did for a project."""
    return await _decide(request, session, actor, now, Asked(Subject.PROJECT, slug, contribution_id, 0))


@get("/events/{slug:str}/contributions", opt=needs(Permission.RUN_EVENT, there=roles_at_event))
async def event_contributions_page(
    request: AnyRequest, *, reader: InReader, actor: InActor, slug: FromPath[str], chosen: StateText = "waiting",
    page: PageNumber = 1,
) -> Response[str]:
    """What people say they did at an event, for its organisers."""
    return await _deciding(
        request, reader, actor, subject=Subject.EVENT, slug=slug, typed=Typed(), chosen=chosen, page=page
    )


@post("/events/{slug:str}/contributions/{contribution_id:int}", status_code=SEE_OTHER,
      opt=needs(Permission.RUN_EVENT, there=roles_at_event))
async def event_contribution_answer(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, slug: FromPath[str],
    contribution_id: RowNumber,
) -> Response[Any]:
    """Confirm or decline what somebody did at an event."""
    return await _decide(request, session, actor, now, Asked(Subject.EVENT, slug, contribution_id, 0))


CONTRIBUTION_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/", opt=needs(Permission.MANAGE_OWN_ACCOUNT), route_handlers=[
        new_contribution_page, new_contribution, own_contributions_page, change_contribution_page,
        contribution_change, contribution_withdraw, contribution_show, calendar_show,
    ]),
    project_contributions_page, project_contribution_answer, event_contributions_page, event_contribution_answer,
]


def today_at(request: AnyRequest, now: datetime) -> date:
    """The day it is where the community is."""
    settings: Settings = request.app.state.settings
    return now.astimezone(ZoneInfo(settings.timezone)).date()


def _said(typed: Typed) -> SaidContribution:
    return SaidContribution(
        kind=typed("kind"), day=typed("day"), hours=typed("hours"), note=typed("note"),
        evidence_url=typed("evidence_url"), project=typed("project"), event=typed("event"),
        is_shown=typed.has("is_shown"),
    )


async def _form(
    request: AnyRequest, reader: Reader, typed: Typed, *, now: datetime, contribution_id: int = 0
) -> Response[str]:
    """The form for a contribution to the place that ``typed`` names."""
    project = await place_named(reader, Subject.PROJECT, typed("project")) if typed("project") else None
    event = await place_named(reader, Subject.EVENT, typed("event")) if typed("event") else None
    if project is None and event is None and not typed.refusal:
        raise NotFound(_("There is no such project or event. It may have another address."))
    events = await latest_events(reader, now=now) if project else []
    if event and event not in events:
        events = [event, *events]
    return render(
        request, "contributions/form.html", typed=typed, status_code=typed.status, project=project, event=event,
        page=PageHead(title=_("Change what you added") if contribution_id else _("Add what you did"), is_indexed=False),
        action=f"/account/contributions/{contribution_id}" if contribution_id else "/contributions/new",
        kinds=[(one.key, plain(one.name)) for one in contribution_kinds().values() if one.said_by == "person"],
        events=[(one.slug, plain(one.name)) for one in events], note_length=NOTE,
    )


def _words(one: ContributionRow) -> tuple[str, str, str, str]:
    """A contribution's kind, length of time, source and state."""
    return (
        plain(contribution_name(one.kind)), duration(one.minutes) if one.minutes else "",
        "" if one.is_said else source_name(one.source), state_name(one.state),
    )


async def _deciding(
    request: AnyRequest, reader: Reader, actor: Actor, *, subject: Subject, slug: str, typed: Typed,
    chosen: str = ContributionState.WAITING, page: int = 1,
) -> Response[str]:
    """The list of what people say they did at a place, with its forms."""
    place: PlaceRow | None = await place_named(reader, subject, slug)
    state = next((one for one in ContributionState if one == chosen), None)
    if place is None or state is None:
        raise NotFound(_("There is no such project or event. It may have another address."))
    numbers = await count_said(reader, place)
    address = f"{place.url}/contributions"
    pager = Pager(number=page, total=numbers[state], address=f"{address}?state={state.value}").checked()
    rows = await said_contributions(reader, place, state, size=pager.size, offset=pager.offset)
    return render(
        request, "contributions/deciding.html", typed=typed, status_code=typed.status, place=place, address=address,
        page=PageHead(
            title=_("What people did for %(place)s") % {"place": plain(place.name)}, is_indexed=False,
            description=_("Confirm what you know to be so. What you cannot confirm goes back with a kind word."),
        ),
        states=[(one.value, state_name(one), count, one is state) for one, count in numbers.items()],
        contributions=[(one, *_words(one)) for one in rows], state=state, pager=pager, own_id=actor.person_id,
        reason_length=REASON,
    )


async def _decide(
    request: AnyRequest, session: AsyncSession, actor: Actor, now: datetime, asked: Asked
) -> Response[Any]:
    """Confirm or decline, whichever button was pressed."""
    typed = await read_typed(request)
    asked = msgspec.structs.replace(asked, revision=typed.revision)
    declines = typed("answer") == "decline"

    async def decide() -> str:
        if declines:
            await decline_contribution(session, asked=asked, reason=typed("reason"), by=actor, now=now)
        else:
            await confirm_contribution(session, asked=asked, by=actor, now=now)
        return f"/{asked.subject.value}s/{asked.slug}/contributions"

    outcome = await attempt(session, typed, decide, by=actor, now=now)
    if isinstance(outcome, NotFound):
        raise outcome
    if isinstance(outcome, RegistryError):
        return await _deciding(request, session, actor, subject=asked.subject, slug=asked.slug, typed=typed)
    return see(outcome, "declined" if declines else "confirmed")


def _person_id(actor: Actor) -> int:
    assert actor.person_id is not None  # noqa: S101 — the permission is not a visitor's
    return actor.person_id
