"""The job that keeps what the privacy notice promises: erasures when they are due, and old reports without words."""

from datetime import datetime, timedelta

from registry.moderation.commands import forget_reports
from registry.ports import Workplace
from registry.privacy.commands import erase_due


async def erase_and_forget(workplace: Workplace, now: datetime) -> None:
    """Erase whoever's waiting time is over, and take the words out of reports that were decided long ago."""
    async with workplace.database.writing() as session:
        await erase_due(session, now=now)
        await forget_reports(session, decided_before=now - timedelta(days=workplace.settings.report_days))
