"""Making, using and revoking access tokens."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import hash_token
from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.errors import Conflict, NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Person
from registry.tokens.models import AccessToken
from registry.tokens.rules import ENDED_KEPT, LASTS, MARK, MOST_TOKENS, SHOWN, Scope
from registry.web.i18n import gettext as _

NAME = 60
_SECRET_BYTES = 32


async def make_token(
    session: AsyncSession, *, name: str, scopes: Sequence[str], days: str, by: Actor, now: datetime
) -> str:
    """Make an access token for ``by``; gives it back, and nobody can see it again.

    Its owner is told, so that one that somebody else made is noticed. Tokens long ended are forgotten. Writes an audit
    row.

    Raises:
        BadInput: it has no name, no scope, or another time to last than is offered.
        Conflict: this person has enough tokens.
    """
    checks = Checks()
    name = checks.line("name", name, longest=NAME, is_required=True)
    checks.one_of("days", days, [str(one) for one in LASTS], is_required=True)
    for scope in scopes:
        checks.one_of("scopes", scope, set(Scope))
    if not scopes:
        checks.wrong("scopes", _("Choose at least one thing that the token is for."))
    checks.done()
    # Locked, so that of two requests at once the second counts the first.
    person = await session.get_one(Person, by.person_id, with_for_update=True)
    await session.execute(delete(AccessToken).where(AccessToken.expires_at < now - ENDED_KEPT))
    alive = select(func.count()).select_from(AccessToken).where(
        AccessToken.person_id == person.id, AccessToken.expires_at > now
    )
    if (await session.scalar(alive) or 0) >= MOST_TOKENS:
        raise Conflict(_("You have enough access tokens. Revoke one that you no longer use first."))
    token = MARK + secrets.token_urlsafe(_SECRET_BYTES)
    made = AccessToken(
        token_hash=hash_token(token), person_id=person.id, name=name, shown=token[:SHOWN],
        scopes=" ".join(scope for scope in Scope if scope in scopes), created_at=now,
        expires_at=now + timedelta(days=int(days)),
    )
    session.add(made)
    note_change(
        session, now=now, actor=by.label, action="token made", subject=Subject.PERSON, subject_id=person.id,
        changes={
            "token": [None, made.shown], "scopes": [None, made.scopes],
            "expires_at": [None, made.expires_at.isoformat()],
        },
    )
    tell(session, [person.id], kind=NoticeKind.ACCESS_GIVEN, path="/account/tokens", now=now, token=name)
    await session.flush()
    return token


async def revoke_token(session: AsyncSession, *, token_id: int, by: Actor, now: datetime) -> None:
    """End a token of one's own at once. Writes an audit row.

    Raises:
        NotFound: it is none of theirs.
    """
    token = await session.scalar(
        select(AccessToken).where(AccessToken.id == token_id, AccessToken.person_id == by.person_id)
    )
    if token is None:
        raise NotFound(_("There is no such token among yours. It may have been revoked already."))
    await session.delete(token)
    note_change(
        session, now=now, actor=by.label, action="token revoked", subject=Subject.PERSON,
        subject_id=token.person_id, changes={"token": [token.shown, None]},
    )
    await session.flush()


async def note_use(session: AsyncSession, *, token_hash: str, now: datetime) -> None:
    """Write down that a token was used."""
    await session.execute(update(AccessToken).where(AccessToken.token_hash == token_hash).values(last_used_at=now))
