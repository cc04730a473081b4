"""Who helps at an event."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import grant_role, revoke_role
from registry.accounts.queries import Actor, person_named
from registry.accounts.rules import Role
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.errors import NotFound
from registry.events.commands.life import event_to_change
from registry.events.models import EventHelper
from registry.events.rules import HelperTask
from registry.people.models import Person

ORGANISES = "organiser"
"""The task of those who may change everything about the event."""


async def add_to_team(session: AsyncSession, *, slug: str, person: str, task: str, by: Actor, now: datetime) -> None:
    """Let a person (by slug or ``github:LOGIN``) organise an event or help at it; adding twice is once.

    Raises:
        NotFound: there is no such event.
        BadInput: nobody goes by that name, or the task is none.
    """
    event = await event_to_change(session, slug)
    checks = Checks()
    checks.one_of("task", task, {ORGANISES, *HelperTask}, is_required=True)
    found = await _found(session, checks, person)
    checks.done()
    assert found is not None  # noqa: S101 — the checks have refused anything else
    if task == ORGANISES:
        await grant_role(
            session, person=found, role=Role.ORGANISER, event_id=event.id, granted_by=by.label, now=now
        )
        return
    if await session.scalar(_helper(event.id, found.id, HelperTask(task))) is None:
        session.add(EventHelper(event_id=event.id, person_id=found.id, task=HelperTask(task)))
        note_change(
            session, now=now, actor=by.label, action="helper added", subject=Subject.EVENT, subject_id=event.id,
            changes={"helper": [None, {"person": found.slug, "task": task}]},
        )
        await session.flush()


async def remove_from_team(
    session: AsyncSession, *, slug: str, person: str, task: str, by: Actor, now: datetime
) -> None:
    """Take a person's task at an event back; one who has none of that kind is left alone.

    Raises:
        NotFound: there is no such event or person.
    """
    event = await event_to_change(session, slug)
    found = await person_named(session, person)
    if task == ORGANISES:
        await revoke_role(
            session, person=found, role=Role.ORGANISER, event_id=event.id, revoked_by=by.label, now=now
        )
        return
    helper = await session.scalar(_helper(event.id, found.id, HelperTask(task))) if task in set(HelperTask) else None
    if helper is not None:
        await session.delete(helper)
        note_change(
            session, now=now, actor=by.label, action="helper removed", subject=Subject.EVENT, subject_id=event.id,
            changes={"helper": [{"person": found.slug, "task": task}, None]},
        )
        await session.flush()


def _helper(event_id: int, person_id: int, task: HelperTask) -> Select[EventHelper]:
    return select(EventHelper).where(
        EventHelper.event_id == event_id, EventHelper.person_id == person_id, EventHelper.task == task
    )


async def _found(session: AsyncSession, checks: Checks, person: str) -> Person | None:
    name = checks.line("person", person, is_required=True)
    if not name:
        return None
    try:
        return await person_named(session, name)
    except NotFound as error:
        checks.wrong("person", str(error))
        return None
