"""Signing in and out, tying identities to people, granting roles."""

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import RoleGrant, SignInAttempt, SignInSession
from registry.accounts.queries import Actor
from registry.accounts.rules import SIGN_IN_TIME, Role
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.slugs import free_slug
from registry.duplicates.commands import merge_records
from registry.errors import BadInput, Conflict
from registry.people.models import Identity, Person
from registry.people.rules import IdentityProvider, PersonOrigin
from registry.ports import Claims
from registry.projects.rules import slug_of
from registry.repositories.credit import credit_commits
from registry.search.commands import refresh
from registry.web.i18n import gettext as _

BROWSER_LENGTH = 200
NAME_LENGTH = 100


class BegunSignIn(msgspec.Struct, frozen=True):
    """The secrets of a sign-in under way; ``state`` also goes into the browser's cookie."""

    state: str
    nonce: str
    code_verifier: str


def hash_token(token: str) -> str:
    """What the database keeps of a token that it must recognise but never give away."""
    return hashlib.sha256(token.encode()).hexdigest()


async def begin_sign_in(
    session: AsyncSession, *, provider: IdentityProvider, return_path: str, now: datetime, linking: int | None = None
) -> BegunSignIn:
    """Note a sign-in that leaves for ``provider``; forgets those that never came back.

    ``linking`` is the person who adds this identity to their own account, when signed in already.
    """
    await session.execute(delete(SignInAttempt).where(SignInAttempt.started_at < now - SIGN_IN_TIME))
    begun = BegunSignIn(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    session.add(SignInAttempt(
        state_hash=hash_token(begun.state), provider=provider, nonce=begun.nonce, code_verifier=begun.code_verifier,
        return_path=return_path, linking_person_id=linking, started_at=now,
    ))
    await session.flush()
    return begun


async def take_attempt(
    session: AsyncSession, *, state: str, cookie_state: str, provider: IdentityProvider, now: datetime
) -> SignInAttempt | None:
    """Take the sign-in that ``state`` belongs to; whatever follows, it is used up.

    None when the state is unknown, used, too old, of another browser or of another provider.
    """
    attempt = await session.scalar(select(SignInAttempt).where(SignInAttempt.state_hash == hash_token(state)))
    if attempt is None or not secrets.compare_digest(cookie_state.encode(), state.encode()):
        return None
    await session.delete(attempt)
    await session.flush()
    is_in_time = now - attempt.started_at <= SIGN_IN_TIME
    return attempt if is_in_time and attempt.provider == provider else None


async def person_for(
    session: AsyncSession, *, claims: Claims, now: datetime, linking: int | None = None
) -> Person:
    """The person whom ``claims`` identify: known by this identity, else ``linking`` (its id), else a new person.

    Never matched by e-mail address, name or login: only the provider's own id ties an account to a person.

    Raises:
        Conflict: someone links an identity that is another person's.
    """
    identity = await session.scalar(
        select(Identity).where(Identity.provider == claims.provider, Identity.subject == claims.subject)
    )
    if identity is not None:
        return await _known_person(session, identity, claims, now=now, linking=linking)
    person = await _new_person(session, claims, now) if linking is None else await session.get_one(Person, linking)
    session.add(Identity(
        person_id=person.id, provider=claims.provider, subject=claims.subject, login=claims.login, verified_at=now,
    ))
    note_change(
        session, now=now, actor=f"person:{person.slug}", action="joined" if linking is None else "identity linked",
        subject=Subject.PERSON, subject_id=person.id, changes={"provider": [None, claims.provider.value]},
    )
    await session.flush()
    await credit_commits(session, people=[person.id], now=now)
    return person


async def _known_person(
    session: AsyncSession, identity: Identity, claims: Claims, *, now: datetime, linking: int | None
) -> Person:
    """The person of an identity that is on record.

    An imported contributor whose account was known by its number, and who now proves to be them by signing in, has
    claimed that record at once: it is theirs, or goes into the account that links it.
    """
    person = await session.get_one(Person, identity.person_id, with_for_update=True)
    is_unclaimed = person.claimed_at is None and identity.verified_at is None
    identity.login = claims.login
    if linking not in {None, person.id}:
        if not is_unclaimed:
            raise Conflict(_("That account already belongs to someone else here."))
        mine = await session.get_one(Person, linking)
        identity.verified_at = now
        await session.flush()
        await merge_records(
            session, subject=Subject.PERSON, kept=mine.id, gone=person.id, now=now, is_proven=True,
            by=Actor(person_id=mine.id, slug=mine.slug, name=mine.display_name),
        )
        return mine
    if is_unclaimed:
        person.claimed_at = identity.verified_at = now
        note_change(
            session, now=now, actor=f"person:{person.slug}", action="claim proven", subject=Subject.PERSON,
            subject_id=person.id, changes={"provider": [None, claims.provider.value]},
        )
        await session.flush()
        await credit_commits(session, people=[person.id], now=now)
    return person


async def unlink_identity(session: AsyncSession, *, person_id: int, identity_id: int, now: datetime) -> None:
    """Take an identity from a person's account; the last one stays, for nobody could sign in again.

    Raises:
        BadInput: it is not theirs, or the only one.
    """
    person = await session.get_one(Person, person_id)
    owned = list(await session.scalars(select(Identity).where(Identity.person_id == person_id)))
    identity = next((one for one in owned if one.id == identity_id), None)
    if identity is None or len(owned) == 1:
        raise BadInput(_("This is the only account you sign in with. Link another one first."))
    await session.delete(identity)
    note_change(
        session, now=now, actor=f"person:{person.slug}", action="identity unlinked", subject=Subject.PERSON,
        subject_id=person_id, changes={"provider": [identity.provider.value, None]},
    )
    await session.flush()
    await credit_commits(session, people=[person_id], now=now)


async def change_name(
    session: AsyncSession, *, person_id: int, name: str, is_public: bool, now: datetime
) -> None:
    """Change what a person is called, and whether the public sees them and finds them.

    Raises:
        BadInput: the name is empty or too long.
    """
    checks = Checks()
    name = checks.line("name", name, longest=NAME_LENGTH, is_required=True)
    checks.done()
    person = await session.get_one(Person, person_id)
    before = (person.display_name, person.is_public)
    if before == (name, is_public):
        return
    person.display_name, person.sort_name, person.is_public, person.updated_at = name, name.casefold(), is_public, now
    note_change(
        session, now=now, actor=f"person:{person.slug}", action="name changed", subject=Subject.PERSON,
        subject_id=person_id, changes={"display_name": [before[0], name], "is_public": [before[1], is_public]},
    )
    await session.flush()
    await refresh(session, Subject.PERSON, [person_id])


async def forget_sign_ins(session: AsyncSession, *, life: timedelta, idle: timedelta, now: datetime) -> None:
    """Delete the sign-ins that have ended, by their ``life`` or unused for ``idle``, and those that never came back."""
    await session.execute(delete(SignInSession).where(
        (SignInSession.started_at < now - life) | (SignInSession.last_seen_at < now - idle)
    ))
    await session.execute(delete(SignInAttempt).where(SignInAttempt.started_at < now - SIGN_IN_TIME))


async def start_session(
    session: AsyncSession, *, person_id: int, browser: str, now: datetime, life: timedelta, instead_of: int | None
) -> str:
    """Sign a person in on a browser; returns the token for its cookie, a new one at each sign-in.

    The session ``instead_of`` (the browser's until now) and those beyond their ``life`` end.
    """
    token = secrets.token_urlsafe(32)
    await session.execute(delete(SignInSession).where(
        (SignInSession.started_at < now - life) | (SignInSession.id == instead_of)
    ))
    session.add(SignInSession(
        token_hash=hash_token(token), person_id=person_id, browser=browser[:BROWSER_LENGTH], started_at=now,
        last_seen_at=now,
    ))
    await session.flush()
    return token


async def touch_session(session: AsyncSession, *, session_id: int, now: datetime) -> None:
    """Note that a session is in use."""
    await session.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now))


async def end_session(session: AsyncSession, *, person_id: int, session_id: int) -> None:
    """Sign one of a person's browsers out; another person's session is left alone."""
    await session.execute(
        delete(SignInSession).where(SignInSession.id == session_id, SignInSession.person_id == person_id)
    )


async def end_other_sessions(session: AsyncSession, *, person_id: int, kept: int) -> None:
    """Sign a person out everywhere but in the session ``kept``."""
    await session.execute(
        delete(SignInSession).where(SignInSession.id != kept, SignInSession.person_id == person_id)
    )


async def grant_role(
    session: AsyncSession, *, person: Person, role: Role, granted_by: str, now: datetime, event_id: int | None = None
) -> None:
    """Make a person an organiser (of ``event_id``, or of all events) or an administrator; granting twice is once."""
    if await _grant(session, person, role, event_id) is not None:
        return
    session.add(RoleGrant(person_id=person.id, role=role, event_id=event_id, granted_by=granted_by, granted_at=now))
    note_change(
        session, now=now, actor=granted_by, action="role granted", subject=Subject.PERSON, subject_id=person.id,
        changes={"role": [None, role.value], "event_id": [None, event_id]},
    )
    await session.flush()


async def revoke_role(
    session: AsyncSession, *, person: Person, role: Role, revoked_by: str, now: datetime, event_id: int | None = None
) -> bool:
    """Take a granted role back; whether there was one."""
    grant = await _grant(session, person, role, event_id)
    if grant is None:
        return False
    await session.delete(grant)
    note_change(
        session, now=now, actor=revoked_by, action="role revoked", subject=Subject.PERSON, subject_id=person.id,
        changes={"role": [role.value, None], "event_id": [event_id, None]},
    )
    await session.flush()
    return True


async def _grant(session: AsyncSession, person: Person, role: Role, event_id: int | None) -> RoleGrant | None:
    grant: RoleGrant | None = await session.scalar(select(RoleGrant).where(
        RoleGrant.person_id == person.id, RoleGrant.role == role, RoleGrant.event_id.is_not_distinct_from(event_id)
    ))
    return grant


async def _new_person(session: AsyncSession, claims: Claims, now: datetime) -> Person:
    """Someone new, whom the public does not see until they say so: their provider may know them by their real name."""
    name = (claims.display_name.strip() or claims.login)[:NAME_LENGTH]
    person = Person(
        slug=await free_slug(session, Person.slug, slug_of(claims.login) or "person", subject=Subject.PERSON),
        display_name=name, sort_name=name.casefold(), origin=PersonOrigin.SIGNED_IN, claimed_at=now, is_public=False,
    )
    session.add(person)
    await session.flush()
    return person

