"""Merging two records, taking a merge back, and deciding about pairs that may be one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import RoleGrant
from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.commands import note_change
from registry.activity.models import DuplicateCandidate, SlugRedirect
from registry.activity.rules import MERGED, UNDONE, CandidateState, Subject
from registry.database.base import Base
from registry.database.rows import as_json
from registry.duplicates.journal import Journal, RowChange, take_back
from registry.duplicates.merging import TABLES, lead_over
from registry.duplicates.models import Merge
from registry.duplicates.rules import HIDDEN_BY_MERGE, NOTED, Decision, carries_power
from registry.errors import BadInput, Conflict, NotAllowed, NotFound
from registry.events.models import Event
from registry.people.models import Identity
from registry.projects.models import Project, ProjectAlias
from registry.projects.rules import normalise_name
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.search.commands import refresh
from registry.web.i18n import gettext as _

MERGEABLE = (Subject.PROJECT, Subject.PERSON, Subject.EVENT)
# What the record that stays takes over where it has nothing, or in which languages it has nothing.
_FILLED: Mapping[Subject, tuple[str, ...]] = {
    Subject.PROJECT: ("summary", "description", "description_html", "code_licence", "content_licence"),
    Subject.PERSON: ("bio", "offers"),
    Subject.EVENT: (
        "number", "subtitle", "description", "description_html", "place", "address", "attendance", "capacity",
        "online_url", "note_url", "registration_url", "pitch_video_url", "talk_video_url", "demo_video_url", "conduct",
        "meals",
    ),
}
_CANDIDATES = Base.metadata.tables[DuplicateCandidate.__tablename__]
_REDIRECTS = Base.metadata.tables[SlugRedirect.__tablename__]
_ALIASES = Base.metadata.tables[ProjectAlias.__tablename__]


async def merge_records(
    session: AsyncSession, *, subject: Subject, kept: int, gone: int, by: Actor, now: datetime,
    is_proven: bool = False, undid: int | None = None,
) -> Merge:
    """Make one record of two: all that names ``gone`` names ``kept`` from now on, and the old address leads there.

    Doubles are united, gaps of the record that stays are filled, its counts and dates are those of both. ``gone``
    keeps its row, hidden. Writes one audit row and keeps every change of a row, so that ``unmerge_records`` can take
    it back. Merging the same two in the same direction again gives the merge that is there. ``is_proven`` says that
    the two people proved to be one by signing in as both; ``undid`` is the audit row (an un-merge) that this answers.

    Raises:
        BadInput: the two are one already, or records of this kind cannot be merged.
        NotFound: one of them is not there.
        Conflict: one of them is hidden, or went into another record.
        NotAllowed: somebody signs in as the person who would go, or they hold a role.
    """
    if kept == gone or subject not in MERGEABLE:
        raise BadInput(_("Choose two different records of one kind."))
    table = TABLES[subject]
    rows = {row["id"]: dict(row) for row in (await session.execute(
        select(table).where(table.c.id.in_((kept, gone))).order_by(table.c.id).with_for_update()
    )).mappings()}
    if len(rows) != 2:  # noqa: PLR2004
        raise NotFound(_("One of the two records is not there."))
    if earlier := await _merge_of(session, subject, (kept, gone)):
        if (earlier.kept_id, earlier.gone_id) == (kept, gone):
            return earlier
        raise Conflict(_("One of the two was merged into another record meanwhile. Look at the list again."))
    if any(row["hidden_at"] for row in rows.values()):
        raise Conflict(_("One of the two is hidden from the public. Show it again first, then merge them."))
    if subject is Subject.PERSON and not is_proven:
        await _check_power(session, gone, by)
    journal = Journal(session)
    filled = await _fill(journal, subject, rows[kept], rows[gone])
    await lead_over(session, journal, table, gone=gone, kept=kept)
    await _keep_names(session, journal, subject, kept, rows[gone])
    await _lead_candidates_over(session, journal, subject, gone=gone, kept=kept)
    await journal.alter(table, rows[gone], {"hidden_at": now, "hidden_reason": HIDDEN_BY_MERGE})
    merge = Merge(
        subject=subject, kept_id=kept, gone_id=gone, rows=msgspec.to_builtins(journal.changes), merged_at=now,
        merged_by=by.label,
    )
    session.add(merge)
    await session.flush()
    note_change(
        session, now=now, actor=by.label, action=MERGED, subject=subject, subject_id=kept,
        changes={
            **({"undid": [None, undid]} if undid else {}), "merge": [None, merge.id],
            "merged": [None, _named(rows[gone])], **filled,
        },
    )
    await _finish(session, table, subject, (kept, gone), now)
    return merge


async def unmerge_records(
    session: AsyncSession, *, merge_id: int, by: Actor, now: datetime, undid: int | None = None
) -> list[str]:
    """Take a merge back: both records are as they were, but for what has changed since, which stays where it is.

    Gives the names of the tables with a row that stays. Writes one audit row; ``undid`` is the audit row that it
    answers, when it was taken back from a history.

    Raises:
        NotFound: there is no such merge.
        Conflict: it was taken back already, or the record that stayed went into another one since.
    """
    merge = await session.scalar(select(Merge).where(Merge.id == merge_id).with_for_update())
    if merge is None:
        raise NotFound(_("There is no such merge."))
    if merge.unmerged_at is not None:
        raise Conflict(_("This merge was taken back already."))
    if later := await _merge_of(session, merge.subject, (merge.kept_id,)):
        raise Conflict(_(
            "The record that stayed was itself merged into another one on %(day)s. Take that back first."
        ) % {"day": later.merged_at.date()})
    table = TABLES[merge.subject]
    ids = (merge.kept_id, merge.gone_id)
    await session.execute(select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update())
    stayed = await take_back(session, msgspec.convert(merge.rows, list[RowChange]))
    if merge.subject is Subject.PROJECT and stayed:
        for project_id in ids:
            await _count_pitches(session, project_id)
    merge.unmerged_at, merge.unmerged_by = now, by.label
    await session.execute(
        update(_CANDIDATES).where(
            _CANDIDATES.c.subject == merge.subject, _CANDIDATES.c.left_id == min(ids),
            _CANDIDATES.c.right_id == max(ids), _CANDIDATES.c.state == CandidateState.OPEN,
        ).values(decided_at=None, decided_by=None)
    )
    gone = dict((await session.execute(select(table).where(table.c.id == merge.gone_id))).mappings().one())
    note_change(
        session, now=now, actor=by.label, action=UNDONE, subject=merge.subject, subject_id=merge.kept_id,
        changes={
            **({"undid": [None, undid]} if undid else {}), "merge": [merge.id, None],
            "merged": [_named(gone), None],
        },
    )
    await session.flush()
    await _finish(session, table, merge.subject, ids, now)
    return sorted({change.table for change in stayed})


async def note_candidate(
    session: AsyncSession, *, subject: Subject, one: int, other: int, by: Actor, now: datetime
) -> DuplicateCandidate:
    """Put a pair on the list of records that may be one; a pair that is there stays as it is, and nothing is written.

    Raises:
        BadInput: the two are one record.
    """
    if one == other:
        raise BadInput(_("Choose two different records of one kind."))
    left, right = sorted((one, other))
    candidate: DuplicateCandidate | None = await session.scalar(select(DuplicateCandidate).where(
        DuplicateCandidate.subject == subject, DuplicateCandidate.left_id == left,
        DuplicateCandidate.right_id == right,
    ))
    if candidate is None:
        candidate = DuplicateCandidate(
            subject=subject, left_id=left, right_id=right, signs=[NOTED], likeness=1.0, found_at=now,
        )
        session.add(candidate)
        note_change(
            session, now=now, actor=by.label, action="pair noted", subject=subject, subject_id=left,
            changes={"pair": [None, CandidateState.OPEN.value]},
        )
        await session.flush()
    return candidate


async def decide_candidate(
    session: AsyncSession, *, candidate_id: int, decision: Decision, by: Actor, now: datetime
) -> Merge | None:
    """Say of a pair whether it is one record; gives the merge where it is. Writes one audit row.

    Raises:
        NotFound: there is no such pair.
        Conflict: somebody has decided it otherwise meanwhile, or what ``merge_records`` says.
    """
    candidate = await _candidate(session, candidate_id)
    if decision in {Decision.KEEP_LEFT, Decision.KEEP_RIGHT}:
        ids = (candidate.left_id, candidate.right_id)
        kept, gone = ids if decision is Decision.KEEP_LEFT else reversed(ids)
        merge = await merge_records(session, subject=candidate.subject, kept=kept, gone=gone, by=by, now=now)
        await session.refresh(candidate)
        candidate.decided_at, candidate.decided_by = now, by.label
        return merge
    state = CandidateState.DIFFERENT if decision is Decision.DIFFERENT else CandidateState.UNSURE
    if candidate.state not in {CandidateState.OPEN, CandidateState.UNSURE, state}:
        raise Conflict(_("Somebody has decided this pair meanwhile. Take that back first."))
    if candidate.state is not state:
        _say(session, candidate, state, action="judged", by=by, now=now)
    return None


async def reopen_candidate(session: AsyncSession, *, candidate_id: int, by: Actor, now: datetime) -> list[str]:
    """Take back what was decided of a pair; after a merge, the tables with a row that stays with the record kept.

    Raises:
        NotFound: there is no such pair.
        Conflict: what ``unmerge_records`` says.
    """
    candidate = await _candidate(session, candidate_id)
    if candidate.state is not CandidateState.SAME:
        if candidate.state is not CandidateState.OPEN:
            _say(session, candidate, CandidateState.OPEN, action="judged again", by=by, now=now)
        return []
    merge = await _merge_of(session, candidate.subject, (candidate.left_id, candidate.right_id))
    if merge is None or {merge.kept_id, merge.gone_id} != {candidate.left_id, candidate.right_id}:
        raise Conflict(_("The two are not merged with each other any more."))
    stayed = await unmerge_records(session, merge_id=merge.id, by=by, now=now)
    await session.refresh(candidate)
    candidate.state, candidate.decided_at, candidate.decided_by = CandidateState.OPEN, None, None
    return stayed


def _say(
    session: AsyncSession, candidate: DuplicateCandidate, state: CandidateState, *, action: str, by: Actor,
    now: datetime,
) -> None:
    note_change(
        session, now=now, actor=by.label, action=action, subject=candidate.subject, subject_id=candidate.left_id,
        changes={"pair": [candidate.state.value, state.value]},
    )
    candidate.state = state
    is_open = state is CandidateState.OPEN
    candidate.decided_at, candidate.decided_by = (None, None) if is_open else (now, by.label)


async def _candidate(session: AsyncSession, candidate_id: int) -> DuplicateCandidate:
    candidate: DuplicateCandidate | None = await session.scalar(
        select(DuplicateCandidate).where(DuplicateCandidate.id == candidate_id).with_for_update()
    )
    if candidate is None:
        raise NotFound(_("There is no such pair of records."))
    return candidate


async def _merge_of(session: AsyncSession, subject: Subject, ids: tuple[int, ...]) -> Merge | None:
    """The merge in force in which one of these records went into another."""
    found: Merge | None = await session.scalar(
        select(Merge).where(Merge.subject == subject, Merge.gone_id.in_(ids), Merge.unmerged_at.is_(None)).limit(1)
    )
    return found


async def _check_power(session: AsyncSession, gone: int, by: Actor) -> None:
    identities = await session.scalar(select(func.count()).where(Identity.person_id == gone)) or 0
    grants = await session.scalar(select(func.count()).where(RoleGrant.person_id == gone)) or 0
    if carries_power(identity_count=identities, grant_count=grants) and Role.ADMINISTRATOR not in by.roles:
        raise NotAllowed(_(
            "Somebody signs in as the person who would go, or they hold a role: only an administrator may merge them."
        ))


async def _fill(
    journal: Journal, subject: Subject, kept: dict[str, Any], gone: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """Fill the gaps of the record that stays; what changed, as ``note_change`` takes it."""
    values: dict[str, Any] = {}
    for name in _FILLED[subject]:
        mine, other = kept[name], gone[name]
        if isinstance(mine, dict):
            values[name] = {**other, **{language: text for language, text in mine.items() if text}}
        elif isinstance(mine, list):
            values[name] = [*mine, *(one for one in other if one not in mine)]
        else:
            values[name] = other if mine in (None, "") else mine
    changes = {
        name: [as_json(kept)[name], as_json(values)[name]] for name in values
        if values[name] != kept[name] and name != "description_html"
    }
    if subject is Subject.PROJECT:
        values |= _sums(kept, gone)
    await journal.alter(TABLES[subject], kept, values)
    kept.update(values)
    return changes


def _sums(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> dict[str, Any]:
    days = {
        name: [day for day in (kept[name], gone[name]) if day] for name in ("first_pitched_on", "last_active_on")
    }
    return {
        "pitch_count": kept["pitch_count"] + gone["pitch_count"],
        "first_pitched_on": min(days["first_pitched_on"], default=None),
        "last_active_on": max(days["last_active_on"], default=None),
        "has_repository": kept["has_repository"] or gone["has_repository"],
    }


async def _count_pitches(session: AsyncSession, project_id: int) -> None:
    """Let a project's own figures say what its proposals say."""
    count, first = (await session.execute(
        select(func.count(), func.min(Event.starts_on)).select_from(Proposal)
        .join(Event, Event.id == Proposal.event_id)
        .where(Proposal.project_id == project_id, Proposal.state == ProposalState.SUBMITTED)
    )).one()
    await session.execute(
        update(Project).where(Project.id == project_id).values(pitch_count=count, first_pitched_on=first)
    )


async def _keep_names(
    session: AsyncSession, journal: Journal, subject: Subject, kept: int, gone: Mapping[str, Any]
) -> None:
    """Lead the old address to the record that stays; of a project, its names become other names of that one."""
    await journal.add(_REDIRECTS, {"subject": subject, "old_slug": gone["slug"], "subject_id": kept})
    if subject is not Subject.PROJECT:
        return
    known = set(await session.scalars(select(_ALIASES.c.normalised).where(_ALIASES.c.project_id == kept)))
    for name in gone["name"].values():
        normalised = normalise_name(name)
        if normalised and normalised not in known:
            known.add(normalised)
            await journal.add(_ALIASES, {"project_id": kept, "name": name, "normalised": normalised})


async def _lead_candidates_over(
    session: AsyncSession, journal: Journal, subject: Subject, *, gone: int, kept: int
) -> None:
    """Pairs of the record that went are pairs of the one that stays; the pair of the two is decided."""
    is_pair = (_CANDIDATES.c.left_id.in_((kept, gone))) | (_CANDIDATES.c.right_id.in_((kept, gone)))
    rows = [dict(row) for row in (await session.execute(
        select(_CANDIDATES).where(_CANDIDATES.c.subject == subject, is_pair)
    )).mappings()]
    pairs = {(row["left_id"], row["right_id"]) for row in rows}
    for row in rows:
        pair = {row["left_id"], row["right_id"]}
        if pair == {kept, gone}:
            await journal.alter(_CANDIDATES, row, {"state": CandidateState.SAME})
        elif gone in pair and row["state"] in {CandidateState.OPEN, CandidateState.UNSURE}:
            left, right = sorted(pair - {gone} | {kept})
            if (left, right) in pairs:
                await journal.remove(_CANDIDATES, row)
            else:
                pairs.add((left, right))
                await journal.alter(_CANDIDATES, row, {"left_id": left, "right_id": right})


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"slug": row["slug"], "name": row["name"] if "name" in row else {"und": row["display_name"]}}


async def _finish(
    session: AsyncSession, table: Table, subject: Subject, ids: tuple[int, ...], now: datetime
) -> None:
    """Say that both records changed, and let the search know them as they are."""
    values: dict[str, Any] = {"updated_at": now}
    if "revision" in table.c:
        values["revision"] = table.c.revision + 1
    await session.execute(table.update().where(table.c.id.in_(ids)).values(**values))
    await refresh(session, subject, ids)
