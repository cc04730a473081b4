"""Events that one can register for, and forms as guests fill them in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from httpx import Response
from sqlalchemy import select

from registry.database.engine import Database
from registry.events.models import Event
from registry.registrations.models import Registration
from tests.factories import an_event
from tests.visits import Visit

CONDUCT = [{"key": "kind", "text": {"en": "Be kind", "zh-Hant": "要友善"}}, {"key": "ask", "text": {"en": "Ask first"}}]
MEALS = [{"key": "meat", "text": {"en": "With meat"}}, {"key": "none", "text": {"en": "No meal"}}]
GUEST: dict[str, Any] = {
    "badge_name": "小明", "keyword-1": "資料", "keyword-2": "貓", "photo_consent": "no", "meal": "meat",
    "mail_address": "canary@example.org", "rule-kind": "yes", "rule-ask": "yes",
}


async def an_open_event(database: Database, **fields: Any) -> Event:
    """An event in ten days for which one can register now, called ``day``."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        return await an_event(session, **{
            "slug": "day", "name": {"en": "Hackathon 75", "zh-Hant": "第柒拾伍次黑客松"}, "is_all_day": False,
            "starts_on": date.today() + timedelta(days=10),  # noqa: DTZ011 — any day to come
            "registration_opens_at": now - timedelta(days=1), "registration_closes_at": now + timedelta(days=5),
            "conduct": CONDUCT, "meals": MEALS, **fields,
        })


async def register(visit: Visit, **fields: Any) -> Response:
    """Open the event's form, fill it in and send it."""
    return await visit.fill("/events/day/register", "/events/day/register", **{**GUEST, **fields})


async def registrations(database: Database) -> list[Registration]:
    """All registrations there are, the first one first."""
    async with database.writing() as session:
        return list(await session.scalars(select(Registration).order_by(Registration.id)))
