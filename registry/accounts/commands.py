"""Signing in and out, tying identities to people, granting roles."""

import hashlib
import secrets
from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import RoleGrant, SignInAttempt, SignInSession
from registry.accounts.rules import SESSION_LIFE, SIGN_IN_TIME, Role
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.errors import BadInput, Conflict
from registry.people.models import Identity, Person
from registry.people.rules import IdentityProvider, PersonOrigin
from registry.ports import Claims
from registry.projects.rules import slug_of
from registry.web.i18n import gettext as _

BROWSER_LENGTH = 200


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
    session: AsyncSession, *, state: str, cookie_state: str | None, provider: IdentityProvider, now: datetime
) -> SignInAttempt:
    """Take back the sign-in that ``state`` belongs to; it can be taken once.

    Raises:
        BadInput: the state is missing, used, too old, of another browser or of another provider.
    """
    attempt = await session.scalar(select(SignInAttempt).where(SignInAttempt.state_hash == hash_token(state)))
    if attempt is not None:
        await session.delete(attempt)
        await session.flush()
    mine = cookie_state is not None and secrets.compare_digest(cookie_state.encode(), state.encode())
    if attempt is None or not mine or attempt.provider != provider or now - attempt.started_at > SIGN_IN_TIME:
        raise BadInput(_("This sign-in is too old, was used already, or began elsewhere. Please sign in once more."))
    return attempt


async def person_for(
    session: AsyncSession, *, claims: Claims, now: datetime, linking_person_id: int | None = None
) -> Person:
    """The person whom ``claims`` identify: known by this identity, else the one linking it, else a new person.

    Never matched by e-mail address, name or login: only the provider's own id ties an account to a person.

    Raises:
        Conflict: someone links an identity that is another person's.
    """
    identity = await session.scalar(
        select(Identity).where(Identity.provider == claims.provider, Identity.subject == claims.subject)
    )
    if identity is not None:
        if linking_person_id not in {None, identity.person_id}:
            raise Conflict(_("That account already belongs to someone else here. Sign in with it to use it."))
        identity.login = claims.login
        return await _existing_person(session, identity.person_id)
    if linking_person_id is not None:
        person = await _existing_person(session, linking_person_id)
    else:
        person = await _new_person(session, claims=claims, now=now)
    session.add(Identity(
        person_id=person.id, provider=claims.provider, subject=claims.subject, login=claims.login, verified_at=now,
    ))
    note_change(
        session, now=now, actor=f"person:{person.slug}", action="identity linked", subject=Subject.PERSON,
        subject_id=person.id, changes={"provider": [None, claims.provider.value]},
    )
    await session.flush()
    return person


async def unlink_identity(session: AsyncSession, *, person: Person, identity_id: int, now: datetime) -> None:
    """Take an identity from a person's account; the last one stays, for nobody could sign in again.

    Raises:
        BadInput: it is not theirs, or the only one.
    """
    owned = list(await session.scalars(select(Identity).where(Identity.person_id == person.id)))
    identity = next((one for one in owned if one.id == identity_id), None)
    if identity is None or len(owned) == 1:
        raise BadInput(_("This is the only account you sign in with. Link another one first."))
    await session.delete(identity)
    note_change(
        session, now=now, actor=f"person:{person.slug}", action="identity unlinked", subject=Subject.PERSON,
        subject_id=person.id, changes={"provider": [identity.provider.value, None]},
    )


async def start_session(session: AsyncSession, *, person: Person, browser: str, now: datetime) -> str:
    """Sign a person in on a browser; returns the token for its cookie. A new one at each sign-in."""
    token = secrets.token_urlsafe(32)
    session.add(SignInSession(
        token_hash=hash_token(token), person_id=person.id, browser=browser[:BROWSER_LENGTH], started_at=now,
        last_seen_at=now,
    ))
    await session.execute(delete(SignInSession).where(SignInSession.started_at < now - SESSION_LIFE))
    await session.flush()
    return token


async def end_session(session: AsyncSession, *, token: str) -> None:
    """Sign the browser with this token out."""
    await session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_token(token)))


async def end_session_of(session: AsyncSession, *, person: Person, session_id: int) -> None:
    """Sign one of a person's other browsers out; another person's session is left alone."""
    await session.execute(
        delete(SignInSession).where(SignInSession.id == session_id, SignInSession.person_id == person.id)
    )


async def grant_role(
    session: AsyncSession, *, person: Person, role: Role, granted_by: str, now: datetime, event_id: int | None = None
) -> RoleGrant:
    """Make a person an organiser (of ``event_id``, or of all events) or an administrator; granting twice is once."""
    same_event = RoleGrant.event_id.is_(None) if event_id is None else RoleGrant.event_id == event_id
    known = await session.scalar(
        select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.role == role, same_event)
    )
    if known is not None:
        return known
    grant = RoleGrant(person_id=person.id, role=role, event_id=event_id, granted_by=granted_by, granted_at=now)
    session.add(grant)
    note_change(
        session, now=now, actor=granted_by, action="role granted", subject=Subject.PERSON, subject_id=person.id,
        changes={"role": [None, role.value]},
    )
    await session.flush()
    return grant


async def _existing_person(session: AsyncSession, person_id: int) -> Person:
    return await session.get_one(Person, person_id)


async def _new_person(session: AsyncSession, *, claims: Claims, now: datetime) -> Person:
    name = claims.display_name.strip() or claims.login
    person = Person(
        slug=await _free_slug(session, slug_of(claims.login) or slug_of(name) or "person"), display_name=name,
        sort_name=name.casefold(), origin=PersonOrigin.SIGNED_IN, claimed_at=now,
    )
    session.add(person)
    await session.flush()
    note_change(
        session, now=now, actor=f"person:{person.slug}", action="joined", subject=Subject.PERSON, subject_id=person.id,
    )
    return person


async def _free_slug(session: AsyncSession, wish: str) -> str:
    taken = set(await session.scalars(select(Person.slug).where(Person.slug.startswith(wish, autoescape=True))))
    return next(slug for number in range(len(taken) + 1) if (slug := f"{wish}-{number + 1}" if number else wish) not in taken)
