"""What the pages of stages show: a project's history, moves along the ladder, quiet projects."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import cast, func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized, type_json
from registry.handbook import ladder, standing_words
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.projects.rules import Standing
from registry.stages.models import DormancyQuestion, StageChange, StandingChange
from registry.stages.pace import Move, StagePace, pace, stays
from registry.tallies.queries import Occasion, Tally

MOVES_COUNTED = 2_000
"""How many of the latest moves the pages about all stages are drawn from."""
OTHERS_OFFERED = 8


class TurnRow(msgspec.Struct, frozen=True):
    """A turn in a project's history: it moved along the ladder, or its standing changed (``is_standing``).

    ``came_from`` and ``went_to`` are keys of stages or of standings. Who did it is named where the public sees them.
    """

    is_standing: bool
    came_from: str | None
    went_to: str
    reason: str
    unmet: list[str]
    is_imported: bool
    changed_at: datetime
    by_slug: str | None
    by_name: str | None
    other_slug: str | None
    other_name: Localized | None

    @property
    def from_name(self) -> Localized | None:
        """What the stage or standing that it left is called; none at the beginning."""
        return None if self.came_from is None else self._name(self.came_from)

    @property
    def to_name(self) -> Localized:
        """What the stage or standing that it came to is called."""
        return self._name(self.went_to)

    @property
    def unmet_texts(self) -> list[Localized]:
        """The checkpoints that were unmet then, in the handbook's words."""
        return [ladder().checkpoint_text(key) for key in self.unmet]

    def _name(self, key: str) -> Localized:
        return standing_words(key).name if self.is_standing else ladder().stage_name(key)


class QuietRow(msgspec.Struct, frozen=True):
    """A quiet project whose people were asked whether it is alive, and have not answered."""

    slug: str
    name: Localized
    last_active_on: date | None
    asked_at: datetime
    owner_count: int


class OtherProject(msgspec.Struct, frozen=True):
    """A project that could carry another one on."""

    slug: str
    name: Localized


class Paces(msgspec.Struct, frozen=True):
    """How projects get on from each stage, and how many of the moves were made here or came with an import."""

    of_stages: dict[str, StagePace]
    dated: int
    imported: int


class OnLadder(msgspec.Struct, frozen=True):
    """How many public projects stand on each stage, by its key in their rows, and how they get on."""

    projects: dict[str, int]
    paces: Paces


async def turns_of(reader: Reader, project_id: int, *, size: int, offset: int) -> list[TurnRow]:
    """A stretch of a project's history, the latest turn first (one statement)."""
    turns = union_all(_stage_turns(project_id), _standing_turns(project_id)).subquery()
    columns = [turns.c[name] for name in TurnRow.__struct_fields__]
    rows = await reader.execute(
        select(*columns).order_by(turns.c.changed_at.desc(), turns.c.is_standing, turns.c.id.desc())
        .limit(size).offset(offset)
    )
    return [TurnRow(*row) for row in rows]


async def count_turns(reader: Reader, project_id: int) -> int:
    """How many turns a project's history has (one statement)."""
    kinds = [
        select(func.count()).where(table.project_id == project_id).scalar_subquery()
        for table in (StageChange, StandingChange)
    ]
    return await reader.scalar(select(kinds[0] + kinds[1])) or 0


async def latest_moves(reader: Reader) -> list[Move]:
    """The latest moves of public projects along the ladder, oldest first (one statement)."""
    rows = await reader.execute(
        select(
            StageChange.project_id, StageChange.from_stage, StageChange.to_stage, StageChange.changed_at,
            StageChange.is_imported, StageChange.unmet_checkpoints,
        )
        .join(Project, Project.id == StageChange.project_id).where(Project.hidden_at.is_(None))
        .order_by(StageChange.changed_at.desc(), StageChange.id.desc()).limit(MOVES_COUNTED)
    )
    return [Move(*row) for row in reversed(rows.all())]


async def stage_paces(reader: Reader, now: datetime) -> Paces:
    """How projects get on along the ladder, from the latest moves (one statement)."""
    moves = await latest_moves(reader)
    imported = sum(move.is_imported for move in moves)
    stages = [stage.key for stage in ladder().stage]
    return Paces(pace(stays(moves), stages, now=now), dated=len(moves) - imported, imported=imported)


async def _count_on_ladder(reader: Reader, occasion: Occasion) -> OnLadder:
    counts = await reader.execute(
        select(Project.stage_key, func.count()).where(Project.hidden_at.is_(None)).group_by(Project.stage_key)
    )
    return OnLadder(dict(counts.all()), await stage_paces(reader, occasion.now))


ON_LADDER = Tally("on the ladder", OnLadder, _count_on_ladder)


async def asked_at(reader: Reader, project_id: int, *, quiet_before: date) -> datetime | None:
    """Since when a project's people owe an answer to whether it is alive; none when they owe none (one statement)."""
    moment: datetime | None = await reader.scalar(
        _open_questions(DormancyQuestion.asked_at, quiet_before=quiet_before)
        .where(Project.id == project_id).limit(1)
    )
    return moment


async def quiet_projects(reader: Reader, *, quiet_before: date, size: int, offset: int) -> list[QuietRow]:
    """The projects whose people have not answered, those asked first first (one statement)."""
    owners = (
        select(func.count()).select_from(Membership)
        .where(
            Membership.project_id == Project.id, Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None)
        ).correlate(Project).scalar_subquery()
    )
    rows = await reader.execute(
        _open_questions(
            Project.slug, Project.name, Project.last_active_on, DormancyQuestion.asked_at, owners,
            quiet_before=quiet_before,
        ).order_by(DormancyQuestion.asked_at, DormancyQuestion.id).limit(size).offset(offset)
    )
    return [QuietRow(*row) for row in rows]


async def count_quiet_projects(reader: Reader, *, quiet_before: date) -> int:
    """How many projects' people have not answered (one statement)."""
    return await reader.scalar(_open_questions(func.count(), quiet_before=quiet_before)) or 0


async def stages_in_use(reader: Reader) -> dict[str, int]:
    """How many projects, hidden ones too, stand on each stage, by its key (one statement)."""
    rows = await reader.execute(select(Project.stage_key, func.count()).group_by(Project.stage_key))
    return dict(rows.all())


def _open_questions(*columns: Any, quiet_before: date) -> AnySelect:
    return (
        select(*columns).select_from(DormancyQuestion).join(Project, Project.id == DormancyQuestion.project_id)
        .where(
            DormancyQuestion.answered_at.is_(None), Project.hidden_at.is_(None), Project.standing == Standing.ACTIVE,
            Project.last_active_on < quiet_before,
        )
    )


def _stage_turns(project_id: int) -> AnySelect:
    return (
        select(
            StageChange.id, literal(value=False).label("is_standing"), StageChange.from_stage.label("came_from"),
            StageChange.to_stage.label("went_to"), StageChange.reason, StageChange.unmet_checkpoints.label("unmet"),
            StageChange.is_imported, StageChange.changed_at, Person.slug.label("by_slug"),
            Person.display_name.label("by_name"), null().label("other_slug"),
            cast(null(), type_json).label("other_name"),
        )
        .outerjoin(Person, (Person.id == StageChange.by_person_id) & person_is_public())
        .where(StageChange.project_id == project_id)
    )


def _standing_turns(project_id: int) -> AnySelect:
    other = aliased(Project)
    return (
        select(
            StandingChange.id, literal(value=True), StandingChange.from_standing, StandingChange.to_standing,
            StandingChange.reason, cast(literal("[]"), type_json), literal(value=False), StandingChange.changed_at,
            Person.slug, Person.display_name, other.slug, other.name,
        )
        .outerjoin(Person, (Person.id == StandingChange.by_person_id) & person_is_public())
        .outerjoin(other, (other.id == StandingChange.other_id) & other.hidden_at.is_(None))
        .where(StandingChange.project_id == project_id)
    )
