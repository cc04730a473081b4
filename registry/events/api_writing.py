"""Making and changing events through the API, for organisers."""

from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import JSONBody
from msgspec import Meta

from registry.accounts.queries import roles_at_event
from registry.accounts.rules import Permission
from registry.addresses import Revision
from registry.database.types import Localized
from registry.events.commands.life import create_event, edit_event, event_like, move_event
from registry.events.rules import Attendance, EventKind, EventMove, EventState
from registry.events.run_forms import details_in, event_fields
from registry.events.run_queries import event_to_run
from registry.tokens.rules import Scope
from registry.web.api.openapi import write_at
from registry.web.api.records import RecordId
from registry.web.api.writing import PATCH, POST, InWriting, Place, Written, form_of
from registry.web.i18n import marked
from registry.web.typed import Typed

_FIELDS = (
    "name", "subtitle", "description", "place", "kind", "number", "starts_at", "ends_at", "timezone", "attendance",
    "address", "online_url", "note_url", "registration_url", "capacity", "registration_opens_at",
    "registration_closes_at", "proposals_close_at",
)
_CLOCK = "by the clocks at `timezone`"


class EventFields(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is written of an event. A field that is left out stays as it is."""

    name: Annotated[
        Localized | None, Meta(description="Name by language tag.", examples=[{"en": "Hackathon 35"}])
    ] = None
    subtitle: Annotated[Localized | None, Meta(description="Its motto.", examples=[{"en": "Dig together"}])] = None
    description: Annotated[
        Localized | None, Meta(description="Markdown.", examples=[{"en": "A day of digging."}])
    ] = None
    kind: Annotated[EventKind | None, Meta(description="Its size.", examples=["large"])] = None
    number: Annotated[
        Annotated[int, Meta(ge=0, le=100_000)] | None, Meta(description="Its number.", examples=[35])
    ] = None
    starts_at: Annotated[
        str | None, Meta(description=f"When it starts, {_CLOCK}.", examples=["2019-09-21T09:00"])
    ] = None
    ends_at: Annotated[str | None, Meta(description=f"When it ends, {_CLOCK}.", examples=["2019-09-21T18:00"])] = None
    timezone: Annotated[str | None, Meta(description="Its time zone.", examples=["Asia/Taipei"])] = None
    attendance: Annotated[
        Attendance | None, Meta(description="Where people take part.", examples=["onsite"])
    ] = None
    place: Annotated[Localized | None, Meta(description="Where it is.", examples=[{"en": "Taipei"}])] = None
    address: Annotated[str | None, Meta(description="The way there.", examples=["1 Example Road"])] = None
    online_url: Annotated[
        str | None, Meta(description="Where to join online.", examples=["https://example.org/call"])
    ] = None
    note_url: Annotated[str | None, Meta(description="Shared notes.", examples=["https://example.org/note"])] = None
    registration_url: Annotated[
        str | None, Meta(description="Where to register, when not here.", examples=["https://example.org/tickets"])
    ] = None
    capacity: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None, Meta(description="Places.", examples=[120])
    ] = None
    registration_opens_at: Annotated[
        str | None, Meta(description=f"When registration opens, {_CLOCK}.", examples=["2019-09-01T12:00"])
    ] = None
    registration_closes_at: Annotated[
        str | None, Meta(description=f"When registration closes, {_CLOCK}.", examples=["2019-09-20T12:00"])
    ] = None
    proposals_close_at: Annotated[
        str | None, Meta(description=f"Until when pitches are taken, {_CLOCK}.", examples=["2019-09-20T23:00"])
    ] = None


class NewEvent(EventFields, kw_only=True):
    """An event to draft: name, start and end are needed."""

    id: Annotated[str, Meta(description="Identifier that you wish for.", examples=["hackathon-36"])] = ""
    like: Annotated[
        str, Meta(description="Identifier of an event whose agenda, rooms, tables, meals and Code are taken over.",
                  examples=["hackathon-35"])
    ] = ""


class ChangedEvent(EventFields, kw_only=True):
    """What is to change of an event."""

    revision: Revision


class EventStep(msgspec.Struct, forbid_unknown_fields=True):
    """A step in an event's life."""

    move: Annotated[EventMove, Meta(description="`published`, `unpublished` or `cancelled`.", examples=["published"])]


@write_at(
    POST, "/events", name="draftEvent", summary=marked("Draft an event"), scope=Scope.EVENTS,
    permission=Permission.RUN_EVENT, status=201,
)
async def event_by_token(writing: InWriting, data: JSONBody[NewEvent]) -> Response[Written]:
    """Make the draft of an event, for organisers of all events. Nobody else sees it until it is published."""

    async def create() -> Place:
        usual = {"kind": [EventKind.LARGE.value], "timezone": [writing.settings.timezone]}
        typed = Typed(usual | form_of(data, *_FIELDS) | {"slug": [data.id]})
        like = await event_like(writing.session, data.like)
        event = await create_event(
            writing.session, details=details_in(typed), like=like, by=writing.by, now=writing.now
        )
        return _place(event.slug, event.state, event.revision)

    return await writing.once(data, create)


@write_at(
    PATCH, "/events/{slug:str}", name="changeEvent", summary=marked("Change an event"), scope=Scope.EVENTS,
    permission=Permission.RUN_EVENT, there=roles_at_event,
)
async def event_change_by_token(writing: InWriting, slug: RecordId, data: JSONBody[ChangedEvent]) -> Response[Written]:
    """Change what is written of an event, for those who organise it."""

    async def change() -> Place:
        before = await event_to_run(writing.session, slug)
        known = {name: [value] for name, value in event_fields(before).items()}
        event = await edit_event(
            writing.session, slug=slug, details=details_in(Typed(known | form_of(data, *_FIELDS)), before=before),
            revision=data.revision, theirs={}, by=writing.by, now=writing.now,
        )
        return _place(event.slug, event.state, event.revision)

    return await writing.once(data, change)


@write_at(
    POST, "/events/{slug:str}/state", name="moveEvent", summary=marked("Publish an event or call it off"),
    scope=Scope.EVENTS, permission=Permission.RUN_EVENT, there=roles_at_event,
)
async def event_state_by_token(writing: InWriting, slug: RecordId, data: JSONBody[EventStep]) -> Response[Written]:
    """Publish an event, make it a draft again, or call it off."""

    async def move() -> Place:
        event = await move_event(writing.session, slug=slug, move=data.move, by=writing.by, now=writing.now)
        return _place(event.slug, event.state, event.revision)

    return await writing.once(data, move)


EVENTS_BY_TOKEN = [event_by_token, event_change_by_token, event_state_by_token]


def _place(slug: str, state: EventState, revision: int) -> Place:
    if state is EventState.DRAFT:
        return Place(f"/events/{slug}/run", slug, "", revision)
    return Place(f"/events/{slug}", slug, "events", revision)
