"""Proposals as the API gives them."""

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import case, select

from registry.addresses import Addresses, Linked, Mention, PersonMention, Revision
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place, read_batch
from registry.database.types import Localized
from registry.events.models import Event
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Link, Project
from registry.projects.records import LinkRecord
from registry.proposals.listing import ProposalFilter, matching_proposals
from registry.proposals.models import Credit, Proposal
from registry.proposals.queries import public_proposals
from registry.proposals.rules import ProposalKind
from registry.proposals.visibility import pitched_on


class ProposalRecord(Linked):
    """One pitch of one project at one event: what was said then."""

    kind: Annotated[ProposalKind, Meta(description="What was put on the programme.", examples=["pitch"])]
    position: Annotated[int | None, Meta(description="Place in the event's running order.", examples=[3])]
    title: Annotated[
        Localized, Meta(description="Title by language tag.", examples=[{"zh-Hant": "預算地圖", "en": "Budget map"}])
    ]
    summary: Annotated[
        Localized, Meta(description="The one sentence, by language tag.", examples=[{"en": "See where taxes go."}])
    ]
    why: Annotated[
        Localized, Meta(description="The problem, by language tag.", examples=[{"en": "Budgets are scans."}])
    ]
    who: Annotated[
        Localized, Meta(description="The users, by language tag.", examples=[{"en": "People who pay taxes."}])
    ]
    how: Annotated[
        Localized, Meta(description="The approach, by language tag.", examples=[{"en": "Read them, draw them."}])
    ]
    difficulties: Annotated[
        Localized, Meta(description="What is hard now, by language tag.", examples=[{"en": "No source for machines."}])
    ]
    needs_text: Annotated[
        str | None, Meta(description="Who was wanted, as it was written.", examples=["designer, front end"])
    ]
    similar_projects: Annotated[
        str | None, Meta(description="Similar projects that were known.", examples=["open budget of another city"])
    ]
    data_sources: Annotated[
        str | None, Meta(description="Data it builds on, and its licences.", examples=["city budget, CC BY 4.0"])
    ]
    notes: Annotated[str | None, Meta(description="Other notes.", examples=["Looking for a table near a socket"])]
    interests: Annotated[str | None, Meta(description="Disclosure of interests.", examples=["none"])]
    code_licence: Annotated[
        str | None, Meta(description="Licence of the code: SPDX where certain, else as written.", examples=["MIT"])
    ]
    content_licence: Annotated[
        str | None, Meta(description="Licence of the content, likewise.", examples=["CC-BY-4.0"])
    ]
    is_open_source: Annotated[bool | None, Meta(description="What its people said of it.", examples=[True])]
    is_for_education: Annotated[bool, Meta(description="An education project.", examples=[False])]
    result: Annotated[
        Localized, Meta(description="What came of the day, by language tag.", examples=[{"en": "A first drawing."}])
    ]
    continued: Annotated[bool | None, Meta(description="Whether it went on after the event.", examples=[True])]
    is_anonymous: Annotated[bool, Meta(description="Its people asked not to be named.", examples=[False])]
    initiators: Annotated[
        str | None, Meta(description="Names to show beside those; null where it is anonymous.", examples=["Ada, Bo"])
    ]
    people: Annotated[list[PersonMention], Meta(description="Who is credited; nobody where it is anonymous.")]
    links: Annotated[list[LinkRecord], Meta(description="Its links.")]
    updated_at: Annotated[
        datetime, Meta(description="When the record last changed, in UTC.", examples=["2019-09-22T08:30:00Z"])
    ]
    revision: Revision
    pitched_on: Annotated[
        date,
        Meta(description="The day of its event, or on which it was submitted for none yet.", examples=["2019-09-21"]),
    ]
    event: Annotated[Mention | None, Meta(description="Where it was pitched; null when that is not decided yet.")]
    project: Annotated[Mention, Meta(description="What was pitched.")]


async def proposal_records(
    reader: Reader, wanted: ProposalFilter, *, place: Place, addresses: Addresses
) -> Batch[ProposalRecord]:
    """The public proposals that a filter finds, the newest in the registry first (one statement)."""
    statement = _records(addresses).where(*matching_proposals(wanted))
    return await read_batch(reader, statement, _record, order=(Proposal.id,), place=place)


async def proposal_record(reader: Reader, slug: str, addresses: Addresses) -> ProposalRecord | None:
    """The public proposal with this slug (one statement)."""
    row = (await reader.execute(_records(addresses).where(Proposal.slug == slug))).one_or_none()
    return _record(*row) if row else None


def _record(*columns: Any) -> ProposalRecord:
    said, event, project = columns[:-8], columns[-8:-4], columns[-4:]
    fields: tuple[Any, ...] = (*said, Mention(*event) if event[0] else None, Mention(*project))
    return ProposalRecord(*fields)


def _records(addresses: Addresses) -> AnySelect:
    links = (
        select(Link.kind, Link.url, Link.label, Link.health)
        .where(Link.proposal_id == Proposal.id).order_by(Link.id).correlate(Proposal)
    )
    return public_proposals(
        *addresses.columns("proposals", Proposal.slug), Proposal.kind, Proposal.position, Proposal.title,
        Proposal.summary, Proposal.why, Proposal.who, Proposal.how, Proposal.difficulties, Proposal.needs_text,
        Proposal.similar_projects, Proposal.data_sources, Proposal.notes, Proposal.interests, Proposal.code_licence,
        Proposal.content_licence, Proposal.is_open_source, Proposal.is_for_education, Proposal.result,
        Proposal.continued, Proposal.is_anonymous,
        case((Proposal.is_anonymous.is_(False), Proposal.initiators)), json_rows(_credited(addresses), PersonMention),
        json_rows(links, LinkRecord), Proposal.updated_at, Proposal.revision,
        pitched_on(), *addresses.columns("events", Event.slug), Event.name,
        *addresses.columns("projects", Project.slug), Project.name,
    )


def _credited(addresses: Addresses) -> AnySelect:
    name = case((Person.claimed_at.is_(None), Credit.name_as_written), else_=Person.display_name)
    return (
        select(*addresses.columns("people", Person.slug), name.label("name"))
        .join(Person, Person.id == Credit.person_id)
        .where(Credit.proposal_id == Proposal.id, Proposal.is_anonymous.is_(False), person_is_public())
        .order_by(Credit.position, Credit.id)
        .correlate(Proposal)
    )
