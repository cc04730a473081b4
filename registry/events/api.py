"""The API of events."""

from typing import Annotated, Any

from litestar import Request, Response

from registry.activity.rules import Subject
from registry.events.listing import EventFilter
from registry.events.queries import slug_of_event
from registry.events.records import EventRecord, event_record, event_records
from registry.search.queries import full_text
from registry.web.api.lists import Cursor, Limit, Page, paging
from registry.web.api.openapi import list_at, record_at
from registry.web.api.parameters import choice
from registry.web.api.records import RecordId, moved_or_missing
from registry.web.dependencies import InAddresses, InNow, InReader
from registry.web.i18n import marked


@list_at("/events", name="listEvents", summary=marked("List events"))
async def events_json(
    *, request: Request[Any, Any, Any], reader: InReader, now: InNow, addresses: InAddresses,
    kind: Annotated[str | None, choice(marked("Size: `large`, `small`, `infrastructure` or `other`."), "large")] = None,
    year: Annotated[str | None, choice(marked("Calendar year of `starts_on`."), "2019")] = None,
    when: Annotated[
        str | None, choice(marked("At this moment: `upcoming`, `past` or `cancelled`."), "past", name="state")
    ] = None,
    q: Annotated[
        str | None, choice(marked("Words of the name, the motto, the description or the place."), "Taipei")
    ] = None,
    limit: Limit = 20, cursor: Cursor = None,
) -> Response[Page[EventRecord]]:
    """The gatherings of the record, the newest day first. Filters combine."""
    part = paging(request, limit, cursor)
    wanted = EventFilter(kind=kind, year=year, state=when, text=await full_text(reader, Subject.EVENT, q))
    return part.answer(await event_records(reader, wanted, now=now, place=part.place, addresses=addresses))


@record_at("/events/{slug:str}", name="getEvent", summary=marked("One event"))
async def event_json(reader: InReader, addresses: InAddresses, slug: RecordId) -> EventRecord:
    """A gathering, by its identifier."""
    return await event_record(reader, slug, addresses) or await moved_or_missing(
        reader, Subject.EVENT, slug, slug_of=slug_of_event, collection_url=addresses.api("events")
    )
