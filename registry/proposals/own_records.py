"""A person's own drafts and pitches as the API gives them to their script."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import literal, select

from registry.addresses import Addresses, Revision, percent_encoded
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place, read_batch
from registry.database.types import Localized
from registry.events.models import Event
from registry.projects.models import Project
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalKind, ProposalState


class OwnPitchRecord(msgspec.Struct):
    """A draft or pitch of one's own."""

    id: Annotated[str, Meta(description="Its identifier; a draft gets a lasting one when it is submitted.",
                            examples=["hackathon-35-budget-map"])]
    html_url: Annotated[
        str, Meta(description="Where to edit it.",
                  examples=["https://registry.example.org/proposals/hackathon-35-budget-map/edit"])
    ]
    state: Annotated[ProposalState, Meta(description="`draft`, `submitted` or `withdrawn`.", examples=["draft"])]
    kind: Annotated[ProposalKind, Meta(description="What it is.", examples=["pitch"])]
    title: Annotated[Localized, Meta(description="Title by language tag.", examples=[{"en": "Budget map"}])]
    summary: Annotated[
        Localized, Meta(description="The one sentence, by language tag.", examples=[{"en": "See where taxes go."}])
    ]
    event: Annotated[str | None, Meta(description="Identifier of its event.", examples=["hackathon-35"])]
    project: Annotated[str | None, Meta(description="Identifier of its project.", examples=["budget-map"])]
    updated_at: Annotated[
        datetime, Meta(description="When it last changed, in UTC.", examples=["2019-09-22T08:30:00Z"])
    ]
    revision: Revision

    def __post_init__(self) -> None:
        """Identifiers may be Chinese, addresses may not."""
        self.html_url = percent_encoded(self.html_url)


async def own_pitch_records(
    reader: Reader, person_id: int | None, *, place: Place, addresses: Addresses
) -> Batch[OwnPitchRecord]:
    """Someone's drafts and pitches, the newest first (one statement)."""
    address = literal(addresses.page("proposals")) + Proposal.slug + "/edit"
    statement: AnySelect = (
        select(
            Proposal.slug, address, Proposal.state, Proposal.kind, Proposal.title, Proposal.summary, Event.slug,
            Project.slug, Proposal.updated_at, Proposal.revision,
        )
        .join(Credit, Credit.proposal_id == Proposal.id)
        .outerjoin(Event, Event.id == Proposal.event_id).outerjoin(Project, Project.id == Proposal.project_id)
        .where(Credit.person_id == person_id, Proposal.hidden_at.is_(None))
    )
    return await read_batch(reader, statement, OwnPitchRecord, order=(Proposal.id,), place=place)
