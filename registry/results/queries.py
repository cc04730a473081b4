"""Results, helpers and guests of an event, and what is known of its projects since."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, CompoundSelect, String, case, cast, func, literal, or_, select, union_all
from sqlalchemy import bindparam as given

from registry.contributions.rules import SAID
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized
from registry.events.models import Event, EventHelper
from registry.events.rules import HelperTask
from registry.floor.queries import WantedRow
from registry.people.models import Contribution, Person
from registry.people.visibility import person_is_public
from registry.projects.models import Need, Project, Update
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.proposals.queries import public_proposals
from registry.proposals.rules import ProposalState
from registry.proposals.visibility import pitched_on
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState
from registry.results.people import GuestRow, PeopleCounts, count_people
from registry.results.rules import Fact, FactKind, spans_after
from registry.results.videos import PitchTitles
from registry.stages.models import StageChange, StandingChange

MOST_PITCHES = 500
MOST_HELPERS = 300
MOST_FACTS = 2_000


class HelperRow(msgspec.Struct, frozen=True):
    """Somebody who helped, whom the public sees, and with what."""

    slug: str
    name: str
    tasks: list[HelperTask]


class WrittenResult(msgspec.Struct, frozen=True):
    """A pitch whose result is to be written. ``sought`` are the keys of its project's open needs."""

    slug: str
    title: Localized
    result: Localized
    revision: int
    state: ProposalState
    event_slug: str | None
    event_name: Localized | None
    starts_at: datetime | None
    project_slug: str | None
    project_name: Localized | None
    sought: list[WantedRow]


async def written_result(reader: Reader, slug: str) -> WrittenResult | None:
    """A pitch that is out and not hidden, with its result (one statement)."""
    needs = (
        select(Need.key, Need.line, Need.opened_on).where(Need.project_id == Project.id, Need.state == NeedState.OPEN)
        .order_by(Need.id).correlate(Project)
    )
    row = (await reader.execute(
        public_proposals(
            Proposal.slug, Proposal.title, Proposal.result, Proposal.revision, Proposal.state, Event.slug,
            Event.name, Event.starts_at, Project.slug, Project.name, json_rows(needs, WantedRow),
        ).where(Proposal.slug == slug)
    )).one_or_none()
    return WrittenResult(*row) if row else None


async def pitch_titles(reader: Reader, event_id: int) -> list[PitchTitles]:
    """Every pitch of an event with the names it goes by, in order (one statement)."""
    rows = await reader.execute(
        public_proposals(Proposal.slug, Proposal.title, Project.name).where(Proposal.event_id == event_id)
        .order_by(Proposal.position.is_(None), Proposal.position, Proposal.id).limit(MOST_PITCHES)
    )
    return [
        PitchTitles(row.slug, tuple(dict.fromkeys([*row.title.values(), *row.name.values()]))) for row in rows
    ]


async def sought_by_projects(reader: Reader, event_id: int) -> dict[int, list[WantedRow]]:
    """Whom the projects pitched at an event look for today (one statement)."""
    rows = await reader.execute(
        select(Need.project_id, Need.key, Need.line, Need.opened_on)
        .where(
            Need.state == NeedState.OPEN,
            Need.project_id.in_(select(Proposal.project_id).where(
                Proposal.event_id == event_id, Proposal.state == ProposalState.SUBMITTED
            )),
        )
        .order_by(Need.id)
    )
    sought: dict[int, list[WantedRow]] = {}
    for row in rows:
        sought.setdefault(row.project_id, []).append(WantedRow(*row[1:]))
    return sought


async def people_counts(reader: Reader, event_id: int) -> PeopleCounts | None:
    """Who came, in numbers; none where no registration is on record (one statement)."""
    return count_people(await _GUESTS.rows(reader, event_id=event_id))


async def public_helpers(reader: Reader, event_id: int) -> list[HelperRow]:
    """Who helped at an event, of those whom the public sees (one statement)."""
    rows = await reader.execute(
        select(Person.slug, Person.display_name, EventHelper.task)
        .join(EventHelper, EventHelper.person_id == Person.id)
        .where(EventHelper.event_id == event_id, person_is_public())
        .order_by(Person.sort_name, Person.id, EventHelper.id).limit(MOST_HELPERS)
    )
    helpers: dict[str, HelperRow] = {}
    for slug, name, task in rows:
        helpers.setdefault(slug, HelperRow(slug, name, [])).tasks.append(task)
    return list(helpers.values())


async def facts_since(
    reader: Reader, project_ids: Collection[int], *, last_day: date
) -> dict[int, list[Fact]]:
    """What is known of some projects in the year after an event's last day (four statements)."""
    ids, spans = list(project_ids), spans_after(last_day)
    days = [spans[0][1], *(ends_on + timedelta(days=1) for _months, _begins_on, ends_on in spans)]
    moments = [datetime.combine(day, time(), tzinfo=UTC) for day in days]
    found = [
        *await reader.execute(_pitches(ids, days)), *await reader.execute(_moves(ids, moments)),
        *await reader.execute(_counted(
            FactKind.UPDATED, Update.project_id, Update.posted_at, moments,
            Update.project_id.in_(ids), Update.hidden_at.is_(None),
        )),
        *await reader.execute(_counted(
            FactKind.CONTRIBUTED, Contribution.project_id, Contribution.happened_on, days,
            Contribution.project_id.in_(ids),
            or_(Contribution.source != SAID, Contribution.confirmed_at.is_not(None)),
        )),
    ]
    facts: dict[int, list[Fact]] = {project_id: [] for project_id in ids}
    for project_id, kind, on, times, key in found:
        facts[project_id].append(Fact(
            FactKind(kind), on.date() if isinstance(on, datetime) else on, times=times, key=key
        ))
    return facts


def _pitches(ids: list[int], days: list[date]) -> AnySelect:
    day = pitched_on()
    return (
        public_proposals(Proposal.project_id, literal(FactKind.PITCHED.value), day, literal(1), Proposal.slug)
        .where(Proposal.project_id.in_(ids), day >= days[0], day < days[-1]).limit(MOST_FACTS)
    )


def _moves(ids: list[int], moments: list[datetime]) -> CompoundSelect[*tuple[Any, ...]]:
    stages = select(
        StageChange.project_id, literal(FactKind.STAGE.value), StageChange.changed_at, literal(1), StageChange.to_stage
    ).where(
        StageChange.project_id.in_(ids), StageChange.changed_at >= moments[0], StageChange.changed_at < moments[-1],
        StageChange.is_imported.is_(False),
    )
    standings = select(
        StandingChange.project_id, literal(FactKind.STANDING.value), StandingChange.changed_at, literal(1),
        cast(StandingChange.to_standing, String),
    ).where(
        StandingChange.project_id.in_(ids), StandingChange.changed_at >= moments[0],
        StandingChange.changed_at < moments[-1],
    )
    return union_all(stages, standings).limit(MOST_FACTS)


def _counted(
    kind: FactKind, project_id: Any, column: Any, bounds: Sequence[date], *conditions: ColumnElement[bool]
) -> AnySelect:
    """Updates and contributions, which may be thousands: how many in each span, and when the last one was."""
    span = case(*((column < end, number) for number, end in enumerate(bounds[1:])), else_=len(bounds))
    rows = (
        select(project_id.label("project_id"), column.label("happened"), span.label("span"))
        .where(column >= bounds[0], column < bounds[-1], *conditions).subquery()
    )
    return (
        select(rows.c.project_id, literal(kind.value), func.max(rows.c.happened), func.count(), literal(""))
        .group_by(rows.c.project_id, rows.c.span)
    )


_GUESTS = prepared(select(
    Registration.checked_in_at.is_not(None), Registration.is_newcomer, Registration.keywords
).where(Registration.event_id == given("event_id"), Registration.state == RegistrationState.CONFIRMED), GuestRow)
