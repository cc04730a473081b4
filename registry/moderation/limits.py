"""How much one account may change, and make: asked before every change, and by every command that makes something."""

from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.models import AuditEntry
from registry.database.engine import Reader, settings_of
from registry.errors import TooMany
from registry.moderation.rules import LIMITS, Allowance, wait_for_next
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.settings import Settings
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext

_DAY = timedelta(days=1)


class Left(NamedTuple):
    """How much an asker has left of an allowance, and in how many seconds it is whole again."""

    name: str
    allowance: Allowance
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """It as the headers of an answer (IETF draft of the RateLimit header fields)."""
        return {
            "ratelimit-policy": f'"{self.name}";q={self.allowance.most};w={int(self.allowance.within.total_seconds())}',
            "ratelimit": f'"{self.name}";r={max(0, self.left)};t={self.seconds}',
        }


async def refuse_too_many_writes(reader: Reader, *, by: Actor, settings: Settings, now: datetime) -> Left | None:
    """Let an account change one more thing, of whatever kind; how much it has left, none where it is not counted.

    One statement. Audit rows are counted, so the limit holds over all server processes, but for what is under way at
    the same moment. Organisers, whose one action may change hundreds of records, and visitors are not held up here.

    Raises:
        TooMany: it changed too much within a minute; says when to go on.
    """
    limit = LIMITS["writes"]
    allowance = limit.allowance(settings)
    if by.person_id is None or by.may(Permission.MODERATE):
        return None
    done_at = list(await reader.scalars(
        select(AuditEntry.at).where(AuditEntry.actor == by.label, AuditEntry.at > now - allowance.within)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(allowance.most)
    ))
    wait = wait_for_next(done_at, now=now, allowances=[allowance])
    if wait is not None:
        raise too_many(wait)
    whole = max(done_at, default=now - allowance.within) + allowance.within - now
    return Left(limit.name, allowance, allowance.most - len(done_at) - 1, max(0, ceil(whole.total_seconds())))


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
    is_new = is_young and not await _is_in_a_team_of_others(session, person.id)
    names = ("new-things", "new-things-daily") if is_new else ("things",)
    return [LIMITS[name].allowance(settings) for name in names]


async def _is_in_a_team_of_others(session: AsyncSession, person_id: int) -> bool:
    other = aliased(Membership)
    has_other_owner = exists().where(
        other.project_id == Membership.project_id, other.person_id != person_id,
        other.role == MembershipRole.OWNER, other.left_on.is_(None),
    )
    return bool(await session.scalar(select(
        exists().where(Membership.person_id == person_id, Membership.left_on.is_(None), has_other_owner)
    )))
