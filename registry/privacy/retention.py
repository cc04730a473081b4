"""The job that keeps what the privacy notice promises: erasures, reports without words, ended sign-ins gone."""

from datetime import datetime, timedelta

from registry.accounts.commands import forget_sign_ins
from registry.moderation.commands import forget_reports
from registry.ports import Workplace
from registry.privacy.commands import erase_due


async def erase_and_forget(workplace: Workplace, now: datetime) -> None:
    """Erase whoever's waiting time is over, take the words out of old reports, and delete sign-ins that have ended."""
    settings = workplace.settings
    async with workplace.database.writing() as session:
        await erase_due(session, now=now)
        await forget_reports(session, decided_before=now - timedelta(days=settings.report_days))
        life, idle = timedelta(days=settings.session_days), timedelta(days=settings.session_idle_days)
        await forget_sign_ins(session, life=life, idle=idle, now=now)
