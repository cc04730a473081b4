"""Forgetting what only the day itself needed to know of its guests."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, or_, select, update

from registry.events.models import Event
from registry.ports import Workplace
from registry.registrations.models import Registration


async def forget_guests(workplace: Workplace, now: datetime) -> None:
    """Job: some time after an event, forget the e-mail address, the meal and the keywords of those who registered.

    Who was there stays: name on the badge, state, check-in.
    """
    due = _due(now - timedelta(days=workplace.settings.guests_kept_days))
    async with workplace.database.reading() as reader:
        if await reader.scalar(select(Registration.id).where(due).limit(1)) is None:
            return
    async with workplace.database.writing() as session:
        await session.execute(
            update(Registration).where(due).values(mail_address=None, meal=None, keywords=[]),
            execution_options={"synchronize_session": False},
        )


def _due(before: datetime) -> ColumnElement[bool]:
    is_over = select(Event.id).where(Event.id == Registration.event_id, Event.ends_at < before).exists()
    return is_over & or_(
        Registration.mail_address.is_not(None), Registration.meal.is_not(None),
        cast(Registration.keywords, String) != "[]",
    )
