"""Who is signed in, and what their account page shows."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from registry.accounts.models import RoleGrant, SignInSession
from registry.accounts.rules import Role, session_is_alive
from registry.database.engine import Reader
from registry.people.models import Identity, Person
from registry.people.rules import IdentityProvider


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever makes a request. ``person_id`` is empty for a visitor; ``roles`` are those that hold everywhere."""

    person_id: int | None = None
    slug: str = ""
    name: str = ""
    roles: frozenset[Role] = frozenset({Role.VISITOR})
    organises: frozenset[int] = frozenset()
    last_seen_at: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether this is a person with a session."""
        return self.person_id is not None

    @property
    def label(self) -> str:
        """How the audit log names them."""
        return f"person:{self.slug}" if self.is_signed_in else "visitor"


VISITOR = Actor()


class SessionRow(msgspec.Struct, frozen=True):
    """One signed-in browser of a person."""

    id: int
    browser: str
    started_at: datetime
    last_seen_at: datetime
    is_this_one: bool


class IdentityRow(msgspec.Struct, frozen=True):
    """One account a person signs in with."""

    id: int
    provider: IdentityProvider
    login: str | None


async def actor_of(reader: Reader, *, token_hash: str, now: datetime) -> Actor:
    """Whose session this is; a visitor when there is none, it is over, or its person was hidden. Two queries."""
    row = (await reader.execute(
        select(
            Person.id, Person.slug, Person.display_name, SignInSession.started_at, SignInSession.last_seen_at,
        )
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.token_hash == token_hash, Person.hidden_at.is_(None))
    )).one_or_none()
    if row is None or not session_is_alive(started_at=row.started_at, last_seen_at=row.last_seen_at, now=now):
        return VISITOR
    grants = (await reader.execute(
        select(RoleGrant.role, RoleGrant.event_id).where(RoleGrant.person_id == row.id)
    )).all()
    return Actor(
        person_id=row.id, slug=row.slug, name=row.display_name, last_seen_at=row.last_seen_at,
        roles=frozenset({Role.MEMBER, *(grant.role for grant in grants if grant.event_id is None)}),
        organises=frozenset(grant.event_id for grant in grants if grant.event_id is not None),
    )


async def sessions_of(reader: Reader, *, person_id: int, token_hash: str) -> list[SessionRow]:
    """A person's signed-in browsers, the last used first. One query."""
    rows = await reader.execute(
        select(
            SignInSession.id, SignInSession.browser, SignInSession.started_at, SignInSession.last_seen_at,
            SignInSession.token_hash,
        )
        .where(SignInSession.person_id == person_id)
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
    )
    return [SessionRow(*row[:4], row.token_hash == token_hash) for row in rows]


async def identities_of(reader: Reader, *, person_id: int) -> list[IdentityRow]:
    """The accounts a person signs in with. One query."""
    rows = await reader.execute(
        select(Identity.id, Identity.provider, Identity.login)
        .where(Identity.person_id == person_id).order_by(Identity.id)
    )
    return [IdentityRow(*row) for row in rows]
