"""Projects that the front page puts forward, and the community in numbers."""

from datetime import date
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, String, cast, func, literal, select, union_all
from sqlalchemy import bindparam as given

from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.handbook import ladder, need_words
from registry.people.models import Person
from registry.projects.models import Need, Project
from registry.projects.rules import NeedState, Standing
from registry.proposals.models import Proposal
from registry.proposals.visibility import pitched_on, proposal_is_public
from registry.tallies.queries import Occasion, Tally

MOST_WANTED = 10


class OpenNeed(msgspec.Struct, frozen=True):
    """A role that a project still looks for."""

    key: str
    is_filled: bool = False

    @property
    def name(self) -> Localized:
        """What the handbook calls the role."""
        return need_words(self.key).name

    @property
    def url(self) -> str:
        """The path of everything that wants the role."""
        return f"/needs/{self.key}"


class HighlightedProject(msgspec.Struct, frozen=True):
    """A project as the front page shows it."""

    slug: str
    name: Localized
    summary: Localized
    stage_key: str
    pitch_count: int
    last_active_on: date | None
    needs: list[OpenNeed]

    @property
    def stage_name(self) -> Localized:
        """What the handbook calls the project's stage."""
        return ladder().stage_of(self.stage_key).name


class CommunityNumbers(msgspec.Struct, frozen=True):
    """The public record counted: pitches by year, oldest first; projects by their stage's key; all open needs."""

    events: int
    people: int
    pitches_by_year: dict[int, int]
    stages: dict[str, int]
    needs: dict[str, int]

    @property
    def projects(self) -> int:
        """How many projects the record holds."""
        return sum(self.stages.values())

    @property
    def projects_by_stage(self) -> dict[str, int]:
        """How many projects stand on each stage of the ladder, in its order."""
        return ladder().counted(self.stages)

    @property
    def most_wanted(self) -> dict[str, int]:
        """The needs that most projects have open."""
        return dict(sorted(self.needs.items(), key=lambda need: (-need[1], need[0]))[:MOST_WANTED])

    @property
    def pitches(self) -> int:
        """How many proposals the record holds."""
        return sum(self.pitches_by_year.values())


def _highlighted(*conditions: ColumnElement[bool], latest: ColumnElement[date | None]) -> AnySelect:
    needs = (
        select(Need.key).where(Need.project_id == Project.id, Need.state == NeedState.OPEN).order_by(Need.id)
        .correlate(Project)
    )
    order = (latest, Project.id.desc())
    # Chosen first, then read: SQLite would gather the needs of every project before it sorts.
    chosen = select(Project.id).where(Project.hidden_at.is_(None), *conditions).order_by(*order).limit(given("size"))
    return select(
        Project.slug, Project.name, Project.summary, Project.stage_key, Project.pitch_count, Project.last_active_on,
        json_rows(needs, OpenNeed),
    ).where(Project.id.in_(chosen.correlate(None))).order_by(*order)


_WANTING_HELP = prepared(_highlighted(
    select(Need.id).where(Need.project_id == Project.id, Need.state == NeedState.OPEN).exists(),
    Project.standing == Standing.ACTIVE, latest=Project.last_active_on.desc().nulls_last(),
), HighlightedProject)
# Not `nulls_last`, where there is none: PostgreSQL would not know its index in that order.
_NEWLY_PITCHED = prepared(
    _highlighted(Project.first_pitched_on.is_not(None), latest=Project.first_pitched_on.desc()), HighlightedProject
)


class _Count(NamedTuple):
    """How many rows of a kind (``subject``) have a ``value``."""

    subject: str
    value: str
    rows: int


async def projects_wanting_help(reader: Reader, *, limit: int) -> list[HighlightedProject]:
    """Active projects with open needs, the most recently active first (one statement)."""
    return await _WANTING_HELP.rows(reader, size=limit)


async def newly_pitched_projects(reader: Reader, *, limit: int) -> list[HighlightedProject]:
    """The projects whose first pitch is the latest (one statement)."""
    return await _NEWLY_PITCHED.rows(reader, size=limit)


async def _community_numbers(reader: Reader, _occasion: Occasion) -> CommunityNumbers:
    """Count the public record (one statement)."""
    counts: dict[str, dict[str, int]] = {}
    for subject, value, count in await _NUMBERS.rows(reader):
        counts.setdefault(subject, {})[value] = count
    by_year: dict[int, int] = {}
    for day, count in sorted(counts.get("day", {}).items()):
        by_year[int(day[:4])] = by_year.get(int(day[:4]), 0) + count
    return CommunityNumbers(
        events=counts["event"][""], people=counts["person"][""], pitches_by_year=by_year,
        stages=counts.get("stage", {}), needs=counts.get("need", {}),
    )


COMMUNITY_NUMBERS = Tally("community numbers", CommunityNumbers, _community_numbers)


def _numbers() -> Any:
    # By day, and by year only here: SQLite would take apart the date of each pitch.
    day = cast(pitched_on(), String)
    return union_all(
        select(literal("event"), literal(""), func.count()).select_from(Event).where(event_is_public()),
        select(literal("person"), literal(""), func.count()).select_from(Person)
        .where(Person.hidden_at.is_(None), Person.is_public),
        select(literal("day"), day, func.count()).select_from(Proposal)
        .outerjoin(Event, Event.id == Proposal.event_id).join(Project, Project.id == Proposal.project_id)
        .where(proposal_is_public()).group_by(day),
        select(literal("stage"), Project.stage_key, func.count())
        .where(Project.hidden_at.is_(None)).group_by(Project.stage_key),
        select(literal("need"), Need.key, func.count()).join(Project, Project.id == Need.project_id)
        .where(Need.state == NeedState.OPEN, Project.hidden_at.is_(None)).group_by(Need.key),
    )


_NUMBERS = prepared(_numbers(), _Count)
