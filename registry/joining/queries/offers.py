"""Offers as their two sides see them. Nothing here is for the public."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.handbook import need_words
from registry.joining.models import Offer
from registry.joining.rules import DeclineReason, OfferState
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider, MembershipRole
from registry.projects.models import Link, Need, Project
from registry.projects.rules import LinkHealth, LinkKind, NeedState

WAYS_SHOWN = 12


class WantedRole(msgspec.Struct, frozen=True):
    """An open need of a project, with what its owner says about it."""

    key: str
    line: Localized

    @property
    def name(self) -> Localized:
        """What the handbook calls the role."""
        return need_words(self.key).name


class WayToReach(msgspec.Struct, frozen=True):
    """A link at which a project's people may be met."""

    kind: LinkKind
    url: str
    label: str | None
    health: LinkHealth
    checked_at: datetime | None


class HelpedProject(msgspec.Struct, frozen=True):
    """A project as the form of an offer needs it; ``has_owner_here`` when someone can answer here."""

    id: int
    slug: str
    name: Localized
    needs: list[WantedRole]
    ways: list[WayToReach]
    has_owner_here: bool


class OfferRow(msgspec.Struct, frozen=True):
    """An offer with its two sides; ``provider`` and ``login`` are the account its person lets the project see."""

    id: int
    state: OfferState
    need_key: str
    note: str
    hours: int | None
    created_at: datetime
    answered_at: datetime | None
    decline_reason: DeclineReason | None
    answer: str | None
    project_slug: str
    project_name: Localized
    person_slug: str
    person_name: str
    person_is_public: bool
    provider: IdentityProvider | None
    login: str | None

    @property
    def need_name(self) -> Localized:
        """What the handbook calls the role; nothing for an offer to the project as a whole."""
        return need_words(self.need_key).name if self.need_key else {}

    @property
    def project_url(self) -> str:
        """The path of the project's page."""
        return f"/projects/{self.project_slug}"

    @property
    def url(self) -> str:
        """The path at which the project's people read and answer it."""
        return f"{self.project_url}/offers/{self.id}"


async def project_to_help(reader: Reader, slug: str) -> HelpedProject | None:
    """The public project at an address, with whom it looks for and how to reach it (one statement)."""
    needs = (
        select(Need.key, Need.line).where(Need.project_id == Project.id, Need.state == NeedState.OPEN)
        .order_by(Need.id).correlate(Project)
    )
    ways = (
        select(Link.kind, Link.url, Link.label, Link.health, Link.checked_at)
        .where(Link.project_id == Project.id, Link.health != LinkHealth.DEAD)
        .order_by(Link.kind != LinkKind.CHAT, Link.id).limit(WAYS_SHOWN).correlate(Project)
    )
    row = (await reader.execute(
        select(
            Project.id, Project.slug, Project.name, json_rows(needs, WantedRole), json_rows(ways, WayToReach),
            has_owner_here(),
        ).where(Project.slug == slug, Project.hidden_at.is_(None))
    )).one_or_none()
    return HelpedProject(*row) if row else None


def has_owner_here() -> ColumnElement[bool]:
    """For a select from projects: whether an owner or maintainer of it has an account here and can answer."""
    return (
        select(Membership.id).join(Person, Person.id == Membership.person_id)
        .where(Membership.project_id == Project.id, leads_now(), or_(Person.claimed_at.is_not(None), Person.is_example))
        .correlate(Project).exists()
    )


def leads_now() -> ColumnElement[bool]:
    """A membership of an owner or maintainer who has not left."""
    return and_(Membership.role.in_((MembershipRole.OWNER, MembershipRole.MAINTAINER)), Membership.left_on.is_(None))


async def offers_to_project(reader: Reader, slug: str, *, size: int, offset: int) -> list[OfferRow]:
    """The offers to a project, the open ones first, then those kept for later, the newest first (one statement)."""
    first = case({OfferState.OPEN: 0, OfferState.THANKED: 1}, value=Offer.state, else_=2)
    return await _read(reader, _offers().where(Project.slug == slug).order_by(first, Offer.id.desc()), size, offset)


async def count_offers_to_project(reader: Reader, slug: str) -> int:
    """How many offers a project ever got (one statement)."""
    return await _count(reader, Project.slug == slug)


async def offer_to_project(reader: Reader, slug: str, offer_id: int) -> OfferRow | None:
    """One offer to the project at an address (one statement)."""
    row = (await reader.execute(_offers().where(Project.slug == slug, Offer.id == offer_id))).one_or_none()
    return OfferRow(*row) if row else None


async def offers_by_person(reader: Reader, person_id: int, *, size: int, offset: int) -> list[OfferRow]:
    """What a person offered, the newest first (one statement)."""
    return await _read(
        reader, _offers().where(Offer.person_id == person_id).order_by(Offer.id.desc()), size, offset
    )


async def count_offers_by_person(reader: Reader, person_id: int) -> int:
    """How many offers a person ever made (one statement)."""
    return await _count(reader, Offer.person_id == person_id)


async def offers_waiting_for(
    reader: Reader, person_id: int, *, is_organiser: bool, size: int, offset: int
) -> list[OfferRow]:
    """The open offers that a person can answer, the longest waiting first (one statement).

    Those to projects that they lead; for an organiser also those to projects of which nobody is here to answer.
    """
    waiting = _offers().where(_waits_for(person_id, is_organiser)).order_by(Offer.id)
    return await _read(reader, waiting, size, offset)


async def count_offers_waiting_for(reader: Reader, person_id: int, *, is_organiser: bool) -> int:
    """How many those are (one statement)."""
    return await _count(reader, _waits_for(person_id, is_organiser))


async def offers_kept_open(reader: Reader, person_id: int, project_id: int) -> list[str]:
    """The needs of a project for which a person's offer waits already; empty text for the whole (one statement)."""
    return list(await reader.scalars(select(Offer.need_key).where(
        Offer.person_id == person_id, Offer.project_id == project_id, Offer.state == OfferState.OPEN
    )))


def _waits_for(person_id: int, is_organiser: bool) -> ColumnElement[bool]:
    theirs = Project.id.in_(select(Membership.project_id).where(Membership.person_id == person_id, leads_now()))
    return and_(Offer.state == OfferState.OPEN, or_(theirs, ~has_owner_here()) if is_organiser else theirs)


def _offers() -> AnySelect:
    return (
        select(
            Offer.id, Offer.state, Offer.need_key, Offer.note, Offer.hours, Offer.created_at, Offer.answered_at,
            Offer.decline_reason, Offer.answer, Project.slug, Project.name, Person.slug, Person.display_name,
            and_(Person.is_public, Person.hidden_at.is_(None)), Identity.provider, Identity.login,
        )
        .join(Project, Project.id == Offer.project_id).join(Person, Person.id == Offer.person_id)
        .outerjoin(Identity, Identity.id == Offer.identity_id)
        .where(Project.hidden_at.is_(None))
    )


async def _read(reader: Reader, offers: AnySelect, size: int, offset: int) -> list[OfferRow]:
    return [OfferRow(*row) for row in await reader.execute(offers.limit(size).offset(offset))]


async def _count(reader: Reader, condition: ColumnElement[bool]) -> int:
    return await reader.scalar(
        select(func.count(Offer.id)).join(Project, Project.id == Offer.project_id)
        .where(Project.hidden_at.is_(None), condition)
    ) or 0
