"""Reporting a record, and what organisers do about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.errors import Conflict, NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.moderation.limits import refuse_too_many
from registry.moderation.models import Report
from registry.moderation.queries import caretakers
from registry.moderation.records import TABLES, RecordLook, record_names
from registry.moderation.rules import OUT_OF_SIGHT, ReportReason, ReportState
from registry.search.commands import refresh
from registry.web.i18n import gettext as _

REPORT_LENGTH = 5_000
REASON_LENGTH = 1_000
REACH_LENGTH = 200


async def report_record(
    session: AsyncSession, *, about: RecordLook, reason: str, text: str, reach: str, by: Actor, now: datetime
) -> Report:
    """Put a report about a record before the organisers; visitors may, too.

    Raises:
        BadInput: no reason, or a text that is too long (or missing where the reason is no reason without one).
        TooMany: this account has reported too much.
    """
    checks = Checks()
    reason = checks.one_of("reason", reason, {one.value for one in ReportReason}, is_required=True)
    text = checks.text("text", text, longest=REPORT_LENGTH, is_required=reason in {"wrong", "other", "copyright"})
    reach = checks.line("reach", reach, longest=REACH_LENGTH)
    checks.done()
    await refuse_too_many(session, by=by, action="reported", now=now)
    report = Report(
        subject=about.subject, subject_id=about.id, reason=ReportReason(reason), text=text, reach=reach,
        reporter_id=by.person_id, reported_at=now,
    )
    session.add(report)
    await session.flush()
    note_change(
        session, now=now, actor=by.label, action="reported", subject=Subject.REPORT, subject_id=report.id,
        changes={"about": [None, about.path], "reason": [None, reason]},
    )
    return report


async def dismiss_report(session: AsyncSession, *, number: int, answer: str, by: Actor, now: datetime) -> Report:
    """Leave a record as it is, and tell the reporter why.

    Raises:
        BadInput: no reason is given.
        NotFound, Conflict: there is no such report, or it is decided.
    """
    checks = Checks()
    answer = checks.text("reason", answer, longest=REASON_LENGTH, is_required=True)
    checks.done()
    report = await _report(session, number)
    if report.state is not ReportState.OPEN:
        raise Conflict(_("Somebody has decided this report already."))
    await _decide(session, [report], ReportState.DISMISSED, answer, by=by, now=now)
    return report


async def note_on_report(session: AsyncSession, *, number: int, note: str, by: Actor, now: datetime) -> Report:
    """Keep a note for the other organisers with a report; nobody else reads it.

    Raises:
        BadInput: it is too long.
        NotFound: there is no such report.
    """
    checks = Checks()
    note = checks.text("note", note, longest=REPORT_LENGTH)
    checks.done()
    report = await _report(session, number)
    report.note = note
    # What it says is not for the log.
    note_change(session, now=now, actor=by.label, action="report noted", subject=Subject.REPORT, subject_id=number)
    await session.flush()
    return report


async def hide_record(
    session: AsyncSession, *, subject: Subject, subject_id: int, reason: str, by: Actor, now: datetime
) -> None:
    """Take a record out of everything public, and answer the open reports about it.

    Its own people see it with the reason; they and the reporters are told. One audit row for the record, and one for
    each report answered.

    Raises:
        BadInput: no reason is given.
        NotFound, Conflict: there is no such record, or it is hidden already.
    """
    checks = Checks()
    reason = checks.text("reason", reason, longest=REASON_LENGTH, is_required=True)
    checks.done()
    record = await _record(session, subject, subject_id)
    if record.hidden_at is not None:
        raise Conflict(_("This is hidden already."))
    record.hidden_at, record.hidden_reason = now, reason
    note_change(
        session, now=now, actor=by.label, action="hidden", subject=subject, subject_id=subject_id,
        changes={"hidden_reason": [None, reason]},
    )
    await session.flush()
    await refresh(session, subject, [subject_id])
    await _tell_caretakers(session, NoticeKind.RECORD_HIDDEN, subject, subject_id, reason=reason, by=by, now=now)
    open_reports = list(await session.scalars(select(Report).where(
        Report.subject == subject, Report.subject_id == subject_id, Report.state == ReportState.OPEN
    )))
    await _decide(session, open_reports, ReportState.HIDDEN, reason, by=by, now=now)


async def show_record(
    session: AsyncSession, *, subject: Subject, subject_id: int, by: Actor, now: datetime
) -> None:
    """Let the public see a hidden record again, and tell its people.

    Raises:
        NotFound, Conflict: there is no such record, or it is not hidden.
    """
    record = await _record(session, subject, subject_id)
    if record.hidden_at is None or record.hidden_reason in OUT_OF_SIGHT:
        raise Conflict(_("This is not hidden."))
    reason, record.hidden_at, record.hidden_reason = record.hidden_reason, None, None
    note_change(
        session, now=now, actor=by.label, action="restored", subject=subject, subject_id=subject_id,
        changes={"hidden_reason": [reason, None]},
    )
    await session.flush()
    await refresh(session, subject, [subject_id])
    await _tell_caretakers(session, NoticeKind.RECORD_SHOWN, subject, subject_id, reason="", by=by, now=now)


async def forget_reports(session: AsyncSession, *, decided_before: datetime) -> None:
    """Take the words and the address of reporters out of reports that were decided long ago. A job's work."""
    await session.execute(
        update(Report).where(Report.decided_at < decided_before)
        .values(text="", reach="", note="", answer="", reporter_id=None)
    )


async def _report(session: AsyncSession, number: int) -> Report:
    report = await session.scalar(select(Report).where(Report.id == number).with_for_update())
    if report is None:
        raise NotFound(_("There is no such report."))
    return report


async def _record(session: AsyncSession, subject: Subject, subject_id: int) -> Any:
    record = await session.scalar(select(TABLES[subject]).where(TABLES[subject].id == subject_id).with_for_update())
    if record is None:
        raise NotFound(_("There is no such record."))
    return record


async def _decide(
    session: AsyncSession, reports: list[Report], state: ReportState, answer: str, *, by: Actor, now: datetime
) -> None:
    names = await record_names(session, [(one.subject, one.subject_id) for one in reports])
    for report in reports:
        report.state, report.answer, report.decided_at, report.decided_by = state, answer, now, by.label
        note_change(
            session, now=now, actor=by.label, action=f"report {state.value}", subject=Subject.REPORT,
            subject_id=report.id, changes={"state": [ReportState.OPEN.value, state.value]},
        )
        about = names.get((report.subject, report.subject_id))
        if report.reporter_id is not None and about:
            kind = NoticeKind.REPORT_HIDDEN if state is ReportState.HIDDEN else NoticeKind.REPORT_DISMISSED
            tell(session, [report.reporter_id], kind=kind, path=about.path, now=now, about=about.name, reason=answer)
    await session.flush()


async def _tell_caretakers(
    session: AsyncSession, kind: NoticeKind, subject: Subject, subject_id: int, *, reason: str, by: Actor,
    now: datetime,
) -> None:
    name = (await record_names(session, [(subject, subject_id)]))[subject, subject_id]
    people = await caretakers(session, subject, subject_id) - {by.person_id}
    tell(session, people, kind=kind, path=name.path, now=now, about=name.name, reason=reason)
