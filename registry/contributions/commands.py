"""Saying what one did, changing and taking it back; what others see of it."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import RoleGrant
from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.commands import change_fields, note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.contributions.queries import PlaceRow, place_named
from registry.contributions.rules import (
    FIRST_DAY,
    SAID,
    NoSuchDuration,
    minutes_of,
    who_confirms,
)
from registry.errors import Conflict, NotFound
from registry.handbook import contribution_kinds
from registry.inbox.commands import tell
from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind
from registry.moderation.limits import refuse_too_many
from registry.people.models import Contribution, Membership, Person
from registry.people.rules import MembershipRole
from registry.web.i18n import gettext as _

NOTE = 500


class SaidContribution(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says they did, as the form has it. ``project`` and ``event`` are slugs; one of them is needed."""

    kind: str = ""
    day: str = ""
    hours: str = ""
    note: str = ""
    evidence_url: str = ""
    project: str = ""
    event: str = ""
    is_shown: bool = True


async def say_contribution(
    session: AsyncSession, *, said: SaidContribution, by: Actor, today: date, now: datetime
) -> Contribution:
    """Say what one did for a project or at an event. It counts once somebody else has confirmed it.

    Writes an audit row and tells those who can confirm it, once until they have looked.

    Raises:
        BadInput: a field needs another look.
        TooMany: this account added too much at once.
    """
    fields, place = await _checked(session, said, today=today)
    await refuse_too_many(session, by=by, action="contribution said", now=now)
    contribution = Contribution(person_id=by.person_id, source=SAID, created_at=now, updated_at=now, **fields)
    session.add(contribution)
    await session.flush()
    _note(session, contribution, "contribution said", {"contribution": [None, _facts(contribution)]}, by=by, now=now)
    await _ask_to_confirm(session, place, by=by, now=now)
    await session.flush()
    return contribution


async def change_contribution(
    session: AsyncSession, *, contribution_id: int, said: SaidContribution, by: Actor, today: date, now: datetime
) -> Contribution:
    """Change what one said while nobody has confirmed it; what was declined waits anew. Writes an audit row.

    Raises:
        NotFound: they said no such thing.
        Conflict: it was confirmed already.
        BadInput: a field needs another look.
    """
    contribution = await _own_for_change(session, contribution_id, by)
    fields, place = await _checked(session, said, today=today)
    was_declined = contribution.declined_at is not None
    answer = {"declined_at": None, "decline_reason": None, "decided_by_id": None, "decided_as": None}
    changes = change_fields(contribution, fields | (answer if was_declined else {}), now=now)
    if changes:
        _note(session, contribution, "contribution changed", changes, by=by, now=now)
        await _ask_to_confirm(session, place, by=by, now=now)
    await session.flush()
    return contribution


async def withdraw_contribution(session: AsyncSession, *, contribution_id: int, by: Actor, now: datetime) -> None:
    """Take back what one said while nobody has confirmed it. Writes an audit row.

    Raises:
        NotFound: they said no such thing.
        Conflict: it was confirmed already.
    """
    contribution = await _own_for_change(session, contribution_id, by)
    _note(session, contribution, "contribution withdrawn", {"contribution": [_facts(contribution), None]},
          by=by, now=now)
    await session.delete(contribution)
    await session.flush()


async def show_contribution(
    session: AsyncSession, *, contribution_id: int, is_shown: bool, by: Actor, now: datetime
) -> None:
    """Show one of one's contributions on pages that everyone sees, or hide it. Writes an audit row.

    Raises:
        NotFound: it is nobody's, or somebody else's.
    """
    contribution = await _own(session, contribution_id, by)
    changes = change_fields(contribution, {"is_shown": is_shown}, now=now)
    if changes:
        _note(session, contribution, "contribution shown" if is_shown else "contribution hidden", changes,
              by=by, now=now)
    await session.flush()


async def show_calendar(session: AsyncSession, *, shows: bool, by: Actor, now: datetime) -> None:
    """Let others see the calendar of one's contributions and event days, or not. Writes an audit row."""
    person = await session.get_one(Person, by.person_id, with_for_update=True)
    if person.shows_calendar == shows:
        return
    note_change(
        session, now=now, actor=by.label, action="calendar shown" if shows else "calendar hidden",
        subject=Subject.PERSON, subject_id=person.id, changes={"shows_calendar": [person.shows_calendar, shows]},
    )
    person.shows_calendar, person.updated_at = shows, now
    await session.flush()


async def keepers_of(session: AsyncSession, project_id: int) -> list[int]:
    """The owners and maintainers of a project now (one statement)."""
    return list(await session.scalars(
        select(Membership.person_id).where(
            Membership.project_id == project_id, Membership.left_on.is_(None),
            Membership.role.in_((MembershipRole.OWNER, MembershipRole.MAINTAINER)),
        ).order_by(Membership.id)
    ))


async def organisers_of(session: AsyncSession, event_id: int | None) -> list[int]:
    """The organisers of all events, and of one where it is named (one statement)."""
    return list(await session.scalars(
        select(RoleGrant.person_id).where(
            RoleGrant.role == Role.ORGANISER, RoleGrant.event_id.is_(None) | (RoleGrant.event_id == event_id)
        ).order_by(RoleGrant.id)
    ))


async def _checked(
    session: AsyncSession, said: SaidContribution, *, today: date
) -> tuple[dict[str, Any], PlaceRow]:
    checks = Checks()
    offered = [kind.key for kind in contribution_kinds().values() if kind.said_by == "person"]
    project = await place_named(session, Subject.PROJECT, said.project) if said.project else None
    event = await place_named(session, Subject.EVENT, said.event) if said.event else None
    if said.project and project is None:
        checks.wrong("project", _("There is no such project. Look for it by its name."))
    if said.event and event is None:
        checks.wrong("event", _("There is no such event. Look for it by its name."))
    if not said.project and not said.event:
        checks.wrong("project", _("Choose the project or the event first."))
    fields = {
        "kind": checks.one_of("kind", said.kind, offered, is_required=True),
        "happened_on": _day(checks, said.day, today=today),
        "minutes": _minutes(checks, said.hours, is_required=said.kind == "hours"),
        "note": checks.text("note", said.note, longest=NOTE, is_required=True),
        "evidence_url": checks.web_address("evidence_url", said.evidence_url) or None,
        "project_id": project.id if project else None, "event_id": event.id if event else None,
        "is_shown": said.is_shown,
    }
    checks.done()
    place = project or event
    assert place is not None  # noqa: S101 — refused above
    return fields, place


def _day(checks: Checks, written: str, *, today: date) -> date | None:
    if not written.strip():
        checks.wrong("day", _("This is needed."))
        return None
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        checks.wrong("day", _("Use a day, such as 2026-07-25."))
        return None
    if not FIRST_DAY <= day <= today:
        checks.wrong("day", _("Choose a day that is not in the future, and not before the year 2000."))
    return day


def _minutes(checks: Checks, written: str, *, is_required: bool) -> int | None:
    try:
        minutes = minutes_of(written)
    except NoSuchDuration:
        checks.wrong("hours", _("Write hours of that one day, such as 1.5 or 1:30."))
        return None
    if is_required and minutes is None:
        checks.wrong("hours", _("This is needed."))
    return minutes


async def _own(session: AsyncSession, contribution_id: int, by: Actor) -> Contribution:
    found: Contribution | None = await session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id, Contribution.person_id == by.person_id).with_for_update()
    )
    if found is None:
        raise NotFound(_("There is no such contribution among yours. It may have been taken back."))
    return found


async def _own_for_change(session: AsyncSession, contribution_id: int, by: Actor) -> Contribution:
    contribution = await _own(session, contribution_id, by)
    if contribution.source != SAID:
        raise NotFound(_("The registry found this by itself. You can hide it, but not change it."))
    if contribution.confirmed_at is not None:
        raise Conflict(_("This was confirmed already and can no longer be changed. You can hide it from your page."))
    return contribution


async def _ask_to_confirm(session: AsyncSession, place: PlaceRow, *, by: Actor, now: datetime) -> None:
    assert by.person_id is not None  # noqa: S101 — only people say what they did
    organisers = await organisers_of(session, None if place.is_project else place.id)
    keepers = await keepers_of(session, place.id) if place.is_project else organisers
    people = who_confirms(keepers=keepers, organisers=organisers, person_id=by.person_id)
    path = f"{place.url}/contributions"
    told = set(await session.scalars(select(Notice.person_id).where(
        Notice.person_id.in_(people), Notice.read_at.is_(None), Notice.kind == NoticeKind.CONTRIBUTION_SAID,
        Notice.path == path,
    )))
    tell(
        session, [one for one in people if one not in told], kind=NoticeKind.CONTRIBUTION_SAID, path=path, now=now,
        place=place.name,
    )


def _facts(contribution: Contribution) -> dict[str, Any]:
    names = ("kind", "minutes", "note", "evidence_url", "project_id", "event_id", "is_shown")
    return {"happened_on": contribution.happened_on.isoformat(), **{
        name: getattr(contribution, name) for name in names
    }}


def _note(
    session: AsyncSession, contribution: Contribution, action: str, changes: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    """Note a change on the person's own record, where an erasure finds it."""
    assert contribution.person_id is not None  # noqa: S101 — it is theirs
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.PERSON, subject_id=contribution.person_id,
        changes=changes,
    )
