"""Claims as those see them who made them and those who answer them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.rules import Subject
from registry.claims.models import Claim
from registry.claims.rules import ClaimState
from registry.claims.visibility import is_asked
from registry.database.aggregate import json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.duplicates.models import Merge
from registry.people.models import Identity, Person
from registry.people.rules import IdentityProvider
from registry.projects.models import Project


class ClaimList(StrEnum):
    """The lists of claims."""

    OPEN = "open"
    ANSWERED = "answered"
    MINE = "mine"


class ClaimerAccount(msgspec.Struct, frozen=True):
    """An account that the claimer signs in with."""

    provider: IdentityProvider
    login: str | None


class ClaimRow(msgspec.Struct, frozen=True):
    """A claim with what it is about and who makes it; ``name`` is a person's, ``project_name`` a project's."""

    id: int
    subject: Subject
    state: ClaimState
    evidence: str
    evidence_url: str | None
    made_at: datetime
    decided_at: datetime | None
    reason: str | None
    merge_id: int | None
    claimer_id: int
    claimer_slug: str
    claimer_name: str
    claimer_since: datetime
    claimer_is_public: bool
    person_slug: str | None
    person_name: str | None
    project_slug: str | None
    project_name: Localized | None
    may_answer: bool
    accounts: list[ClaimerAccount]

    @property
    def url(self) -> str:
        """The path of the record it is about."""
        return f"/people/{self.person_slug}" if self.person_slug else f"/projects/{self.project_slug}"


async def count_claims(reader: Reader, actor: Actor) -> dict[ClaimList, int]:
    """How many claims are on each of the reader's lists (one statement)."""
    counts = (await reader.execute(select(*(
        select(func.count()).select_from(Claim).where(_on(which, actor)).scalar_subquery() for which in ClaimList
    )))).one()
    return dict(zip(ClaimList, counts, strict=True))


async def claims_on(
    reader: Reader, which: ClaimList, actor: Actor, *, offset: int, limit: int
) -> list[ClaimRow]:
    """A page of claims, those that wait longest first, others the last first (one statement)."""
    order = Claim.id if which is ClaimList.OPEN else Claim.id.desc()
    rows = await reader.execute(
        _claims(actor).where(_on(which, actor)).order_by(order).offset(offset).limit(limit)
    )
    return [ClaimRow(*row) for row in rows]


async def claim_numbered(reader: Reader, claim_id: int, actor: Actor) -> ClaimRow | None:
    """One claim, for who made it and who may answer it (one statement)."""
    seen = or_(Claim.claimer_id == actor.person_id, _may_answer(actor))
    row = (await reader.execute(_claims(actor).where(Claim.id == claim_id, seen))).one_or_none()
    return ClaimRow(*row) if row else None


def _on(which: ClaimList, actor: Actor) -> ColumnElement[bool]:
    if which is ClaimList.MINE:
        return Claim.claimer_id == actor.person_id
    is_open = Claim.state == ClaimState.OPEN
    answered = Claim.state.in_((ClaimState.APPROVED, ClaimState.DECLINED))
    return and_(is_open if which is ClaimList.OPEN else answered, _may_answer(actor))


def _may_answer(actor: Actor) -> ColumnElement[bool]:
    person_id = actor.person_id or 0
    return Claim.claimer_id != person_id if actor.may(Permission.MODERATE) else is_asked(person_id)


def _claims(actor: Actor) -> Select[*tuple[Any, ...]]:
    person, claimer = aliased(Person), aliased(Person)
    accounts = (
        select(Identity.provider, Identity.login).where(Identity.person_id == claimer.id)
        .order_by(Identity.id).correlate(claimer)
    )
    return (
        select(
            Claim.id, Claim.subject, Claim.state, Claim.evidence, Claim.evidence_url, Claim.made_at, Claim.decided_at,
            Claim.reason, Claim.merge_id, claimer.id, claimer.slug, claimer.display_name, claimer.created_at,
            claimer.is_public, person.slug, person.display_name, Project.slug, Project.name,
            and_(Claim.state == ClaimState.OPEN, _may_answer(actor)), json_rows(accounts, ClaimerAccount),
        )
        .join(claimer, claimer.id == Claim.claimer_id)
        .outerjoin(Merge, Merge.id == Claim.merge_id)
        # Once approved, what names the imported person names the claimer, this claim too.
        .outerjoin(person, and_(
            Claim.subject == Subject.PERSON, person.id == func.coalesce(Merge.gone_id, Claim.subject_id)
        ))
        .outerjoin(Project, and_(Claim.subject == Subject.PROJECT, Project.id == Claim.subject_id))
    )
