"""Confirming or declining what others say they did."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_at_event, roles_in_project
from registry.accounts.rules import Permission
from registry.accounts.words import who_may
from registry.activity.commands import change_fields, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.contributions.queries import PlaceRow, place_named, said_at
from registry.contributions.rules import role_that_confirms
from registry.errors import Conflict, NotAllowed, NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Contribution
from registry.projects.models import Project
from registry.web.i18n import gettext as _

REASON = 500


class Asked(msgspec.Struct, frozen=True):
    """What somebody asks to have confirmed: at which project or event, and as it was when it was read."""

    subject: Subject
    slug: str
    contribution_id: int
    revision: int


async def confirm_contribution(
    session: AsyncSession, *, asked: Asked, by: Actor, now: datetime
) -> Contribution:
    """Confirm what somebody says they did for a project or at an event. Counts as activity of the project.

    Writes an audit row on the person's record and tells them.

    Raises:
        NotFound: no such place, or nobody says such a thing there any more.
        NotAllowed: ``by`` may not confirm there, or it is their own.
        EditConflict: the person changed it since it was read.
        Conflict: it was confirmed already.
    """
    place, contribution, role = await _to_decide(session, asked, by)
    changes = change_fields(contribution, {
        "confirmed_at": now, "decided_by_id": by.person_id, "decided_as": role, "declined_at": None,
        "decline_reason": None,
    }, now=now)
    if place.is_project:
        await _note_activity(session, place, contribution)
    _tell(session, place, contribution, NoticeKind.CONTRIBUTION_CONFIRMED, now=now)
    _note(session, contribution, "contribution confirmed", changes, by=by, now=now)
    await session.flush()
    return contribution


async def decline_contribution(
    session: AsyncSession, *, asked: Asked, reason: str, by: Actor, now: datetime
) -> Contribution:
    """Say why something cannot be confirmed as it stands; the person may change it, and then it waits anew.

    Writes an audit row on the person's record and tells them the reason.

    Raises:
        BadInput: no reason (field ``reason``).
        NotFound, NotAllowed, EditConflict, Conflict: as `confirm_contribution`.
    """
    checks = Checks()
    reason = checks.text("reason", reason, longest=REASON, is_required=True)
    checks.done()
    place, contribution, role = await _to_decide(session, asked, by)
    changes = change_fields(contribution, {
        "declined_at": now, "decline_reason": reason, "decided_by_id": by.person_id, "decided_as": role,
    }, now=now)
    _tell(session, place, contribution, NoticeKind.CONTRIBUTION_DECLINED, now=now, reason=reason)
    _note(session, contribution, "contribution declined", changes, by=by, now=now)
    await session.flush()
    return contribution


async def _to_decide(
    session: AsyncSession, asked: Asked, by: Actor
) -> tuple[PlaceRow, Contribution, str]:
    place = await place_named(session, asked.subject, asked.slug)
    if place is None:
        raise NotFound(_("There is no such project or event. It may have another address."))
    permission = Permission.EDIT_PROJECT if place.is_project else Permission.RUN_EVENT
    there = await (roles_in_project if place.is_project else roles_at_event)(session, by, asked.slug)
    if not by.may(permission, there):
        raise NotAllowed(who_may(permission))
    contribution = await session.scalar(
        select(Contribution)
        .where(Contribution.id == asked.contribution_id, said_at(asked.subject, place.id)).with_for_update()
    )
    if contribution is None or contribution.person_id is None:
        raise NotFound(_("Nobody says this here any more."))
    if contribution.person_id == by.person_id:
        raise NotAllowed(_("Somebody else confirms what you did: another owner, or an organiser."))
    if contribution.confirmed_at is not None:
        raise Conflict(_("Somebody has confirmed this already."))
    refuse_older_revision(contribution, asked.revision, theirs={})
    return place, contribution, role_that_confirms(there | by.roles)


async def _note_activity(session: AsyncSession, place: PlaceRow, contribution: Contribution) -> None:
    project = await session.get_one(Project, place.id, with_for_update=True)
    if project.last_active_on is None or project.last_active_on < contribution.happened_on:
        project.last_active_on = contribution.happened_on


def _tell(
    session: AsyncSession, place: PlaceRow, contribution: Contribution, kind: NoticeKind, *, now: datetime,
    **facts: str,
) -> None:
    assert contribution.person_id is not None  # noqa: S101 — refused before
    tell(
        session, [contribution.person_id], kind=kind, path="/account/contributions", now=now, place=place.name, **facts
    )


def _note(
    session: AsyncSession, contribution: Contribution, action: str, changes: dict[str, list[object]], *, by: Actor,
    now: datetime,
) -> None:
    assert contribution.person_id is not None  # noqa: S101 — refused before
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.PERSON, subject_id=contribution.person_id,
        changes={**changes, "contribution": [contribution.id, contribution.id]},
    )
