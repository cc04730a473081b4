"""The API of case studies."""

from typing import Annotated, Any

from litestar import Request, Response

from registry.activity.rules import Subject
from registry.cases.queries import slug_of_case
from registry.cases.records import CaseFilter, CaseRecord, case_record, case_records
from registry.search.queries import full_text
from registry.web.api.lists import Cursor, Limit, Page, paging
from registry.web.api.openapi import list_at, record_at
from registry.web.api.parameters import choice
from registry.web.api.records import RecordId, moved_or_missing
from registry.web.dependencies import InAddresses, InReader
from registry.web.i18n import marked


@list_at("/cases", name="listCases", summary=marked("List case studies"))
async def cases_json(
    *, request: Request[Any, Any, Any], reader: InReader, addresses: InAddresses,
    q: Annotated[str, choice(marked("Words of the title or the text."), "budget")] = "",
    project: Annotated[str, choice(marked("Identifier of a project."), "budget-map")] = "",
    team: Annotated[str, choice(marked("`student`, `working-adult`, `ngo` or `legal-entity`."), "ngo")] = "",
    goals: Annotated[str, choice(marked("`inquiry`, `prototype`, `product` or `advocacy`."), "product")] = "",
    complexity: Annotated[
        str, choice(marked("`solo`, `several-people` or `several-disciplines`."), "several-people")
    ] = "",
    reuse: Annotated[
        str, choice(marked("`data-released`, `components` or `meant-for-spin-offs`."), "data-released")
    ] = "",
    digital: Annotated[
        str, choice(marked("`all-online`, `mostly-online`, `half` or `mostly-offline`."), "mostly-online")
    ] = "",
    openness: Annotated[str, choice(marked("`public` or `partly`."), "public")] = "",
    limit: Limit = 20, cursor: Cursor = None,
) -> Response[Page[CaseRecord]]:
    """What projects became, as their case studies tell it, the newest in the registry first. Filters combine."""
    part = paging(request, limit, cursor)
    asked = {
        "team": team, "goals": goals, "complexity": complexity, "reuse": reuse, "digital": digital,
        "openness": openness,
    }
    wanted = CaseFilter(
        text=await full_text(reader, Subject.CASE, q), project=project or None,
        places={axis: wish for axis, wish in asked.items() if wish},
    )
    return part.answer(await case_records(reader, wanted, place=part.place, addresses=addresses))


@record_at("/cases/{slug:str}", name="getCase", summary=marked("One case study"))
async def case_json(reader: InReader, addresses: InAddresses, slug: RecordId) -> CaseRecord:
    """A case study, by its identifier, as it was published last: its text, numbers with their sources, and links."""
    return await case_record(reader, slug, addresses) or await moved_or_missing(
        reader, Subject.CASE, slug, slug_of=slug_of_case, collection_url=addresses.api("cases")
    )
