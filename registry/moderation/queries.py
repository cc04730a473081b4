"""What organisers see of reports and accounts, and who looks after a record."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.models import AuditEntry, Provenance
from registry.activity.rules import Subject
from registry.cases.models import CaseStudy, CaseWriter
from registry.database.engine import Reader
from registry.moderation.models import Report, Sweep
from registry.moderation.records import TABLES, RecordName, record_names
from registry.moderation.rules import ReportReason, ReportState
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.proposals.models import Credit, Proposal

LATELY = timedelta(days=30)
MOST_SWEPT = 1_000
SWEEPS_SHOWN = 20


class ReportCard(msgspec.Struct, frozen=True):
    """A report in the list; ``about`` is none when the record is gone."""

    number: int
    reason: ReportReason
    state: ReportState
    text: str
    reported_at: datetime
    about: RecordName | None


class ReportPageRow(msgspec.Struct, frozen=True):
    """One report as an organiser works on it."""

    number: int
    subject: Subject
    subject_id: int
    reason: ReportReason
    state: ReportState
    text: str
    reach: str
    reported_at: datetime
    note: str
    answer: str
    decided_at: datetime | None
    decided_by: str | None
    reporter_slug: str | None
    reporter_name: str | None


class SweepRow(msgspec.Struct, frozen=True):
    """What was hidden of an account at once."""

    number: int
    swept_at: datetime
    reason: str
    records: list[tuple[str, int]]
    undone_at: datetime | None


class AccountRow(msgspec.Struct, frozen=True):
    """An account whose creations an organiser looks through."""

    id: int
    slug: str
    name: str
    joined_at: datetime

    @property
    def label(self) -> str:
        """How the audit log names them."""
        return f"person:{self.slug}"


async def count_reports(reader: Reader) -> dict[ReportState, int]:
    """How many reports there are in each state (one statement)."""
    rows = await reader.execute(select(Report.state, func.count()).group_by(Report.state))
    counts: dict[ReportState, int] = dict(rows.all())
    return counts


async def reports_in(reader: Reader, state: ReportState | None, *, size: int, offset: int) -> list[ReportCard]:
    """Reports in a state, or all with the open ones first, the newest first (two statements)."""
    query = select(
        Report.id, Report.reason, Report.state, Report.text, Report.reported_at, Report.subject, Report.subject_id
    ).order_by(Report.state.desc(), Report.reported_at.desc(), Report.id.desc()).limit(size).offset(offset)
    rows = (await reader.execute(query.where(Report.state == state) if state else query)).all()
    names = await record_names(reader, [(row.subject, row.subject_id) for row in rows])
    return [ReportCard(*row[:5], names.get((row.subject, row.subject_id))) for row in rows]


async def report_numbered(reader: Reader, number: int) -> tuple[ReportPageRow, RecordName | None] | None:
    """A report and what it is about (two statements)."""
    row = (await reader.execute(
        select(
            Report.id, Report.subject, Report.subject_id, Report.reason, Report.state, Report.text, Report.reach,
            Report.reported_at, Report.note, Report.answer, Report.decided_at, Report.decided_by,
            Person.slug, Person.display_name,
        ).outerjoin(Person, Person.id == Report.reporter_id).where(Report.id == number)
    )).one_or_none()
    if row is None:
        return None
    fields: tuple[Any, ...] = tuple(row)
    report = ReportPageRow(*fields)
    names = await record_names(reader, [(report.subject, report.subject_id)])
    return report, names.get((report.subject, report.subject_id))


async def caretakers(reader: Reader, subject: Subject, subject_id: int) -> set[int]:
    """Whose record this is: the person, a project's owners and maintainers, a pitch's too (one statement)."""
    if subject is Subject.PERSON:
        return {subject_id}
    team = select(Membership.person_id).where(
        Membership.left_on.is_(None), Membership.role.in_([MembershipRole.OWNER, MembershipRole.MAINTAINER])
    )
    if subject is Subject.PROJECT:
        return set(await _people(reader, team.where(Membership.project_id == subject_id)))
    if subject is Subject.PROPOSAL:
        credited = select(Credit.person_id).where(Credit.proposal_id == subject_id)
        of_project = team.join(Proposal, Proposal.project_id == Membership.project_id).where(Proposal.id == subject_id)
        return set(await _people(reader, credited.union(of_project)))
    if subject is Subject.CASE:
        writers = select(CaseWriter.person_id).where(CaseWriter.case_id == subject_id)
        of_project = team.join(CaseStudy, CaseStudy.project_id == Membership.project_id).where(
            CaseStudy.id == subject_id
        )
        return set(await _people(reader, writers.union(of_project)))
    return set()


async def may_see_hidden(reader: Reader, actor: Actor, subject: Subject, subject_id: int) -> bool:
    """Whether somebody sees a hidden record: those who moderate, and those whose record it is (one statement)."""
    if actor.may(Permission.MODERATE) or (subject is Subject.EVENT and subject_id in actor.organises):
        return True
    return actor.person_id is not None and actor.person_id in await caretakers(reader, subject, subject_id)


async def account_named(reader: Reader, slug: str) -> AccountRow | None:
    """The account of a person, public or not (one statement)."""
    row = (await reader.execute(
        select(Person.id, Person.slug, Person.display_name, func.coalesce(Person.claimed_at, Person.created_at))
        .where(Person.slug == slug)
    )).one_or_none()
    return AccountRow(*row) if row else None


async def creations_of(reader: Reader, account: AccountRow, *, now: datetime) -> list[tuple[Subject, int]]:
    """The records that an account made lately and that are not hidden (one statement and one to name them).

    Made by it is what its act is the first on record of, unless an import brought it.
    """
    earlier = aliased(AuditEntry)
    rows = await reader.execute(
        select(AuditEntry.subject, AuditEntry.subject_id)
        .where(
            AuditEntry.actor == account.label, AuditEntry.at > now - LATELY,
            AuditEntry.subject.in_([subject for subject in TABLES if subject is not Subject.PERSON]),
            ~select(earlier.id).where(
                earlier.subject == AuditEntry.subject, earlier.subject_id == AuditEntry.subject_id,
                earlier.id < AuditEntry.id,
            ).exists(),
            ~select(Provenance.id).where(
                Provenance.subject == AuditEntry.subject, Provenance.subject_id == AuditEntry.subject_id
            ).exists(),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(MOST_SWEPT)
    )
    return [(subject, row_number) for subject, row_number in rows]


async def sweeps_of(reader: Reader, account: AccountRow) -> list[SweepRow]:
    """What was hidden of an account at once, the latest first (one statement)."""
    rows = await reader.execute(
        select(Sweep.id, Sweep.swept_at, Sweep.reason, Sweep.records, Sweep.undone_at)
        .where(Sweep.person_id == account.id).order_by(Sweep.id.desc()).limit(SWEEPS_SHOWN)
    )
    return [SweepRow(*row) for row in rows]


async def _people(reader: Reader, query: object) -> list[int]:
    return [row[0] for row in (await reader.execute(query)).all()]  # type: ignore[call-overload]
