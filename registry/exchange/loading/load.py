"""Loading a whole source in one transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import Subject
from registry.exchange.loading.candidates import note_alike_events, note_alike_projects, note_namesakes
from registry.exchange.loading.cases import load_cases
from registry.exchange.loading.events import load_events
from registry.exchange.loading.limits import is_within_limits
from registry.exchange.loading.people import load_people
from registry.exchange.loading.projects import load_projects
from registry.exchange.loading.proposals import load_proposals
from registry.exchange.loading.record import Record
from registry.exchange.loading.stages import place_on_ladder
from registry.exchange.loading.tags import load_tags
from registry.exchange.rows import (
    AnyRow,
    CaseRow,
    EventRow,
    PersonRow,
    ProjectRow,
    ProposalRow,
    RowType_co,
    Sourced,
    TagRow,
)

PHASES = ("reading", "matching", "pitches", "comparing", "writing", "indexing")
LOADED = (Subject.EVENT, Subject.PROJECT, Subject.PROPOSAL, Subject.PERSON, Subject.TAG, Subject.CASE)


class Loaded(msgspec.Struct, frozen=True):
    """How many records of a kind an import made, added to, and met without changing; ``touched`` are the first two."""

    subject: Subject
    created: int
    updated: int
    unchanged: int
    touched: tuple[int, ...]


async def load(
    session: AsyncSession, rows: Iterable[Sourced[AnyRow]], *, source: str, now: datetime, timezone: str,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Loaded]:
    """Load rows of one source: match, fill gaps, keep provenance, place projects, note likely duplicates.

    Everything happens in the session's transaction; rolling it back makes a dry run. Rows that break a limit of
    ``rows.py`` or refer to nothing are refused at their place. One audit row is written for each record made or
    added to. ``progress`` is told each phase as it begins.
    """
    good = _whole(rows)
    progress("matching")
    record = await Record.read(session, source=source, now=now)
    with session.no_autoflush:
        await load_tags(record, _of(good, TagRow))
        await load_people(record, _of(good, PersonRow))
        await load_events(record, _of(good, EventRow), timezone=timezone)
        await load_projects(record, _of(good, ProjectRow))
        progress("pitches")
        await load_proposals(record, _of(good, ProposalRow))
        await load_cases(record, _of(good, CaseRow))
        progress("comparing")
        place_on_ladder(record)
        note_alike_projects(record)
        note_alike_events(record)
        note_namesakes(record)
        record.write_audit()
    progress("writing")
    await session.flush()
    return [Loaded(subject, *record.count(subject), record.touched(subject)) for subject in LOADED]


def _whole(rows: Iterable[Sourced[AnyRow]]) -> list[Sourced[AnyRow]]:
    """The rows within limits, without what shares its place in the source with a refused one: never half a record.

    An event stands for all the lines that name it, not only for the one it was first read from.
    """
    checked = [(sourced, is_within_limits(sourced)) for sourced in rows]
    broken = {id(sourced.place) for sourced, is_good in checked if not is_good}
    return [
        sourced for sourced, is_good in checked
        if is_good and (id(sourced.place) not in broken or isinstance(sourced.row, EventRow))
    ]


def _of(rows: list[Sourced[AnyRow]], kind: type[RowType_co]) -> list[Sourced[RowType_co]]:
    return [sourced for sourced in rows if isinstance(sourced.row, kind)]  # type: ignore[misc]
