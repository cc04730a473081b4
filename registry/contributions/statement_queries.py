"""What could be stated of a person, the statements they issued, and one for whoever has its address."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, or_, select

from registry.activity.rules import Subject
from registry.contributions.models import Statement
from registry.contributions.queries import calendar_of
from registry.contributions.rules import CHECK_IN, SAID, overlaps
from registry.contributions.statement import (
    StatedFact,
    StatedPart,
    StatedPlace,
    StatementContent,
    StatementState,
    statement_state,
)
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.handbook import contribution_name
from registry.people.models import Contribution, Membership, Person
from registry.people.visibility import person_is_public
from registry.projects.models import Project

MOST_FACTS = 300
MOST_GROUPS = 500
PARTS_SHOWN = 200


class StatementRow(msgspec.Struct, frozen=True):
    """A statement among one's own."""

    code: str
    issued_at: datetime
    since: date | None
    until: date | None
    state: StatementState

    @property
    def url(self) -> str:
        """The path of its page."""
        return f"/statements/{self.code}"


class StatementSeen(msgspec.Struct, frozen=True):
    """A statement for whoever has its address; what it says only while it is valid."""

    code: str
    person_id: int | None
    state: StatementState
    issued_at: datetime
    revoked_at: datetime | None
    content_hash: str
    content: StatementContent | None


class _Places:
    """Collects what somebody was and did by the project or event it belongs to."""

    def __init__(self) -> None:
        self._found: dict[str, StatedPlace] = {}

    def at(self, subject: Subject, slug: str, name: Localized) -> StatedPlace:
        key = f"{subject.value}/{slug}"
        return self._found.setdefault(key, StatedPlace(key, name, [], []))

    def sorted(self) -> list[StatedPlace]:
        """Projects before events, each by its name's place in the record."""
        for place in self._found.values():
            place.facts.sort(key=lambda fact: (fact.first_on, fact.kind))
        return sorted(self._found.values(), key=lambda place: (place.key.startswith("event/"), place.key))


async def stateable(
    reader: Reader, person_id: int, *, since: date, until: date, now: datetime, timezone: str,
    with_hidden: bool = False,
) -> list[StatedPlace]:
    """All that the record can state of a person in a period, by project and event (four statements).

    Days of confirmation are those of the clocks at ``timezone``.

    Nothing that waits or was declined; what the person hides from their page only ``with_hidden``. Of what people said
    each is stated by itself; what the system knows is counted by kind and source. Of more than ``MOST_FACTS`` some are
    left out: a statement of them would not be whole.
    """
    places = _Places()
    is_wanted = [
        Contribution.person_id == person_id, Contribution.confirmed_at.is_not(None),
        Contribution.happened_on.between(since, until), *([] if with_hidden else [Contribution.is_shown]),
        or_(Contribution.project_id.is_(None), Project.hidden_at.is_(None)),
    ]
    await _add_said(reader, places, is_wanted, ZoneInfo(timezone))
    await _add_known(reader, places, is_wanted)
    await _add_parts(reader, places, person_id, since=since, until=until)
    for day in (await calendar_of(reader, person_id, now=now)).events:
        if since <= day.starts_on <= until:
            places.at(Subject.EVENT, day.slug, day.name).facts.append(StatedFact(
                kind=day.part, name=contribution_name(day.part), count=1, first_on=day.starts_on,
                last_on=day.starts_on, source=CHECK_IN if day.part == "attended" else "team",
            ))
    return places.sorted()


async def own_statements(reader: Reader, person_id: int, *, size: int, offset: int) -> list[StatementRow]:
    """The statements that a person issued, the last first (one statement)."""
    rows = await reader.execute(
        select(Statement.code, Statement.content, Statement.content_hash, Statement.issued_at, Statement.revoked_at)
        .where(Statement.person_id == person_id)
        .order_by(Statement.issued_at.desc(), Statement.id.desc()).limit(size).offset(offset)
    )
    return [
        StatementRow(
            row.code, row.issued_at, _day(row.content.get("since")), _day(row.content.get("until")), statement_state(
                row.content, code=row.code, content_hash=row.content_hash, revoked_at=row.revoked_at
            ),
        )
        for row in rows
    ]


async def count_statements(reader: Reader, person_id: int) -> int:
    """How many statements a person issued (one statement)."""
    return await reader.scalar(
        select(func.count()).select_from(Statement).where(Statement.person_id == person_id)
    ) or 0


async def statement_at(reader: Reader, code: str) -> StatementSeen | None:
    """The statement with this code (one statement)."""
    row = (await reader.execute(
        select(
            Statement.code, Statement.person_id, Statement.content, Statement.content_hash, Statement.issued_at,
            Statement.revoked_at,
        ).where(Statement.code == code)
    )).one_or_none()
    if row is None:
        return None
    state = statement_state(
        row.content, code=row.code, content_hash=row.content_hash, revoked_at=row.revoked_at
    )
    content = msgspec.convert(row.content, StatementContent) if state is StatementState.VALID else None
    return StatementSeen(
        row.code, row.person_id, state, row.issued_at, row.revoked_at, row.content_hash, content
    )


async def names_of(reader: Reader, people: Collection[int]) -> dict[int, str]:
    """What those of some people are called whom the public sees (one statement)."""
    rows = await reader.execute(
        select(Person.id, Person.display_name).where(Person.id.in_(people), person_is_public())
    )
    return {row.id: row.display_name for row in rows}


async def _add_said(reader: Reader, places: _Places, is_wanted: Iterable[Any], zone: ZoneInfo) -> None:
    rows = await reader.execute(
        select(
            Contribution.kind, Contribution.happened_on, Contribution.minutes, Contribution.note,
            Contribution.evidence_url, Contribution.confirmed_at, Contribution.decided_by_id, Contribution.decided_as,
            *_place_columns(),
        )
        .outerjoin(Project, Project.id == Contribution.project_id).outerjoin(Event, Event.id == Contribution.event_id)
        .where(Contribution.source == SAID, *is_wanted)
        .order_by(Contribution.happened_on, Contribution.id).limit(MOST_FACTS + 1)
    )
    for row in rows:
        _place_of(places, row).facts.append(StatedFact(
            kind=row.kind, name=contribution_name(row.kind), source=SAID, count=1, first_on=row.happened_on,
            last_on=row.happened_on, minutes=row.minutes, note=row.note, evidence_url=row.evidence_url,
            confirmed_on=row.confirmed_at.astimezone(zone).date(), confirmed_by=row.decided_by_id,
            confirmed_as=row.decided_as,
        ))


async def _add_known(reader: Reader, places: _Places, is_wanted: Iterable[Any]) -> None:
    rows = await reader.execute(
        select(
            Contribution.kind, Contribution.source, func.count().label("amount"),
            func.min(Contribution.happened_on).label("first_on"), func.max(Contribution.happened_on).label("last_on"),
            func.sum(Contribution.minutes).label("minutes"), func.min(Contribution.evidence_url).label("first_url"),
            func.max(Contribution.evidence_url).label("last_url"), *_place_columns(),
        )
        .outerjoin(Project, Project.id == Contribution.project_id).outerjoin(Event, Event.id == Contribution.event_id)
        .where(Contribution.source.not_in((SAID, CHECK_IN)), *is_wanted)  # check-ins stand among the events
        .group_by(Contribution.kind, Contribution.source, Project.id, Event.id)
        .order_by(func.min(Contribution.happened_on), Contribution.kind).limit(MOST_GROUPS)
    )
    for row in rows:
        if row.project_slug or row.event_slug:
            _place_of(places, row).facts.append(StatedFact(
                kind=row.kind, name=contribution_name(row.kind), source=row.source, count=row.amount,
                first_on=row.first_on, last_on=row.last_on, minutes=row.minutes,
                evidence_url=row.first_url if row.first_url == row.last_url else None,
            ))


async def _add_parts(reader: Reader, places: _Places, person_id: int, *, since: date, until: date) -> None:
    rows = await reader.execute(
        select(Membership.role, Membership.joined_on, Membership.left_on, Project.slug, Project.name)
        .join(Project, Project.id == Membership.project_id)
        .where(Membership.person_id == person_id, Project.hidden_at.is_(None))
        .order_by(Membership.id).limit(PARTS_SHOWN)
    )
    for role, joined_on, left_on, slug, name in rows:
        if overlaps(joined_on, left_on, since=since, until=until):
            places.at(Subject.PROJECT, slug, name).parts.append(StatedPart(role.value, joined_on, left_on))


def _place_columns() -> list[Any]:
    return [
        Project.slug.label("project_slug"), Project.name.label("project_name"), Event.slug.label("event_slug"),
        Event.name.label("event_name"),
    ]


def _place_of(places: _Places, row: Any) -> StatedPlace:
    if row.project_slug:
        return places.at(Subject.PROJECT, row.project_slug, row.project_name)
    return places.at(Subject.EVENT, row.event_slug, row.event_name)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
