"""Asking to be erased, changing one's mind, and the erasure itself."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import SignInSession
from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.audit.commands import seal_again, seals_before
from registry.audit.queries import ERASED
from registry.cases.commands.erasing import unname
from registry.checks import Checks
from registry.database.engine import settings_of
from registry.database.tables import Base
from registry.duplicates.models import Merge
from registry.inbox.models import Follow
from registry.people.models import Contribution, Identity, Membership, Person
from registry.people.rules import PersonOrigin
from registry.privacy.models import ErasureRequest
from registry.privacy.queries import Named, mentions_in, named, sole_project_ids, table_of, tied
from registry.privacy.rules import KEPT, MENTIONS, Ending, Tie, without_mentions
from registry.projects.models import Need
from registry.projects.rules import OWNER_WANTED, NeedState
from registry.proposals.models import Credit
from registry.registrations.commands.waiting import leave_coming_events
from registry.repositories.credit import FORGE
from registry.repositories.naming import leave_unnamed
from registry.search.commands import forget_removed_words, refresh
from registry.tokens.models import AccessToken
from registry.web.i18n import gettext as _
from registry.web.i18n import in_every_language, marked

A_CONTRIBUTOR = marked("a contributor")


async def ask_for_erasure(
    session: AsyncSession, *, by: Actor, typed_name: str, now: datetime
) -> datetime:
    """Let a person be erased after the waiting time, and sign them out everywhere: signing in again stops it.

    Their access tokens end, too.

    ``typed_name`` is their name as they see it, which shows that they mean it. Returns when it happens.

    Raises:
        BadInput: that is not their name.
    """
    checks = Checks()
    if " ".join(typed_name.split()) != " ".join(by.name.split()):
        checks.wrong("name", _("Type your name exactly as it stands above."))
    checks.done()
    assert by.person_id is not None  # noqa: S101 — the permission is not a visitor's
    due_at = now + timedelta(days=settings_of(session).erasure_wait_days)
    await session.execute(delete(ErasureRequest).where(ErasureRequest.person_id == by.person_id))
    session.add(ErasureRequest(person_id=by.person_id, asked_at=now, due_at=due_at))
    await session.execute(delete(SignInSession).where(SignInSession.person_id == by.person_id))
    await session.execute(delete(AccessToken).where(AccessToken.person_id == by.person_id))
    note_change(
        session, now=now, actor=by.label, action="erasure asked", subject=Subject.PERSON, subject_id=by.person_id,
        changes={"due_at": [None, due_at.isoformat()]},
    )
    await session.flush()
    return due_at


async def keep_person(session: AsyncSession, *, person_id: int, now: datetime) -> bool:
    """Stop an erasure that is waited for, because its person has signed in; whether there was one."""
    asked = await session.get(ErasureRequest, person_id)
    if asked is None:
        return False
    await session.delete(asked)
    person = await named(session, person_id)
    note_change(
        session, now=now, actor=person.label, action="erasure stopped", subject=Subject.PERSON, subject_id=person_id,
    )
    await session.flush()
    return True


async def erase_due(session: AsyncSession, *, now: datetime) -> int:
    """Erase everyone whose waiting time is over; how many. A job's work."""
    due = list(await session.scalars(
        select(ErasureRequest.person_id).where(ErasureRequest.due_at <= now).order_by(ErasureRequest.due_at)
    ))
    for person_id in due:
        await erase_person(session, person_id=person_id, now=now)
    return len(due)


async def erase_person(session: AsyncSession, *, person_id: int, now: datetime, by: str = "") -> None:
    """Take a person out of the record: what they did stays, nothing says any more that it was they.

    Their row stays as nobody's, under an address and a label that nothing leads back from. Their accounts are named in
    no repository any more, whatever a forge tells later. ``by`` is who did it, where it was not they themselves.
    Records that were joined with theirs go the same way.
    """
    for joined in await _joined_records(session, person_id):
        await erase_person(session, person_id=joined, now=now, by=by)
    person = await named(session, person_id)
    mentions = await _mentions(session, person)
    sealed = await seals_before(session, _audit_rows_about(person, mentions))
    nobody = f"erased-{secrets.token_hex(8)}"
    await _look_for_owners(session, person_id, now)
    await _leave_teams_and_events(session, person_id, now)
    await _clear_evidence(session, person_id)
    await leave_unnamed(session, forge=FORGE, accounts=person.accounts, now=now)
    await unname(session, slug=person.slug, instead=in_every_language(A_CONTRIBUTOR))
    for table, column in MENTIONS:
        await _clear_mentions(session, table, column, mentions, nobody)
    for kept in KEPT:
        rows = table_of(kept)
        if kept.table == "search_documents":
            continue  # ``refresh`` below: its words are counted
        if kept.ending is Ending.REMOVED:
            await session.execute(delete(rows).where(tied(kept, person)))
        elif kept.cleared:
            await session.execute(update(rows).where(tied(kept, person)).values(**kept.cleared))
    for kept in KEPT:
        if kept.tie is Tie.LABEL:
            await session.execute(
                update(table_of(kept)).where(tied(kept, person)).values({kept.column: f"person:{nobody}"})
            )
    session.expire_all()
    await session.execute(update(Person).where(Person.id == person_id).values(
        slug=nobody, origin=PersonOrigin.ERASED, hidden_at=None, is_example=False, updated_at=now,
    ))
    erased = note_change(
        session, now=now, actor=by or f"person:{nobody}", action=ERASED, subject=Subject.PERSON, subject_id=person_id,
    )
    await session.flush()
    await seal_again(session, sealed, because_id=erased.id, now=now)
    await refresh(session, Subject.PERSON, [person_id])
    await forget_removed_words(session)


def _audit_rows_about(person: Named, mentions: frozenset[str]) -> ColumnElement[bool]:
    """The condition under which the erasure of a person may change an audit row."""
    table = Base.metadata.tables[AuditEntry.__tablename__]
    return or_(
        *(tied(kept, person) for kept in KEPT if kept.table == table.name),
        *(mentions_in(table, column, sorted(mentions)) for name, column in MENTIONS if name == table.name),
    )


async def _joined_records(session: AsyncSession, person_id: int) -> list[int]:
    return list(await session.scalars(select(Merge.gone_id).where(
        Merge.subject == Subject.PERSON, Merge.kept_id == person_id, Merge.unmerged_at.is_(None)
    )))


async def _look_for_owners(session: AsyncSession, person_id: int, now: datetime) -> None:
    """Let the projects that nobody else owns say that they look for somebody to take them over."""
    project_ids = list(await session.scalars(sole_project_ids(person_id)))
    said = {need.project_id: need for need in await session.scalars(
        select(Need).where(Need.project_id.in_(project_ids), Need.key == OWNER_WANTED)
    )}
    for project_id in project_ids:
        need = said.get(project_id) or Need(project_id=project_id, key=OWNER_WANTED, line={})
        need.state, need.opened_on, need.filled_on = NeedState.OPEN, now.date(), None
        session.add(need)
    await session.flush()
    await refresh(session, Subject.PROJECT, project_ids)


async def _leave_teams_and_events(session: AsyncSession, person_id: int, now: datetime) -> None:
    await session.execute(
        update(Membership).where(Membership.person_id == person_id, Membership.left_on.is_(None))
        .values(left_on=now.date())
    )
    await session.execute(delete(Follow).where(Follow.subject == Subject.PERSON, Follow.target == str(person_id)))
    await leave_coming_events(session, person_id=person_id, now=now)


async def _clear_evidence(session: AsyncSession, person_id: int) -> None:
    """Take the address of a contribution's evidence away where it names the account, as a forge's always does."""
    await session.execute(update(Contribution).where(
        Contribution.person_id == person_id, Contribution.source == FORGE
    ).values(evidence_url=None))
    logins = select(Identity.login).where(Identity.person_id == person_id, Identity.login.is_not(None))
    for login in await session.scalars(logins):
        await session.execute(
            update(Contribution)
            .where(Contribution.person_id == person_id, Contribution.evidence_url.icontains(login, autoescape=True))
            .values(evidence_url=None)
        )


async def _mentions(session: AsyncSession, person: Named) -> frozenset[str]:
    """The texts that mean this person and nothing else when they stand alone."""
    accounts = await session.execute(
        select(Identity.login, Identity.subject).where(Identity.person_id == person.id)
    )
    written = await session.scalars(select(Credit.name_as_written).where(Credit.person_id == person.id))
    former = await session.scalars(select(AuditEntry.changes).where(
        AuditEntry.subject == Subject.PERSON, AuditEntry.subject_id == person.id, AuditEntry.action == "name changed",
    ))
    names = [name for changes in former for name in changes.get("display_name", []) if isinstance(name, str)]
    words = {
        person.name, person.slug, person.label, f"/people/{person.slug}", *names, *written,
        *(word for account in accounts for word in account if word),
    }
    return frozenset(word for word in words if word)


async def _clear_mentions(
    session: AsyncSession, table_name: str, column: str, mentions: frozenset[str], nobody: str
) -> None:
    table = Base.metadata.tables[table_name]
    instead: Any = in_every_language(A_CONTRIBUTOR) if table_name == "notices" else nobody
    rows = (await session.execute(
        select(table.c.id, table.c[column]).where(mentions_in(table, column, sorted(mentions)))
    )).all()
    for row_number, facts in rows:
        cleared = without_mentions(facts, mentions, instead)
        if cleared != facts:
            await session.execute(update(table).where(table.c.id == row_number).values({column: cleared}))
