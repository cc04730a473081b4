"""The pages of events: the list, the calendar, one event."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_301_MOVED_PERMANENTLY

from registry.accounts.queries import roles_at_event
from registry.accounts.rules import Permission, Role
from registry.activity.queries import moved_record
from registry.activity.rules import Subject
from registry.addresses import percent_encoded
from registry.errors import NotFound
from registry.events.commands.sign_up import close_proposals, reopen_proposals
from registry.events.linked_data import event_linked_data
from registry.events.listing import (
    EVENT_LISTING,
    EVENTS_BY_PITCHES,
    EventFilter,
    EventSort,
    event_counts,
    events_by_pitches,
    events_matching,
)
from registry.events.queries import (
    EventPageRow,
    EventRow,
    event_by_slug,
    event_years,
    events_of_year,
    slug_of_event,
)
from registry.events.rules import EventKind
from registry.events.sharing import event_share_card
from registry.events.words import attendance_name, kind_name, no_such_event, state_name
from registry.inbox.queries import follow_state
from registry.moderation.hidden import hidden_record_page
from registry.proposals.queries import event_programme, outcomes_of_event
from registry.results.queries import people_counts
from registry.results.report_words import people_facts
from registry.search.queries import hits_of
from registry.tallies.queries import Tallies
from registry.web.cards import share_picture
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.moments import time_span
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, SiteContext, render
from registry.web.sessions import actor_in
from registry.web.typed import SEE_OTHER, see

PITCHES_A_PAGE = 50

_RUNS = needs(Permission.RUN_EVENT, there=roles_at_event)
Year = Annotated[int | None, QueryParameter(ge=1000, le=9999)]


class VideoLink(msgspec.Struct, frozen=True):
    """A playlist of an event, in the form of the link list."""

    label: str
    url: str
    kind: str = "video"
    health: str = "unknown"
    checked_at: None = None


@get("/events")
async def events_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """Every public event, with filters whose choices show what they would find."""
    chosen = read_choices("/events", request.query_params, ("q", "kind", "year", "state", "sort"))
    wanted = EventFilter(
        kind=chosen.values.get("kind"), year=chosen.values.get("year"), state=chosen.values.get("state"),
        text=await hits_of(reader, Subject.EVENT, chosen.values.get("q")),
    )
    tallies: Tallies = request.app.state.tallies
    counts = await event_counts(
        reader, wanted, now=now, whole=lambda: tallies.read(reader, EVENT_LISTING, now)
    )
    pager = Pager(
        number=page, total=counts.total, has_more=wanted.is_part, address=chosen.url()
    ).checked()
    sort = next((order for order in EventSort if order == chosen.values.get("sort")), EventSort.NEWEST)
    if sort is EventSort.PITCHES:
        ranked = (await tallies.read(reader, EVENTS_BY_PITCHES, now)).value.ids
        events = await events_by_pitches(reader, wanted, ranked, now=now, offset=pager.offset, limit=pager.size)
    else:
        events = await events_matching(
            reader, wanted, is_oldest_first=sort is EventSort.OLDEST, now=now, offset=pager.offset, limit=pager.size
        )
    words = {
        "kind": {kind.value: kind_name(kind) for kind in EventKind},
        "year": {year: year for year in sorted(counts.years, reverse=True)},
        "state": {state: state_name(state) for state in ("upcoming", "past", "cancelled")},
    }
    return render(
        request, "events/list.html",
        page=PageHead(
            title=_("Events"),
            description=_("Every hackathon and meeting of the record, with its pitches and what became of them."),
            is_indexed=not chosen.values,
        ),
        chosen=chosen, chips=chosen.chips(words), pager=pager, sort=sort.value,
        facets=[
            (_("When"), chosen.choices("state", words["state"], counts.states)),
            (_("Kind"), chosen.choices("kind", words["kind"], counts.kinds)),
            (_("Year"), chosen.choices("year", words["year"], counts.years)),
        ],
        events=events, now=now, counted_at=counts.counted_at, is_part=wanted.is_part,
    )


@get("/events/calendar")
async def calendar_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, year: Year = None
) -> Response[str]:
    """A year of events, month by month; without a year, this year or the last one that has an event."""
    years = await event_years(reader)
    shown = year if year is not None else now.year if now.year in years else max(years, default=now.year)
    months: dict[int, list[EventRow]] = {month: [] for month in range(1, 13)}
    for event in await events_of_year(reader, shown):
        months[event.starts_on.month].append(event)
    return render(
        request, "events/calendar.html",
        page=PageHead(
            title=_("Calendar of %(year)s") % {"year": shown},
            description=_("The events of a year, month by month."), is_indexed=any(months.values()),
        ),
        year=shown, months=months, now=now,
        earlier=max((other for other in years if other < shown), default=None),
        later=min((other for other in years if other > shown), default=None),
    )


@get("/events/{slug:str}")
async def event_page(
    *, request: Request[Any, Any, Any], reader: InReader, now: InNow, slug: FromPath[str],
    page: PageNumber = 1,
) -> Response[Any]:
    """One event: its facts, its pitches in order and what became of each, its numbers, the events beside it."""
    event = await event_by_slug(reader, slug)
    if event is None:
        if hidden := await hidden_record_page(request, reader, Subject.EVENT, slug):
            return hidden
        moved = await moved_record(reader, Subject.EVENT, slug)
        new_slug = None if moved is None else await slug_of_event(reader, moved)
        if new_slug is None:
            raise NotFound(no_such_event())
        return Redirect(percent_encoded(f"/events/{new_slug}"), status_code=HTTP_301_MOVED_PERMANENTLY)
    pager = Pager(number=page, total=event.pitch_count, address=request.url.path, size=PITCHES_A_PAGE).checked()
    programme = await event_programme(reader, event.id, offset=pager.offset, limit=pager.size)
    outcomes = await outcomes_of_event(reader, event.id, at=event.starts_at)
    has_begun, actor = event.starts_at <= now, actor_in(request)
    roles = await roles_at_event(reader, actor, slug)
    people = await people_counts(reader, event.id) if has_begun and event.has_guests else None
    site, when = SiteContext(request), when_of(event)
    return render(
        request, "events/event.html",
        page=PageHead(
            title=plain(event.name),
            description=" · ".join(filter(None, [when, plain(event.place), plain(event.subtitle)])),
            json_ld=event_linked_data(event, programme, base_url=site.base_url, community=site.community),
            og_type="article", feed=f"/events/{event.slug}/feed",
            picture=share_picture(event_share_card(event), f"/events/{event.slug}"),
        ),
        site=site, event=event, when=when, standing=event.standing(now), registering=event.registering(now).value,
        kind=kind_name(event.kind),
        attendance=attendance_name(event.attendance), programme=programme, outcomes=outcomes,
        returning=sum(one.earlier > 0 for one in outcomes.values()), pager=pager,
        videos=_videos(event), people=people_facts(people), has_begun=has_begun,
        is_open_for_pitches=event.sign_up.is_open(now), is_over=event.ends_at <= now,
        follow=await follow_state(reader, actor, "events", event.slug, str(event.id)),
        may_help=actor.may(Permission.HELP_AT_EVENT, roles), is_registered=Role.REGISTERED in roles,
    )


@post("/events/{slug:str}/close-pitches", opt=_RUNS, status_code=SEE_OTHER)
async def event_close_pitches(actor: InActor, session: InSession, now: InNow, slug: FromPath[str]) -> Response[Any]:
    """Take no more pitches."""
    await close_proposals(session, slug=slug, by=actor, now=now)
    return see(f"/events/{slug}", "saved")


@post("/events/{slug:str}/reopen-pitches", opt=_RUNS, status_code=SEE_OTHER)
async def event_reopen_pitches(actor: InActor, session: InSession, now: InNow, slug: FromPath[str]) -> Response[Any]:
    """Take pitches again."""
    await reopen_proposals(session, slug=slug, by=actor, now=now)
    return see(f"/events/{slug}", "saved")


EVENT_CHANGES = [event_close_pitches, event_reopen_pitches]


def when_of(event: EventRow) -> str:
    """When an event takes place, in the reader's form."""
    return time_span(event.starts_at, event.ends_at, event.timezone, is_all_day=event.is_all_day)


def _videos(event: EventPageRow) -> list[VideoLink]:
    recordings = (
        (_("Pitches"), event.pitch_video_url), (_("Short talks"), event.talk_video_url),
        (_("Demos"), event.demo_video_url),
    )
    return [VideoLink(label=label, url=url) for label, url in recordings if url]
