"""What an account made lately that has no page of its own: updates, offers, claims. Hidden and shown at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import Subject
from registry.claims.models import Claim
from registry.claims.rules import ClaimState
from registry.database.engine import Reader
from registry.joining.models import Offer
from registry.joining.rules import OfferState
from registry.moderation.queries import LATELY, MOST_SWEPT, AccountRow
from registry.projects.models import Update
from registry.search.commands import refresh

Pairs = Sequence[tuple[str, int]]
UPDATE, OFFER, CLAIM = "update", "offer", "claim"
KINDS = (UPDATE, OFFER, CLAIM)
_Made = type[Update] | type[Offer] | type[Claim]


class LooseEnds(msgspec.Struct, frozen=True):
    """How many of each kind there are."""

    updates: int = 0
    offers: int = 0
    claims: int = 0

    @classmethod
    def counted(cls, ends: Pairs) -> "LooseEnds":
        """The numbers of what ``loose_ends_of`` found."""
        kinds = [kind for kind, _number in ends]
        return cls(*(kinds.count(kind) for kind in KINDS))


async def loose_ends_of(reader: Reader, account: AccountRow, *, now: datetime) -> list[tuple[str, int]]:
    """What an account made lately and that still stands, as pairs of kind and row number (three statements)."""
    since = now - LATELY
    conditions: dict[str, tuple[_Made, tuple[ColumnElement[bool], ...]]] = {
        UPDATE: (Update, (Update.author_id == account.id, Update.posted_at > since, Update.hidden_at.is_(None))),
        OFFER: (Offer, (Offer.person_id == account.id, Offer.created_at > since, Offer.state == OfferState.OPEN)),
        CLAIM: (Claim, (Claim.claimer_id == account.id, Claim.made_at > since, Claim.state == ClaimState.OPEN)),
    }
    found: list[tuple[str, int]] = []
    for kind, (made, where) in conditions.items():
        numbers = await reader.scalars(select(made.id).where(*where).order_by(made.id).limit(MOST_SWEPT))
        found += [(kind, number) for number in numbers]
    return found


async def tuck_away(session: AsyncSession, ends: Pairs, *, reason: str, now: datetime) -> None:
    """Hide updates, take offers and claims back. Nobody is told, and the account's own audit row tells of them."""
    for update in await _rows(session, Update, ends, UPDATE):
        update.hidden_at, update.hidden_reason = now, reason
    for offer in await _rows(session, Offer, ends, OFFER):
        offer.state, offer.updated_at = OfferState.WITHDRAWN, now
    for claim in await _rows(session, Claim, ends, CLAIM):
        claim.state, claim.decided_at = ClaimState.WITHDRAWN, now
    await _index(session, ends)


async def bring_back(session: AsyncSession, ends: Pairs, *, reason: str, now: datetime) -> None:
    """Undo what ``tuck_away`` did for ``reason``, as far as it stands.

    An offer or a claim stays taken back where its person has made it anew meanwhile.
    """
    for update in await _rows(session, Update, ends, UPDATE):
        if update.hidden_reason == reason:
            update.hidden_at = update.hidden_reason = None
    for offer in await _rows(session, Offer, ends, OFFER):
        same = (
            Offer.person_id == offer.person_id, Offer.project_id == offer.project_id, Offer.need_key == offer.need_key
        )
        if offer.state is OfferState.WITHDRAWN and not await _is_open(session, Offer, OfferState.OPEN, same):
            offer.state, offer.updated_at = OfferState.OPEN, now
    for claim in await _rows(session, Claim, ends, CLAIM):
        same = (
            Claim.claimer_id == claim.claimer_id, Claim.subject == claim.subject, Claim.subject_id == claim.subject_id
        )
        if claim.state is ClaimState.WITHDRAWN and not await _is_open(session, Claim, ClaimState.OPEN, same):
            claim.state, claim.decided_at = ClaimState.OPEN, None
    await _index(session, ends)


async def _rows(session: AsyncSession, made: Any, ends: Pairs, kind: str) -> list[Any]:
    numbers = [number for one, number in ends if one == kind]
    if not numbers:
        return []
    return list(await session.scalars(select(made).where(made.id.in_(numbers)).order_by(made.id).with_for_update()))


async def _is_open(session: AsyncSession, made: Any, state: Any, same: tuple[ColumnElement[bool], ...]) -> bool:
    return bool(await session.scalar(select(func.count()).select_from(made).where(made.state == state, *same)))


async def _index(session: AsyncSession, ends: Pairs) -> None:
    """The search knows the updates of a project."""
    await session.flush()
    numbers = [number for kind, number in ends if kind == UPDATE]
    if numbers:
        projects = await session.scalars(select(Update.project_id).where(Update.id.in_(numbers)).distinct())
        await refresh(session, Subject.PROJECT, list(projects))
