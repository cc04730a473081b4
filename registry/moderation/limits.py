"""How much one account may make: asked by every command that makes something new."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.models import AuditEntry
from registry.database.engine import settings_of
from registry.errors import TooMany
from registry.moderation.rules import Allowance, wait_for_next
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


async def refuse_too_many(
    session: AsyncSession, *, by: Actor, action: str, now: datetime, made_at: Select[datetime] | None = None
) -> None:
    """Let an account make one more thing of a kind; ``action`` is the one its audit row will carry.

    ``made_at`` selects when the account made such things, newest first, where audit rows do not name it.

    An account is new until it is ``new_account_days`` old or has a part in a project that somebody else owns.
    Organisers, who enter whole programmes, and visitors, whose forms count by address, are not held up here.

    Raises:
        TooMany: there were too many of them within an hour or a day; says when to go on.
    """
    if by.person_id is None or by.may(Permission.MODERATE):
        return
    # Locked, so that of two requests at once the second counts the first.
    person = (await session.scalars(select(Person).where(Person.id == by.person_id).with_for_update())).one()
    allowances = await _allowances(session, person, now)
    made = (
        select(AuditEntry.at)
        .where(AuditEntry.actor == by.label, AuditEntry.action == action, AuditEntry.at > now - _DAY)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    ) if made_at is None else made_at
    done_at = list(await session.scalars(made.limit(max(one.most for one in allowances))))
    wait = wait_for_next(done_at, now=now, allowances=allowances)
    if wait is not None:
        raise too_many(wait)


def too_many(wait: timedelta) -> TooMany:
    """The error for somebody who may go on after ``wait``."""
    seconds = max(1, ceil(wait.total_seconds()))
    minutes = ceil(seconds / 60)
    return TooMany(
        ngettext(
            "That was too much at once. Nothing was changed. Go on in %(num)s minute.",
            "That was too much at once. Nothing was changed. Go on in %(num)s minutes.", minutes,
        ) % {"num": minutes} + " " + _("What you typed stays here."),
        seconds=seconds,
    )


async def _allowances(session: AsyncSession, person: Person, now: datetime) -> list[Allowance]:
    settings = settings_of(session)
    joined_at = person.claimed_at or person.created_at
    is_young = now - joined_at < timedelta(days=settings.new_account_days)
    if is_young and not await _is_in_a_team_of_others(session, person.id):
        return [Allowance(settings.new_account_hourly, _HOUR), Allowance(settings.new_account_daily, _DAY)]
    return [Allowance(settings.account_hourly, _HOUR)]


async def _is_in_a_team_of_others(session: AsyncSession, person_id: int) -> bool:
    other = aliased(Membership)
    has_other_owner = exists().where(
        other.project_id == Membership.project_id, other.person_id != person_id,
        other.role == MembershipRole.OWNER, other.left_on.is_(None),
    )
    return bool(await session.scalar(select(
        exists().where(Membership.person_id == person_id, Membership.left_on.is_(None), has_other_owner)
    )))
