"""A person's access tokens as they see them."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from registry.database.engine import Reader
from registry.tokens.models import AccessToken
from registry.tokens.rules import MOST_TOKENS, Scope, scopes_in, token_is_alive


class TokenRow(msgspec.Struct, frozen=True):
    """One token in its owner's list; ``scope_text`` is what its row holds."""

    id: int
    name: str
    shown: str
    scope_text: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @property
    def scopes(self) -> list[Scope]:
        """What it is for, in the order of the form."""
        held = scopes_in(self.scope_text)
        return [scope for scope in Scope if scope in held]

    def is_alive(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return token_is_alive(expires_at=self.expires_at, now=now)


async def tokens_of(reader: Reader, *, person_id: int) -> list[TokenRow]:
    """A person's tokens, the newest first; ended ones stay for a while (one statement)."""
    rows = await reader.execute(
        select(
            AccessToken.id, AccessToken.name, AccessToken.shown, AccessToken.scopes, AccessToken.created_at,
            AccessToken.expires_at, AccessToken.last_used_at,
        )
        .where(AccessToken.person_id == person_id).order_by(AccessToken.id.desc()).limit(2 * MOST_TOKENS)
    )
    return [TokenRow(*row) for row in rows]
