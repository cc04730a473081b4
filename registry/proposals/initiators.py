"""Who pitches together: seeing the initiators of a pitch, joining a draft by invitation, leaving it again."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.errors import Conflict, NotFound
from registry.people.models import Person
from registry.proposals.commands import UNNAMED
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalState
from registry.web.i18n import gettext as _

MOST_INITIATORS = 10


class Invitation(msgspec.Struct, frozen=True):
    """A draft as those who are invited into it see it; ``names`` are whoever writes it already."""

    title: Localized
    names: list[str]
    is_mine: bool


async def invitation_to(reader: Reader, slug: str, by: Actor) -> Invitation:
    """The draft with this slug, for somebody who has its invitation (two statements).

    Raises:
        NotFound: it is gone, or out already.
    """
    row = (await reader.execute(
        select(Proposal.id, Proposal.title).where(
            Proposal.slug == slug, Proposal.state == ProposalState.DRAFT, Proposal.hidden_at.is_(None)
        )
    )).one_or_none()
    if row is None:
        raise _gone()
    people = await initiators_of(reader, row.id)
    return Invitation(row.title, list(people.values()), by.person_id in people)


async def initiators_of(reader: Reader, proposal_id: int) -> dict[int, str]:
    """The names of those who pitch, by person, whoever began first (one statement)."""
    rows = await reader.execute(
        select(Person.id, Person.display_name).join(Credit, Credit.person_id == Person.id)
        .where(Credit.proposal_id == proposal_id).order_by(Credit.position, Credit.id)
    )
    names: dict[int, str] = dict(rows.all())
    return names


async def join_draft(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> Proposal:
    """Write a draft with those who write it already; joining twice is once. The audit row names nobody.

    Raises:
        NotFound: the draft is gone, or out already.
        Conflict: as many write it as can.
    """
    draft = await _draft(session, slug)
    people = await initiators_of(session, draft.id)
    if by.person_id is None or by.person_id in people:
        return draft
    if len(people) >= MOST_INITIATORS:
        raise Conflict(_("%(most)s people write this draft together, and more cannot.") % {"most": MOST_INITIATORS})
    session.add(Credit(
        proposal_id=draft.id, person_id=by.person_id, name_as_written=by.name, position=len(people)
    ))
    note_change(
        session, now=now, actor=UNNAMED, action="draft joined", subject=Subject.PROPOSAL, subject_id=draft.id
    )
    await session.flush()
    return draft


async def leave_draft(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> None:
    """Write a draft no longer; the others keep it. The audit row names nobody.

    Raises:
        NotFound: the draft is gone, or out already.
        Conflict: nobody else writes it.
    """
    draft = await _draft(session, slug)
    own = await session.scalar(
        select(Credit).where(Credit.proposal_id == draft.id, Credit.person_id == by.person_id)
    )
    if own is None:
        raise _gone()
    if len(await initiators_of(session, draft.id)) == 1:
        raise Conflict(_("Nobody else writes this draft. Delete it instead."))
    await session.delete(own)
    note_change(session, now=now, actor=UNNAMED, action="draft left", subject=Subject.PROPOSAL, subject_id=draft.id)
    await session.flush()


async def _draft(session: AsyncSession, slug: str) -> Proposal:
    draft: Proposal | None = await session.scalar(
        select(Proposal).where(
            Proposal.slug == slug, Proposal.state == ProposalState.DRAFT, Proposal.hidden_at.is_(None)
        ).with_for_update()
    )
    if draft is None:
        raise _gone()
    return draft


def _gone() -> NotFound:
    return NotFound(_("This draft is gone, or out already. Ask whoever invited you."))
