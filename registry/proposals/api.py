"""The API of proposals."""

from typing import Annotated, Any

from litestar import Request, Response

from registry.activity.rules import Subject
from registry.proposals.listing import ProposalFilter
from registry.proposals.queries import slug_of_proposal
from registry.proposals.records import ProposalRecord, proposal_record, proposal_records
from registry.search.queries import full_text
from registry.web.api.lists import Cursor, Limit, Page, paging
from registry.web.api.openapi import list_at, record_at
from registry.web.api.parameters import choice
from registry.web.api.records import RecordId, moved_or_missing
from registry.web.dependencies import InAddresses, InReader
from registry.web.i18n import marked


@list_at("/proposals", name="listProposals", summary=marked("List proposals"))
async def proposals_json(
    *, request: Request[Any, Any, Any], reader: InReader, addresses: InAddresses,
    q: Annotated[str | None, choice(marked("Words of the title or of anything that was said."), "budget")] = None,
    event: Annotated[str | None, choice(marked("Identifier of an event."), "hackathon-35")] = None,
    project: Annotated[str | None, choice(marked("Identifier of a project."), "budget-map")] = None,
    person: Annotated[str | None, choice(marked("Identifier of a person who is credited."), "sunny-lin")] = None,
    year: Annotated[str | None, choice(marked("Calendar year of the event."), "2019")] = None,
    kind: Annotated[str | None, choice(marked("What it was: `pitch`, `talk` or `workshop`."), "pitch")] = None,
    need: Annotated[str | None, choice(marked("Key of a role that its project wants or wanted."), "designer")] = None,
    limit: Limit = 20, cursor: Cursor = None,
) -> Response[Page[ProposalRecord]]:
    """What was pitched at the events, the newest in the registry first. Filters combine."""
    part = paging(request, limit, cursor)
    wanted = ProposalFilter(
        text=await full_text(reader, Subject.PROPOSAL, q), event=event, project=project, person=person, year=year,
        kind=kind, need=need,
    )
    return part.answer(await proposal_records(reader, wanted, place=part.place, addresses=addresses))


@record_at("/proposals/{slug:str}", name="getProposal", summary=marked("One proposal"))
async def proposal_json(reader: InReader, addresses: InAddresses, slug: RecordId) -> ProposalRecord:
    """A pitch, by its identifier, with its event and its project."""
    return await proposal_record(reader, slug, addresses) or await moved_or_missing(
        reader, Subject.PROPOSAL, slug, slug_of=slug_of_proposal, collection_url=addresses.api("proposals")
    )
