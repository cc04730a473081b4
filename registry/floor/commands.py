"""Taking and leaving tables, signing up for the demos, joining a project at its table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_in_project
from registry.accounts.rules import Permission, Role
from registry.accounts.words import who_may
from registry.activity.commands import change_fields, mark_changed, note_change
from registry.activity.rules import Subject
from registry.errors import Conflict, NotAllowed, NotFound
from registry.events.models import Event, WorkTable
from registry.events.rules import EventState
from registry.floor.rules import AT_TABLE, JOINED, FloorTimes, can_withdraw_demo
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Contribution, Membership, Person
from registry.people.rules import MembershipRole
from registry.programme.models import Slot, StageClock
from registry.programme.rules import MINUTES, StageSession
from registry.projects.models import Project
from registry.projects.words import no_such_project
from registry.web.i18n import gettext as _


async def take_table(
    session: AsyncSession, *, slug: str, project: str, label: str, by: Actor, now: datetime
) -> WorkTable:
    """Let a project work at a table of an event; it leaves the one where it was.

    Whoever takes a table holds the event until they are done: of two who take one at once, one gets it.

    Raises:
        NotFound: no such event, project or table.
        NotAllowed: ``by`` is neither owner or maintainer of the project nor organiser of the event.
        Conflict: somebody works there already, or tables are not given out now.
    """
    event = await _event_of_the_day(session, slug)
    taker = await _project(session, project, event, Permission.TAKE_TABLE, by)
    if not _times(event).can_take_tables(now):
        raise Conflict(_("Tables are given out from the evening before the event until its end."))
    tables = await _tables(session, event, label=label, project_id=taker.id)
    table = next((one for one in tables if one.label == label), None)
    if table is None:
        raise NotFound(_("There is no table “%(label)s” at this event.") % {"label": label})
    if table.project_id == taker.id:
        return table
    if table.project_id is not None:
        raise Conflict(_("Somebody has just taken table %(label)s. Choose another one.") % {"label": label})
    before = [_left(one) for one in tables if one is not table]
    table.project_id, table.taken_by_id, table.taken_at = taker.id, by.person_id, now
    _note(session, taker, "table taken", event, [before[0] if before else None, label], by=by, now=now)
    await session.flush()
    return table


async def leave_table(session: AsyncSession, *, slug: str, project: str, by: Actor, now: datetime) -> None:
    """Free the table where a project works; nothing where it has none.

    Raises:
        NotFound: no such event or project.
        NotAllowed: ``by`` is neither owner or maintainer of the project nor organiser of the event.
    """
    event = await _event_of_the_day(session, slug)
    leaver = await _project(session, project, event, Permission.TAKE_TABLE, by)
    for table in await _tables(session, event, project_id=leaver.id):
        _note(session, leaver, "table left", event, [_left(table), None], by=by, now=now)
    await session.flush()


async def sign_up_for_demos(session: AsyncSession, *, slug: str, project: str, by: Actor, now: datetime) -> Slot:
    """Put a project at the end of the demos; signing up twice is once.

    Raises:
        NotFound: no such event or project.
        NotAllowed: ``by`` is neither of the project nor organiser of the event.
        Conflict: the organisers have closed the demos, or the event is over.
    """
    event = await _event_of_the_day(session, slug)
    shown = await _project(session, project, event, Permission.SHOW_DEMO, by)
    if slot := await _demo(session, event, shown):
        return slot
    if not _times(event).can_sign_up_for_demos(now):
        raise Conflict(_("Sign-up for the demos is closed. Ask the organisers: they can still add you."))
    last = await session.scalar(select(func.max(Slot.position)).where(
        Slot.event_id == event.id, Slot.session == StageSession.DEMOS
    ))
    slot = Slot(
        event_id=event.id, session=StageSession.DEMOS, position=(last or 0) + 1, project_id=shown.id, title={},
        minutes=MINUTES[StageSession.DEMOS], created_at=now, updated_at=now,
    )
    session.add(slot)
    await _order_changed(session, event, now)
    _note(session, shown, "demo signed up", event, [None, True], by=by, now=now)
    await session.flush()
    return slot


async def withdraw_demo(session: AsyncSession, *, slug: str, project: str, by: Actor, now: datetime) -> None:
    """Take a project out of the demos; nothing where it is not among them.

    Raises:
        NotFound: no such event or project.
        NotAllowed: ``by`` is neither of the project nor organiser of the event.
        Conflict: it is on stage, or has been.
    """
    event = await _event_of_the_day(session, slug)
    shown = await _project(session, project, event, Permission.SHOW_DEMO, by)
    slot = await _demo(session, event, shown)
    if slot is None:
        return
    if not can_withdraw_demo(slot.state):
        raise Conflict(_("This demo is on stage already, so it stays in the programme."))
    await session.delete(slot)
    await _order_changed(session, event, now)
    _note(session, shown, "demo withdrawn", event, [True, None], by=by, now=now)
    await session.flush()


async def close_demos(session: AsyncSession, *, slug: str, is_closed: bool, by: Actor, now: datetime) -> None:
    """Take no more sign-ups for the demos, or take them again.

    Raises:
        NotFound: there is no such event.
    """
    event = await _event_of_the_day(session, slug)
    if (event.demos_closed_at is not None) == is_closed:
        return
    changes = change_fields(event, {"demos_closed_at": now if is_closed else None}, now=now)
    note_change(
        session, now=now, actor=by.label, action="demos closed" if is_closed else "demos opened",
        subject=Subject.EVENT, subject_id=event.id, changes=changes,
    )
    await session.flush()


async def join_at_table(session: AsyncSession, *, slug: str, label: str, by: Actor, now: datetime) -> Contribution:
    """Say that one joined the project at a table; it becomes a contribution, once a day and project.

    Tells the project's owners, who may remove it. Counts as activity of the project.

    Raises:
        NotFound: no such event or table.
        Conflict: nobody works at the table, or the event is not today.
    """
    event = await _event(session, slug)
    if not _times(event).can_join(now):
        raise Conflict(_("You can say this on the day of the event and the day after."))
    project = await session.scalar(
        select(Project).join(WorkTable, WorkTable.project_id == Project.id)
        .where(WorkTable.event_id == event.id, WorkTable.label == label, Project.hidden_at.is_(None))
    )
    if project is None:
        raise Conflict(_("Nobody works at this table at the moment."))
    # Locked, so that of two clicks at once the second finds the first.
    person = (await session.scalars(select(Person).where(Person.id == by.person_id).with_for_update())).one()
    today = now.astimezone(ZoneInfo(event.timezone)).date()
    known = await session.scalar(select(Contribution).where(
        Contribution.person_id == person.id, Contribution.project_id == project.id,
        Contribution.event_id == event.id, Contribution.source == AT_TABLE, Contribution.happened_on == today,
    ))
    if known is not None:
        return known
    joined = Contribution(
        person_id=person.id, project_id=project.id, event_id=event.id, kind=JOINED, source=AT_TABLE,
        happened_on=today, created_at=now, updated_at=now,
    )
    session.add(joined)
    project.last_active_on = max(project.last_active_on or today, today)
    _note(session, project, "joined at table", event, [None, label], by=by, now=now)
    await session.flush()
    owners = await session.scalars(select(Membership.person_id).where(
        Membership.project_id == project.id, Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None)
    ))
    tell(
        session, [one for one in owners if one != person.id], kind=NoticeKind.JOINED_AT_TABLE, now=now,
        path=f"/events/{event.slug}/mine", by=person.display_name, project=project.name,
    )
    await session.flush()
    return joined


async def remove_joined(session: AsyncSession, *, slug: str, joined_id: int, by: Actor, now: datetime) -> None:
    """Take back that somebody joined a project: by the project's people, by organisers, or by the person.

    Raises:
        NotFound: there is no such row at this event.
        NotAllowed: ``by`` is none of these.
    """
    event = await _event(session, slug)
    found = (await session.execute(
        select(Contribution, Project).join(Project, Project.id == Contribution.project_id).where(
            Contribution.id == joined_id, Contribution.event_id == event.id, Contribution.source == AT_TABLE
        )
    )).one_or_none()
    if found is None:
        raise NotFound(_("There is no such entry. It may have been removed already."))
    joined, project = found
    if joined.person_id != by.person_id:
        await _refuse_strangers(session, project.slug, event, Permission.TAKE_TABLE, by)
    await session.delete(joined)
    _note(session, project, "joined removed", event, [joined.id, None], by=by, now=now)
    await session.flush()


async def _event(session: AsyncSession, slug: str) -> Event:
    return await _found_event(session, slug, is_locked=False)


async def _event_of_the_day(session: AsyncSession, slug: str) -> Event:
    """The event, which nobody else changes until this transaction ends."""
    return await _found_event(session, slug, is_locked=True)


async def _found_event(session: AsyncSession, slug: str, *, is_locked: bool) -> Event:
    query = select(Event).where(Event.slug == slug, Event.hidden_at.is_(None), Event.state != EventState.DRAFT)
    event = await session.scalar(query.with_for_update() if is_locked else query)
    if event is None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    return event


async def _project(session: AsyncSession, slug: str, event: Event, permission: Permission, by: Actor) -> Project:
    project = await session.scalar(select(Project).where(Project.slug == slug, Project.hidden_at.is_(None)))
    if project is None:
        raise NotFound(no_such_project())
    await _refuse_strangers(session, slug, event, permission, by)
    return project


async def _refuse_strangers(
    session: AsyncSession, slug: str, event: Event, permission: Permission, by: Actor
) -> None:
    roles = await roles_in_project(session, by, slug)
    if event.id in by.organises:
        roles |= {Role.ORGANISER}
    if not by.may(permission, roles):
        raise NotAllowed(who_may(permission))


async def _tables(
    session: AsyncSession, event: Event, *, project_id: int, label: str = ""
) -> Sequence[WorkTable]:
    """The tables where a project works, and the one with a label."""
    return (await session.scalars(
        select(WorkTable).where(
            WorkTable.event_id == event.id, (WorkTable.project_id == project_id) | (WorkTable.label == label)
        ).order_by(WorkTable.id)
    )).all()


def _left(table: WorkTable) -> str:
    table.project_id = table.taken_by_id = table.taken_at = None
    return table.label


async def _demo(session: AsyncSession, event: Event, project: Project) -> Slot | None:
    return await session.scalar(select(Slot).where(
        Slot.event_id == event.id, Slot.session == StageSession.DEMOS, Slot.project_id == project.id
    ).order_by(Slot.position).limit(1))


async def _order_changed(session: AsyncSession, event: Event, now: datetime) -> None:
    """Let whoever is reordering the demos notice: the session's clock counts its changes."""
    clock = await session.get(StageClock, (event.id, StageSession.DEMOS))
    if clock is not None:
        mark_changed(clock, now=now)


def _times(event: Event) -> FloorTimes:
    return FloorTimes(event.state, event.starts_at, event.ends_at, event.demos_closed_at)


def _note(
    session: AsyncSession, project: Project, action: str, event: Event, change: list[Any], *, by: Actor, now: datetime
) -> None:
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.PROJECT, subject_id=project.id,
        changes={action.partition(" ")[0]: change, "event": [None, event.slug]},
    )
