"""Issuing a statement of contributions, and revoking it."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.contributions.models import Statement
from registry.contributions.rules import period_fault
from registry.contributions.statement import StatementContent, chosen_places, fingerprint, new_code
from registry.contributions.statement_queries import MOST_FACTS, stateable
from registry.database.engine import settings_of
from registry.errors import Conflict, NotFound
from registry.moderation.limits import refuse_too_many
from registry.web.i18n import current_language, languages
from registry.web.i18n import gettext as _


class StatementWish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants stated: a period, the places and kinds in it, the languages it is written in."""

    since: str
    until: str
    places: Collection[str]
    kinds: Collection[str]
    languages: Collection[str]
    with_hidden: bool = False


async def issue_statement(
    session: AsyncSession, *, wish: StatementWish, by: Actor, today: date, now: datetime
) -> Statement:
    """State what was chosen, fixed as it is on record at this moment. Writes an audit row without what is stated.

    Raises:
        BadInput: the period cannot be, no language is chosen, or nothing of what was chosen is on record.
        TooMany: this account issued too many at once.
    """
    assert by.person_id is not None  # noqa: S101 — the permission is not a visitor's
    settings = settings_of(session)
    since, until = read_period(wish.since, wish.until, today=today)
    checks = Checks()
    spoken = [tag for tag in languages() if tag in wish.languages]
    spoken.sort(key=lambda tag: tag != current_language())
    if not spoken:
        checks.wrong("languages", _("Choose at least one language."))
    found = await stateable(
        session, by.person_id, since=since, until=until, now=now, timezone=settings.timezone,
        with_hidden=wish.with_hidden,
    )
    places = chosen_places(found, keys=wish.places, kinds=wish.kinds)
    if not places:
        checks.wrong("places", _("Nothing of what you chose is on record in this period. Choose more."))
    if sum(len(place.facts) for place in found) > MOST_FACTS:
        checks.wrong("until", _("This is more than a statement holds. Choose a shorter period."))
    checks.done()
    await refuse_too_many(session, by=by, action="statement issued", now=now)
    code = new_code()
    content = msgspec.to_builtins(StatementContent(
        code=code, issued_on=today, community=settings.community_name, name=by.name, since=since, until=until,
        languages=spoken, places=places,
    ))
    statement = Statement(
        code=code, person_id=by.person_id, content=content, content_hash=fingerprint(content), issued_at=now,
    )
    session.add(statement)
    await session.flush()
    _note(session, "statement issued", [None, statement.id], by=by, now=now)
    await session.flush()
    return statement


async def revoke_statement(session: AsyncSession, *, code: str, by: Actor, now: datetime) -> Statement:
    """Let a statement no longer stand; whoever opens its address is told. Writes an audit row.

    Raises:
        NotFound: it is nobody's, or somebody else's.
        Conflict: it was revoked before.
    """
    statement = await session.scalar(
        select(Statement).where(Statement.code == code, Statement.person_id == by.person_id).with_for_update()
    )
    if statement is None:
        raise NotFound(_("There is no such statement among yours."))
    if statement.revoked_at is not None:
        raise Conflict(_("This statement was revoked already."))
    statement.revoked_at = now
    _note(session, "statement revoked", [statement.id, None], by=by, now=now)
    await session.flush()
    return statement


def read_period(since: str, until: str, *, today: date) -> tuple[date, date]:
    """The two days of a form.

    Raises:
        BadInput: one is no day, the period is turned round, or it reaches into the future (``since``, ``until``).
    """
    checks = Checks()
    days: list[date] = []
    for name, written in (("since", since), ("until", until)):
        try:
            days.append(date.fromisoformat(written.strip()))
        except ValueError:
            checks.wrong(name, _("Use a day, such as 2026-07-25."))
    if not checks.errors and (fault := period_fault(*days, today=today)):
        checks.wrong(fault, {
            "since": _("Begin on a day that is not in the future, and not before the year 2000."),
            "until": _("End on a day that is not before the beginning and not in the future."),
        }[fault])
    checks.done()
    first, last = days
    return first, last


def _note(
    session: AsyncSession, action: str, change: list[int | None], *, by: Actor, now: datetime
) -> None:
    """Note it on the person's own record, by number: its address is for those alone to whom the person gives it."""
    assert by.person_id is not None  # noqa: S101 — it is theirs
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.PERSON, subject_id=by.person_id,
        changes={"statement": change},
    )
