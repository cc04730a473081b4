"""People as the API gives them: what they, or the public record, say of them openly."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, String, Text, cast, func, literal, select

from registry.addresses import Addresses, Linked, Mention, percent_encoded
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place, read_batch
from registry.database.types import Localized
from registry.events.models import Event
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider, MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.proposals.models import Credit, Proposal
from registry.proposals.visibility import proposal_is_public
from registry.search.queries import Hits, holds


class Part(Mention):
    """A project, and a person's part in it."""

    role: Annotated[MembershipRole, Meta(description="The person's part in it.", examples=["owner"])]


class Account(msgspec.Struct):
    """An account elsewhere that its person chose to show."""

    provider: Annotated[IdentityProvider, Meta(description="Where it is.", examples=["github"])]
    login: Annotated[str, Meta(description="Its name there.", examples=["sunny-lin"])]


class PersonRecord(Linked):
    """Someone in the record."""

    is_example: Annotated[bool, Meta(description="Made up for a demonstration.", examples=[False])]
    name: Annotated[str, Meta(description="The name that is shown.", examples=["Sunny Lin"])]
    bio: Annotated[Localized, Meta(description="About, by language tag.", examples=[{"en": "Draws maps."}])]
    offers: Annotated[list[str], Meta(description="Roles they offer: keys as of needs.", examples=[["designer"]])]
    is_claimed: Annotated[
        bool, Meta(description="False: a name from the public record that nobody has claimed yet.", examples=[True])
    ]
    accounts: Annotated[list[Account], Meta(description="Accounts elsewhere that they show.")]
    projects: Annotated[list[Part], Meta(description="Projects they take part in now.")]
    proposal_count: Annotated[int, Meta(description="How many proposals credit them.", examples=[4])]
    proposals_url: Annotated[
        str, Meta(description="Those proposals in this API.",
                  examples=["https://registry.example.org/api/v1/proposals?person=sunny-lin"])
    ]

    def __post_init__(self) -> None:
        """Encode the addresses."""
        super().__post_init__()
        self.proposals_url = percent_encoded(self.proposals_url)


class PersonFilter(msgspec.Struct, frozen=True):
    """What a request chooses: words of the name, a role in any project, and a need's key among what they offer.

    ``text`` is what ``full_text`` made of the words, or ``hits_of`` for a list that counts. A role that is none finds
    nobody.
    """

    text: str | Hits | None = None
    role: str | None = None
    offers: str | None = None

    @property
    def is_part(self) -> bool:
        """Whether more people have the words than are looked at."""
        return isinstance(self.text, Hits) and self.text.has_more


def matching_people(wanted: PersonFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter, for any select from people."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        conditions.append(holds(Person.id, wanted.text, in_titles=True))
    if wanted.role:
        # Looked up for each: a role that a third of all projects' members have would be gathered first otherwise.
        conditions.append(
            select(Membership.id).join(Project, Project.id == Membership.project_id).where(
                Membership.person_id == Person.id, cast(Membership.role, String) == wanted.role,
                Membership.left_on.is_(None), Project.hidden_at.is_(None),
            ).correlate(Person).exists()
        )
    if wanted.offers:
        conditions.append(cast(Person.offers, Text).contains(f'"{wanted.offers}"', autoescape=True))
    return conditions


async def person_records(
    reader: Reader, wanted: PersonFilter, *, place: Place, addresses: Addresses
) -> Batch[PersonRecord]:
    """The public people that a filter finds, the newest in the registry first (one statement)."""
    statement = _records(addresses).where(*matching_people(wanted))
    return await read_batch(reader, statement, PersonRecord, order=(Person.id,), place=place)


async def person_record(reader: Reader, slug: str, addresses: Addresses) -> PersonRecord | None:
    """The public person with this slug (one statement)."""
    row = (await reader.execute(_records(addresses).where(Person.slug == slug))).one_or_none()
    return PersonRecord(*row) if row else None


async def slug_of_person(reader: Reader, person_id: int) -> str | None:
    """Where a public person is now (one statement)."""
    slug: str | None = await reader.scalar(select(Person.slug).where(Person.id == person_id, person_is_public()))
    return slug


def _records(addresses: Addresses) -> AnySelect:
    # Of a Slack or an e-mail identity nothing is public but what a person may show one day: a login is GitHub's.
    accounts = (
        select(Identity.provider, Identity.login)
        .where(
            Identity.person_id == Person.id, Identity.is_public, Identity.provider == IdentityProvider.GITHUB,
            Identity.login.is_not(None),
        )
        .order_by(Identity.id).correlate(Person)
    )
    parts = (
        select(*addresses.columns("projects", Project.slug), Project.name, Membership.role)
        .join(Project, Project.id == Membership.project_id)
        .where(Membership.person_id == Person.id, Membership.left_on.is_(None), Project.hidden_at.is_(None))
        .order_by(Membership.id).correlate(Person)
    )
    proposal_count = (
        select(func.count())
        .select_from(Credit)
        .join(Proposal, Proposal.id == Credit.proposal_id)
        .outerjoin(Event, Event.id == Proposal.event_id)
        .join(Project, Project.id == Proposal.project_id)
        .where(Credit.person_id == Person.id, Proposal.is_anonymous.is_(False), proposal_is_public())
        .correlate(Person).scalar_subquery()
    )
    return select(
        *addresses.columns("people", Person.slug), Person.is_example, Person.display_name, Person.bio, Person.offers,
        Person.claimed_at.is_not(None), json_rows(accounts, Account), json_rows(parts, Part), proposal_count,
        literal(f"{addresses.list_of('proposals')}?person=") + Person.slug,
    ).where(person_is_public())
