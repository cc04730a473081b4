"""The API of people."""

from typing import Annotated, Any

from litestar import Request, Response

from registry.activity.rules import Subject
from registry.people.records import PersonFilter, PersonRecord, person_record, person_records, slug_of_person
from registry.search.queries import full_text
from registry.web.api.lists import Cursor, Limit, Page, paging
from registry.web.api.openapi import list_at, record_at
from registry.web.api.parameters import choice
from registry.web.api.records import RecordId, moved_or_missing
from registry.web.dependencies import InAddresses, InReader
from registry.web.i18n import marked


@list_at("/people", name="listPeople", summary=marked("List people"))
async def people_json(
    *, request: Request[Any, Any, Any], reader: InReader, addresses: InAddresses,
    q: Annotated[str | None, choice(marked("Words of the name."), "lin")] = None,
    role: Annotated[
        str | None, choice(marked("Their part in a project: `owner`, `maintainer` or `contributor`."), "owner")
    ] = None,
    limit: Limit = 20, cursor: Cursor = None,
) -> Response[Page[PersonRecord]]:
    """Who is credited in the record, the newest in the registry first. Filters combine.

    Only what is public: no e-mail address, no chat account, nobody who asked not to be shown.
    """
    part = paging(request, limit, cursor)
    wanted = PersonFilter(text=await full_text(reader, Subject.PERSON, q), role=role)
    return part.answer(await person_records(reader, wanted, place=part.place, addresses=addresses))


@record_at("/people/{slug:str}", name="getPerson", summary=marked("One person"))
async def person_json(reader: InReader, addresses: InAddresses, slug: RecordId) -> PersonRecord:
    """A person, by their identifier, with the projects they take part in."""
    return await person_record(reader, slug, addresses) or await moved_or_missing(
        reader, Subject.PERSON, slug, slug_of=slug_of_person, collection_url=addresses.api("people")
    )
