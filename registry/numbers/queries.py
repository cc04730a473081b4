"""What the public record adds up to, and what its figures call the events and topics in them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy import bindparam as given

from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized, UTCDateTime
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.proposals.models import Credit, Proposal
from registry.proposals.queries import public_proposals
from registry.proposals.visibility import pitched_on
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState

TOPICS_COUNTED = 12


class PitchesOfDay(msgspec.Struct, frozen=True):
    """The pitches of an event, or of a day without one; ``unnamed`` of them name nobody whom the public sees.

    ``alone`` counts those whose title is in one language only, by that language; ``several`` in more than one.
    """

    day: date
    event_id: int | None
    count: int
    unnamed: int
    alone: dict[str, int]
    several: int


class Named(NamedTuple):
    """Somebody is named on a pitch: a person who is known by their row number, else only a name."""

    who: int | str
    year: int


class Life(msgspec.Struct, frozen=True):
    """So many projects were first pitched on a day, and last heard of on another."""

    first: date
    last: date
    count: int


class RecordCounts(msgspec.Struct, frozen=True):
    """Needs by key and state, projects by licence (``""`` where none is known), and how long they were heard of.

    ``named`` are the names on pitches, ``topics`` how often those most pitched were pitched in each year.
    """

    needs: dict[str, dict[str, int]]
    code_licences: dict[str, int]
    content_licences: dict[str, int]
    lives: list[Life]
    named: list[Named]
    topics: dict[int, dict[int, int]]


class Called(msgspec.Struct, frozen=True):
    """What an event or a topic is called, and its address."""

    slug: str
    name: Localized


class Names(msgspec.Struct, frozen=True):
    """What figures call the events and topics in them, by row number; what is hidden has no name."""

    events: dict[int, Called]
    topics: dict[int, Called]


class Guest(msgspec.Struct, frozen=True):
    """A guest of an event by what makes two registrations one person's, and their keywords. Never shown."""

    person_id: int | None
    badge_name: str
    keywords: list[str]

    @property
    def who(self) -> int | str:
        """The person as far as they are known."""
        return self.badge_name.strip().casefold() if self.person_id is None else self.person_id


async def pitches_by_day(reader: Reader, *, languages: Sequence[str]) -> list[PitchesOfDay]:
    """The public pitches by their event, oldest first (one statement)."""
    rows = await reader.execute(_pitches_statement(tuple(languages)))
    return [
        PitchesOfDay(day, event_id, count, unnamed, dict(zip(languages, counts, strict=False)), several=counts[-1])
        for day, event_id, count, unnamed, *counts in rows.all()
    ]


class _Count(NamedTuple):
    """How many rows of a kind (``subject``) have two values, or a value and none."""

    subject: str
    value: str
    other: str
    rows: int


async def record_counts(reader: Reader) -> RecordCounts:
    """Count needs, licences, lives and topics of the public projects, and the names on pitches (one statement)."""
    found: dict[str, list[tuple[str, str, int]]] = {kind: [] for kind in _KINDS}
    for subject, value, other, count in await _COUNTS.rows(reader):
        found[subject].append((value, other, count))
    needs: dict[str, dict[str, int]] = {}
    for key, state, count in found["need"]:
        needs.setdefault(key, {})[state] = count
    topics: dict[int, Counter[int]] = {}
    for tag_id, day, count in found["topic"]:
        topics.setdefault(int(tag_id), Counter())[int(day[:4])] += count
    return RecordCounts(
        needs, {value: count for value, _other, count in found["code"]},
        {value: count for value, _other, count in found["content"]},
        [Life(date.fromisoformat(first), date.fromisoformat(last), count) for first, last, count in found["life"]],
        [
            *(Named(int(person_id), int(day[:4])) for person_id, day, _count in found["person"]),
            *(Named(name.strip().casefold(), int(day[:4])) for name, day, _count in found["name"]),
        ],
        {tag_id: dict(years) for tag_id, years in topics.items()},
    )


async def names_of(reader: Reader, *, events: Iterable[int], topics: Iterable[int]) -> Names:
    """What the public calls these events and topics (one statement)."""
    names = Names({}, {})
    rows = await reader.execute(union_all(
        select(literal("event"), Event.id, Event.slug, Event.name).where(Event.id.in_(events), event_is_public()),
        select(literal("topic"), Tag.id, Tag.slug, Tag.name).where(Tag.id.in_(topics), Tag.hidden_at.is_(None)),
    ))
    for kind, number, slug, name in rows:
        (names.events if kind == "event" else names.topics)[number] = Called(slug, name)
    return names


async def guests_since(reader: Reader, moment: datetime) -> list[Guest]:
    """Who had a place at a public event that ended after a moment (one statement)."""
    return [Guest(*row) for row in (await reader.execute(_GUESTS, {"moment": moment})).all()]


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@lru_cache(maxsize=16)
def _pitches_statement(languages: tuple[str, ...]) -> AnySelect:
    titled = [
        Proposal.title[literal(language, JSON.JSONStrIndexType())].as_string().is_not(None) for language in languages
    ]
    alone = [
        and_(*(one if place == number else ~one for place, one in enumerate(titled))) for number in range(len(titled))
    ]
    how_many = sum((case((one, 1), else_=0) for one in titled), start=literal(0))
    return (
        public_proposals(
            pitched_on(), Event.id, func.count(), _times(~_is_named()),
            *(_times(condition) for condition in alone), _times(how_many > 1),
        )
        .where(pitched_on().is_not(None))
        .group_by(pitched_on(), Event.id).order_by(pitched_on(), Event.id)
    )


def _is_named() -> ColumnElement[bool]:
    return and_(Proposal.is_anonymous.is_(False), (
        select(Credit.id).join(Person, Person.id == Credit.person_id)
        .where(Credit.proposal_id == Proposal.id, person_is_public()).correlate(Proposal).exists()
    ))


def _counts() -> CompoundSelect[Any]:
    def of_projects(subject: str, value: Any, other: Any) -> AnySelect:
        words = cast(value, String), cast(other, String)
        return (
            select(literal(subject), *words, func.count()).select_from(Project)
            .where(Project.hidden_at.is_(None)).group_by(*words)
        )

    return union_all(
        of_projects("need", Need.key, Need.state).join(Need, Need.project_id == Project.id),
        of_projects("code", func.coalesce(Project.code_licence, ""), literal("")),
        of_projects("content", func.coalesce(Project.content_licence, ""), literal("")),
        of_projects("life", Project.first_pitched_on, Project.last_active_on)
        .where(Project.first_pitched_on.is_not(None), Project.last_active_on.is_not(None)),
        _names("person", Person.id).where(Person.claimed_at.is_not(None)),
        _names("name", Credit.name_as_written).where(Person.claimed_at.is_(None)),
        _topics(),
    )


def _names(kind: str, who: Any) -> AnySelect:
    # Each by itself: to group them would sort them all, and who is meant by a name is seen only in Python.
    return (
        public_proposals(literal(kind), cast(who, String), cast(pitched_on(), String), literal(1))
        .join(Credit, Credit.proposal_id == Proposal.id).join(Person, Person.id == Credit.person_id)
        .where(Proposal.is_anonymous.is_(False), person_is_public(), pitched_on().is_not(None))
    )


def _topics() -> AnySelect:
    pitched = (
        public_proposals(ProjectTag.tag_id, pitched_on().label("day"), func.count().label("count"))
        .join(ProjectTag, ProjectTag.project_id == Proposal.project_id).join(Tag, Tag.id == ProjectTag.tag_id)
        .where(Tag.hidden_at.is_(None), pitched_on().is_not(None))
        .group_by(ProjectTag.tag_id, pitched_on()).cte("pitched")
    )
    most = (
        select(pitched.c.tag_id).group_by(pitched.c.tag_id)
        .order_by(func.sum(pitched.c.count).desc(), pitched.c.tag_id).limit(TOPICS_COUNTED)
    )
    return select(
        literal("topic"), cast(pitched.c.tag_id, String), cast(pitched.c.day, String), pitched.c.count
    ).where(pitched.c.tag_id.in_(most))


_KINDS = ("need", "code", "content", "life", "person", "name", "topic")
_COUNTS = prepared(_counts(), _Count)
_GUESTS = (
    select(Registration.person_id, Registration.badge_name, Registration.keywords)
    .join(Event, Event.id == Registration.event_id)
    .where(
        event_is_public(), Event.ends_at > given("moment", type_=UTCDateTime),
        Registration.state == RegistrationState.CONFIRMED,
    )
)
