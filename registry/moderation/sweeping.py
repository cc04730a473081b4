"""Hiding all that one account made lately in one action, and taking that back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.engine import Reader
from registry.errors import Conflict, NotFound
from registry.moderation.commands import REASON_LENGTH, dismiss_report, hide_record, show_record
from registry.moderation.loose_ends import KINDS, bring_back, loose_ends_of, tuck_away
from registry.moderation.models import Report, Sweep
from registry.moderation.queries import AccountRow, creations_of
from registry.moderation.records import RecordName, record_names
from registry.moderation.rules import ReportState
from registry.web.i18n import gettext as _


async def shown_creations(reader: Reader, account: AccountRow, *, now: datetime) -> list[RecordName]:
    """The records that an account made lately and that the public may see (two statements)."""
    made = await creations_of(reader, account, now=now)
    names = await record_names(reader, made)
    return [names[one] for one in made if one in names and not names[one].is_hidden]


async def sweep_creations(
    session: AsyncSession, *, account: AccountRow, reason: str, by: Actor, now: datetime
) -> Sweep:
    """Hide everything an account made lately, take its offers and claims back, and dismiss its open reports.

    An audit row for each record, as if each was hidden by hand, and one for the account.

    Raises:
        BadInput: no reason is given.
        Conflict: the account has made nothing lately.
    """
    checks = Checks()
    reason = checks.text("reason", reason, longest=REASON_LENGTH, is_required=True)
    checks.done()
    records = await shown_creations(session, account, now=now)
    reports = list(await session.scalars(select(Report.id).where(
        Report.reporter_id == account.id, Report.state == ReportState.OPEN
    ).order_by(Report.id)))
    ends = await loose_ends_of(session, account, now=now)
    if not records and not reports and not ends:
        raise Conflict(_("This account has made nothing lately that could be hidden."))
    for record in records:
        await hide_record(
            session, subject=record.subject, subject_id=record.id, reason=reason, by=by, now=now
        )
    for number in reports:
        await dismiss_report(session, number=number, answer=reason, by=by, now=now)
    await tuck_away(session, ends, reason=reason, now=now)
    sweep = Sweep(
        person_id=account.id, swept_at=now, swept_by=by.label, reason=reason, report_ids=reports,
        records=[*([one.subject.value, one.id] for one in records), *([kind, row] for kind, row in ends)],
    )
    session.add(sweep)
    note_change(
        session, now=now, actor=by.label, action="creations hidden", subject=Subject.PERSON, subject_id=account.id,
        changes={
            "records": [[], [one.path for one in records]], "reports": [[], reports],
            "loose_ends": [[], [f"{kind} {row}" for kind, row in ends]],
        },
    )
    await session.flush()
    return sweep


async def undo_sweep(session: AsyncSession, *, number: int, by: Actor, now: datetime) -> Sweep:
    """Show again what a sweep hid, as far as it is hidden still, and open the reports that it dismissed.

    Raises:
        NotFound: there was no such sweep.
        Conflict: it is undone already.
    """
    sweep = await session.scalar(select(Sweep).where(Sweep.id == number).with_for_update())
    if sweep is None:
        raise NotFound(_("There is nothing to undo here."))
    if sweep.undone_at is not None:
        raise Conflict(_("This is undone already."))
    sweep.undone_at = now
    hidden = [(Subject(kind), row_number) for kind, row_number in sweep.records if kind not in KINDS]
    ends = [(kind, row_number) for kind, row_number in sweep.records if kind in KINDS]
    await bring_back(session, ends, reason=sweep.reason, now=now)
    names = await record_names(session, hidden)
    for subject, row_number in hidden:
        if (subject, row_number) in names and names[subject, row_number].is_hidden:
            await show_record(session, subject=subject, subject_id=row_number, by=by, now=now)
    for report in await session.scalars(select(Report).where(Report.id.in_(sweep.report_ids))):
        report.state, report.answer, report.decided_at, report.decided_by = ReportState.OPEN, "", None, None
    note_change(
        session, now=now, actor=by.label, action="creations shown", subject=Subject.PERSON,
        subject_id=sweep.person_id, changes={"records": [[one.path for one in names.values()], []]},
    )
    await session.flush()
    return sweep
