"""The registry as one import sees it: read once, asked in memory, added to, then written in bulk."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Self, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import AuditEntry, DuplicateCandidate, Provenance, SlugRedirect
from registry.activity.rules import Subject
from registry.cases.models import AxisAnswer, CaseStudy
from registry.duplicates.models import Merge
from registry.events.models import Event
from registry.exchange.loading.gaps import Changes
from registry.exchange.loading.slugs import LONGEST, Slugs
from registry.exchange.problems import Outcome
from registry.exchange.rows import RowType_co, Sourced
from registry.links import repository_of
from registry.people.models import Membership, Person
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectTag, Tag, Update
from registry.projects.rules import LinkKind, normalise_name, slug_of
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalState
from registry.stages.models import StageChange

Subjected = Event | Project | Proposal | Person
Known = TypeVar("Known", Event, Project, Proposal, Person)

_SUBJECTS: dict[type[Subjected], Subject] = {
    Event: Subject.EVENT, Project: Subject.PROJECT, Proposal: Subject.PROPOSAL, Person: Subject.PERSON,
}


class Record:
    """Every record with the indexes that matching needs. Reading it takes a fixed number of statements."""

    def __init__(self, session: AsyncSession, *, source: str, now: datetime) -> None:
        self.session = session
        self.source = source
        self.now = now
        self.events: dict[int, Event] = {}
        self.projects: dict[int, Project] = {}
        self.proposals: dict[int, Proposal] = {}
        self.people: dict[int, Person] = {}
        self.slugs: dict[Subject, Slugs] = {}
        self.by_slug: dict[tuple[Subject, str], int] = {}
        self.by_name: dict[str, set[int]] = defaultdict(set)
        self.by_repository: dict[str, set[int]] = defaultdict(set)
        self.pitches_at: dict[int | None, list[Proposal]] = defaultdict(list)
        self.pitches_of: dict[int, list[Proposal]] = defaultdict(list)
        self.links: dict[tuple[Subject, int], dict[str, LinkKind]] = defaultdict(dict)
        self.needs: set[tuple[int, str]] = set()
        self.need_counts: Counter[int] = Counter()
        self.needs_of_pitches: list[tuple[Need, str]] = []
        self.updates: set[tuple[int, datetime]] = set()
        self.team: dict[int, set[int]] = defaultdict(set)
        self.topics: dict[int, Tag] = {}
        self.tags: dict[str, int] = {}
        """Topics by their slug, and by what the slug of a name in any language would be."""
        self.tagged: set[tuple[int, int]] = set()
        self.answers: dict[tuple[int, str, date | None], AxisAnswer] = {}
        self.credited: dict[tuple[int | None, str], int] = {}
        self.credits: set[tuple[int, int]] = set()
        self.moved_by_people: set[int] = set()
        self.edited_by_people: set[int] = set()
        self.staged_by_source: set[int] = set()
        self.pairs: set[tuple[Subject, int, int]] = set()
        self._rows: dict[tuple[Subject, str], Provenance] = {}
        self._from_here: set[tuple[Subject, int]] = set()
        self._changes: dict[tuple[Subject, int], Changes] = {}
        self.seen: set[tuple[Subject, int]] = set()
        self.new: set[tuple[Subject, int]] = set()

    @classmethod
    async def read(cls, session: AsyncSession, *, source: str, now: datetime) -> Self:
        """Read the registry within the import's own transaction."""
        record = cls(session, source=source, now=now)
        record.events = {one.id: one for one in await session.scalars(_still_there(Event, Subject.EVENT))}
        record.projects = {one.id: one for one in await session.scalars(_still_there(Project, Subject.PROJECT))}
        record.people = {one.id: one for one in await session.scalars(_still_there(Person, Subject.PERSON))}
        for proposal in await session.scalars(
            select(Proposal).where(Proposal.project_id.is_not(None), Proposal.state != ProposalState.DRAFT)
            .order_by(Proposal.id)
        ):
            record.know_proposal(proposal)
        await record._read_slugs()
        await record._read_projects_parts()
        await record._read_credits()
        for row in await session.scalars(select(Provenance).where(Provenance.source == source)):
            record._rows[row.subject, row.row] = row
            record._from_here.add((row.subject, row.subject_id))
        for pair in await session.execute(
            select(DuplicateCandidate.subject, DuplicateCandidate.left_id, DuplicateCandidate.right_id)
        ):
            record.pairs.add((pair.subject, pair.left_id, pair.right_id))
        return record

    def find(self, kind: type[Known], keys: Iterable[str]) -> Known | None:
        """The record that one of the source's own row keys led to before."""
        known = self._of(kind)
        found = (self._rows.get((_SUBJECTS[kind], key)) for key in keys)
        return next((known[row.subject_id] for row in found if row and row.subject_id in known), None)

    def refer(self, kind: type[Known], reference: str) -> Known | None:
        """The record that a row's reference means: a row key of this source, else a slug."""
        subject_id = self.by_slug.get((_SUBJECTS[kind], reference))
        return self.find(kind, [reference]) or (None if subject_id is None else self._of(kind)[subject_id])

    def is_unchanged(self, kind: type[Known], sourced: Sourced[RowType_co]) -> bool:
        """Whether this very row, word for word, was loaded before."""
        row = self._rows.get((_SUBJECTS[kind], sourced.key))
        return row is not None and row.digest == sourced.row.digest

    def comes_from_here(self, one: Subjected) -> bool:
        """Whether a record is known from a row of this source."""
        return (_SUBJECTS[type(one)], one.id) in self._from_here

    async def add(self, records: Iterable[Subjected]) -> None:
        """Write new records, so that they have their numbers."""
        listed = list(records)
        self.session.add_all(listed)
        await self.session.flush()
        for one in listed:
            subject = _SUBJECTS[type(one)]
            self.new.add((subject, one.id))
            self.by_slug[subject, one.slug] = one.id
            if isinstance(one, Event):
                self.events[one.id] = one
            elif isinstance(one, Project):
                self.projects[one.id] = one
                self.know_names(one.id, one.name.values())
            elif isinstance(one, Proposal):
                self.know_proposal(one)
            else:
                self.people[one.id] = one

    async def add_tags(self, tags: Iterable[Tag]) -> list[Tag]:
        """Write new topics; gives them, now that they have their numbers."""
        listed = list(tags)
        if listed:
            self.session.add_all(listed)
            await self.session.flush()
        for tag in listed:
            self.know_tag(tag)
            self.new.add((Subject.TAG, tag.id))
            self.seen.add((Subject.TAG, tag.id))
        return listed

    def trace_topic(self, tag: Tag, sourced: Sourced[RowType_co]) -> None:
        """Keep the first row of this source that named a topic; most topics have no row of their own."""
        if (Subject.TAG, tag.id) not in self._from_here:
            self._from_here.add((Subject.TAG, tag.id))
            self._note_row(Subject.TAG, tag.id, sourced, sourced.key)

    def trace(self, one: Subjected | CaseStudy, sourced: Sourced[RowType_co], changes: Changes) -> None:
        """Keep where a record's facts came from, and what this row changed in it."""
        subject = Subject.CASE if isinstance(one, CaseStudy) else _SUBJECTS[type(one)]
        is_new = (subject, one.id) in self.new and (subject, one.id) not in self.seen
        filled = Outcome.CHANGED if changes else Outcome.UNCHANGED
        sourced.place.take(
            subject, sourced.row.called, Outcome.NEW if is_new else filled, () if is_new else changes
        )
        self.seen.add((subject, one.id))
        self.note_changes(subject, one.id, changes)
        for key in (sourced.key, *sourced.also):
            row = self._rows.get((subject, key))
            if row is None:
                self._rows[subject, key] = self._note_row(subject, one.id, sourced, key)
                self._from_here.add((subject, one.id))
            else:
                row.subject_id, row.digest = one.id, sourced.row.digest

    def _note_row(
        self, subject: Subject, subject_id: int, sourced: Sourced[RowType_co], key: str
    ) -> Provenance:
        row = Provenance(
            subject=subject, subject_id=subject_id, source=self.source, file=sourced.place.file, row=key,
            digest=sourced.row.digest, imported_on=self.now.date(),
        )
        self.session.add(row)
        return row

    def note_changes(self, subject: Subject, subject_id: int, changes: Changes) -> None:
        """Keep for the audit what this import changed in a record."""
        if changes:
            self._changes.setdefault((subject, subject_id), {}).update(changes)

    def write_audit(self) -> None:
        """Write one audit row for each record that was made or added to."""
        for subject, subject_id in sorted(self.new | self._changes.keys()):
            is_new = (subject, subject_id) in self.new
            self.session.add(
                AuditEntry(
                    at=self.now, actor=f"import:{self.source}", action="import.create" if is_new else "import.fill",
                    subject=subject, subject_id=subject_id,
                    changes={} if is_new else _readable(self._changes[subject, subject_id]),
                )
            )
            if not is_new and subject is not Subject.TAG:
                self._of_subject(subject)[subject_id].updated_at = self.now

    def count(self, subject: Subject) -> tuple[int, int, int]:
        """How many records of a kind were created, added to, and met without a change."""
        seen = {key for key in self.seen if key[0] is subject}
        new = {key for key in self.new if key[0] is subject}
        filled = {key for key in self._changes if key[0] is subject} - new
        return len(new), len(filled), len(seen - new - filled)

    def touched(self, subject: Subject) -> tuple[int, ...]:
        """The row numbers of what was made or added to."""
        return tuple(sorted(number for kind, number in self.new | self._changes.keys() if kind is subject))

    def know_names(self, project_id: int, names: Iterable[str]) -> None:
        """Let a project be found by these names."""
        for name in names:
            self.by_name[normalise_name(name)].add(project_id)

    def know_tag(self, tag: Tag) -> None:
        """Let a topic be found by its slug and its names; a name that leads to another topic already still does."""
        self.topics[tag.id] = tag
        for slug in (tag.slug, *(slug_of(name, longest=LONGEST) for name in tag.name.values())):
            self.tags.setdefault(slug, tag.id)

    def know_proposal(self, proposal: Proposal) -> None:
        """Let a proposal be found by its event and its project."""
        self.proposals[proposal.id] = proposal
        self.pitches_at[proposal.event_id].append(proposal)
        if proposal.project_id is not None:
            self.pitches_of[proposal.project_id].append(proposal)

    def know_need(self, project_id: int, key: str) -> None:
        """Let a need of a project be found."""
        self.needs.add((project_id, key))
        self.need_counts[project_id] += 1

    def know_link(self, subject: Subject, subject_id: int, url: str, kind: LinkKind) -> None:
        """Let a link, and a project by its repository, be found."""
        self.links[subject, subject_id][url] = kind
        if subject is Subject.PROJECT and (repository := repository_of(url)):
            self.by_repository[repository].add(subject_id)

    def _of(self, kind: type[Known]) -> dict[int, Known]:
        return self._of_subject(_SUBJECTS[kind])  # type: ignore[return-value]

    def _of_subject(self, subject: Subject) -> dict[int, Subjected]:
        return {
            Subject.EVENT: self.events, Subject.PROJECT: self.projects, Subject.PROPOSAL: self.proposals,
            Subject.PERSON: self.people,
        }[subject]  # type: ignore[return-value]

    async def _read_slugs(self) -> None:
        taken: dict[Subject, set[str]] = {subject: set() for subject in _SUBJECTS.values()}
        for subject, slugs in taken.items():
            for one in self._of_subject(subject).values():
                self.by_slug[subject, one.slug] = one.id
                slugs.add(one.slug)
        for old in await self.session.execute(
            select(SlugRedirect.subject, SlugRedirect.old_slug, SlugRedirect.subject_id)
        ):
            taken.setdefault(old.subject, set()).add(old.old_slug)
            if old.subject in _SUBJECTS.values() and old.subject_id in self._of_subject(old.subject):
                self.by_slug.setdefault((old.subject, old.old_slug), old.subject_id)
        tags = list(await self.session.scalars(select(Tag).order_by(Tag.id)))
        self.tags = {tag.slug: tag.id for tag in tags}
        for tag in tags:
            self.know_tag(tag)
        self.slugs = {subject: Slugs(slugs) for subject, slugs in taken.items()}

    async def _read_projects_parts(self) -> None:
        for project in self.projects.values():
            self.know_names(project.id, project.name.values())
        for alias in await self.session.execute(select(ProjectAlias.project_id, ProjectAlias.normalised)):
            self.by_name[alias.normalised].add(alias.project_id)
        for link in await self.session.execute(select(Link.project_id, Link.proposal_id, Link.url, Link.kind)):
            owner = (Subject.PROJECT, link.project_id) if link.project_id else (Subject.PROPOSAL, link.proposal_id)
            self.know_link(*owner, link.url, link.kind)
        for need in await self.session.execute(select(Need.project_id, Need.key)):
            self.know_need(need.project_id, need.key)
        for update in await self.session.execute(select(Update.project_id, Update.posted_at)):
            self.updates.add((update.project_id, update.posted_at))
        for tagged in await self.session.execute(select(ProjectTag.project_id, ProjectTag.tag_id)):
            self.tagged.add((tagged.project_id, tagged.tag_id))
        for answer in await self.session.scalars(select(AxisAnswer)):
            self.answers[answer.project_id, answer.axis, answer.answered_on] = answer
        moved = select(StageChange.project_id).where(StageChange.by_person_id.is_not(None))
        self.moved_by_people = set(await self.session.scalars(moved))
        edited = select(AuditEntry.subject_id).where(
            AuditEntry.subject == Subject.PROJECT, AuditEntry.actor.not_like("import:%")
        )
        self.edited_by_people = set(await self.session.scalars(edited))

    async def _read_credits(self) -> None:
        for member in await self.session.execute(select(Membership.project_id, Membership.person_id)):
            self.team[member.project_id].add(member.person_id)
        for credit in await self.session.execute(
            select(Credit.proposal_id, Credit.person_id, Credit.name_as_written, Proposal.project_id).join(
                Proposal, Proposal.id == Credit.proposal_id
            ).where(Proposal.state == ProposalState.SUBMITTED)
        ):
            self.credits.add((credit.proposal_id, credit.person_id))
            self.credited[credit.project_id, normalise_name(credit.name_as_written)] = credit.person_id


def _still_there(kind: type[Known], subject: Subject) -> Select[Known]:
    """Every record of a kind but those that were merged into another one."""
    merged = select(Merge.gone_id).where(Merge.subject == subject, Merge.unmerged_at.is_(None))
    return select(kind).where(kind.id.not_in(merged))


def _readable(changes: Changes) -> Changes:
    """Changes as JSON can hold them."""
    return {field: str(value) if isinstance(value, date | datetime) else value for field, value in changes.items()}
