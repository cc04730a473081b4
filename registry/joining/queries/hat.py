"""What the sorting hat sorts: a bounded number of projects, however many there are, with what speaks for each."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Date, func, literal, select, union, union_all
from sqlalchemy import bindparam as given

from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.handbook import ladder
from registry.joining.queries.offers import WantedRole
from registry.joining.rules import Candidate, Wish
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.projects.queries.listing import TagName
from registry.projects.rules import NeedState, Standing, standing_today
from registry.proposals.models import Proposal
from registry.proposals.visibility import proposal_is_public
from registry.search.models import SearchDocument
from registry.search.queries import records_by_word
from registry.stages.models import CheckpointEvidence

FROM_EACH = 200
"""Projects taken for each need, topic and word."""
LATEST = 1_000
"""Projects looked through when a wish names nothing."""
CANDIDATES = 150
TOPICS_OFFERED = 16
FIRST_TASK = "good_first_issue"
"""The fact in ``stages.toml`` that shows that a project has work cut for newcomers."""


class HatProject(msgspec.Struct, frozen=True):
    """A project that may fit, with what speaks for it; ``needs`` are its open ones."""

    id: int
    slug: str
    name: Localized
    summary: Localized
    standing: Standing
    pitch_count: int
    last_active_on: date | None
    was_at_last_event: bool
    has_first_task: bool
    needs: list[WantedRole]
    topics: list[TagName]

    @property
    def url(self) -> str:
        """The path of the project's page."""
        return f"/projects/{self.slug}"

    def as_candidate(self, words: Mapping[str, Collection[int]], *, quiet_before: date) -> Candidate:
        """What the hat looks at; ``words`` has the row numbers of the projects that hold each."""
        standing = standing_today(self.standing, last_active_on=self.last_active_on, quiet_before=quiet_before)
        return Candidate(
            slug=self.slug, needs=tuple(need.key for need in self.needs),
            topics=tuple(topic.slug for topic in self.topics),
            words=tuple(word for word, ids in words.items() if self.id in ids),
            languages=frozenset(language for language, text in {**self.name, **self.summary}.items() if text),
            is_resting=standing is not Standing.ACTIVE, was_at_last_event=self.was_at_last_event,
            has_first_task=self.has_first_task, pitch_count=self.pitch_count, last_active_on=self.last_active_on,
        )


async def projects_for(
    reader: Reader, wish: Wish, *, last_event: str, quiet_before: date
) -> tuple[list[HatProject], list[Candidate]]:
    """The projects that may fit a wish, those that fit in most ways first, and each as the hat looks at it.

    At most `CANDIDATES` of at most `FROM_EACH` for each need, topic and word; where the wish names none of these, the
    latest active that look for help. ``last_event`` is the slug of the last hackathon. At most three statements.
    """
    words = await records_by_word(reader, wish.words, Subject.PROJECT, most=FROM_EACH) if wish.words else {}
    keys, topics = sorted(wish.needs | wish.near_needs), sorted(wish.topics)
    statement = _candidates_statement(len(keys) if wish.needs else 0, len(topics), len(words), _first_tasks())
    rows = await reader.execute(statement, {
        **{f"need_{number}": key for number, key in enumerate(keys)},
        **{f"topic_{number}": slug for number, slug in enumerate(topics)},
        **{f"found_{number}": ids for number, ids in enumerate(words.values())},
        "last_event": last_event, "quiet_before": quiet_before,
    })
    projects = [HatProject(*row) for row in rows]
    found = {word: frozenset(ids) for word, ids in words.items()}
    return projects, [one.as_candidate(found, quiet_before=quiet_before) for one in projects]


async def topics_offered(reader: Reader) -> list[TagName]:
    """The commonest topics, as the search index counts them (one statement)."""
    rows = await reader.execute(
        select(SearchDocument.slug, SearchDocument.title).where(SearchDocument.subject == Subject.TAG)
        .order_by(SearchDocument.weight.desc(), SearchDocument.slug).limit(TOPICS_OFFERED)
    )
    return [TagName(*row) for row in rows]


@cache
def _candidates_statement(
    need_count: int, topic_count: int, word_count: int, first_tasks: tuple[str, ...]
) -> AnySelect:
    sources = [
        *(_wanting(number) for number in range(need_count)), *(_about(number) for number in range(topic_count)),
        *(_holding(number) for number in range(word_count)),
    ] or [_looking_for_help()]
    each = union_all(*(select(source.subquery()) for source in sources)).subquery()
    ways = select(each.c.project_id, func.count().label("ways")).group_by(each.c.project_id).subquery()
    latest = (ways.c.ways.desc(), Project.last_active_on.desc().nulls_last(), Project.id.desc())
    chosen = (
        select(Project.id.label("project_id"), ways.c.ways).join(ways, ways.c.project_id == Project.id)
        .where(Project.hidden_at.is_(None), Project.standing.in_((Standing.ACTIVE, Standing.DORMANT)))
        # Those that rest come last: they are only given when nothing else fits.
        .order_by(_rests(), *latest).limit(CANDIDATES).subquery()
    )
    return (
        select(
            Project.id, Project.slug, Project.name, Project.summary, Project.standing, Project.pitch_count,
            Project.last_active_on, _was_at_last_event(), _has_first_task(first_tasks), json_rows(_needs(), WantedRole),
            json_rows(_topics(), TagName),
        )
        .join(chosen, chosen.c.project_id == Project.id)
        .order_by(chosen.c.ways.desc(), Project.last_active_on.desc().nulls_last(), Project.id.desc())
    )


def _wanting(number: int) -> AnySelect:
    return (
        select(Need.project_id).where(Need.key == given(f"need_{number}"), Need.state == NeedState.OPEN)
        .order_by(Need.project_id.desc()).limit(FROM_EACH)
    )


def _about(number: int) -> AnySelect:
    return (
        select(ProjectTag.project_id).join(Tag, Tag.id == ProjectTag.tag_id)
        .where(Tag.slug == given(f"topic_{number}"), Tag.hidden_at.is_(None))
        .order_by(ProjectTag.project_id.desc()).limit(FROM_EACH)
    )


def _holding(number: int) -> AnySelect:
    return select(Project.id.label("project_id")).where(Project.id.in_(given(f"found_{number}", expanding=True)))


def _looking_for_help() -> AnySelect:
    # Each list from its index, then filtered: asked at once, the databases go through every project.
    heard_of = (
        select(Project.id).where(Project.last_active_on.is_not(None))
        .order_by(Project.last_active_on.desc(), Project.id.desc()).limit(LATEST)
    )
    newest = select(Project.id).order_by(Project.id.desc()).limit(FROM_EACH)
    latest = union(select(heard_of.subquery()), select(newest.subquery())).subquery()
    is_looking = select(Need.id).where(Need.project_id == latest.c.id, Need.state == NeedState.OPEN).exists()
    return select(latest.c.id.label("project_id")).where(is_looking)


def _rests() -> Any:
    quiet = Project.last_active_on < given("quiet_before", type_=Date)
    return func.coalesce((Project.standing == Standing.DORMANT) | quiet, literal(False))


def _was_at_last_event() -> Any:
    return (
        select(Proposal.id).join(Event, Event.id == Proposal.event_id)
        .where(Proposal.project_id == Project.id, Event.slug == given("last_event"), proposal_is_public())
        .correlate(Project).exists()
    )


def _first_tasks() -> tuple[str, ...]:
    """The checkpoints of the community's ladder that tell of a first task."""
    return tuple(one.key for stage in ladder().stage for one in stage.checkpoint if one.evidence == FIRST_TASK)


def _has_first_task(keys: tuple[str, ...]) -> Any:
    return (
        select(CheckpointEvidence.id)
        .where(CheckpointEvidence.project_id == Project.id, CheckpointEvidence.checkpoint_key.in_(keys))
        .correlate(Project).exists()
    )


def _needs() -> AnySelect:
    return (
        select(Need.key, Need.line).where(Need.project_id == Project.id, Need.state == NeedState.OPEN)
        .order_by(Need.id).correlate(Project)
    )


def _topics() -> AnySelect:
    return (
        select(Tag.slug, Tag.name).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .where(ProjectTag.project_id == Project.id, Tag.hidden_at.is_(None)).order_by(Tag.id).correlate(Project)
    )
