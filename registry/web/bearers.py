"""Whose access token a request to the API carries, as far as limits ask: remembered for some minutes, never written."""

from collections import OrderedDict
from datetime import UTC, datetime
from typing import Final

from litestar.datastructures import State
from sqlalchemy.exc import SQLAlchemyError

from registry.accounts.commands import hash_token
from registry.accounts.queries import actor_with_token
from registry.database.engine import Database

REMEMBERED_SECONDS: Final = 600
MOST_TOKENS: Final = 5_000


class Bearers:
    """Finds the account of a token. One that was revoked may count as good for some minutes, for limits alone."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._known: OrderedDict[str, tuple[int | None, float]] = OrderedDict()

    def known(self, token: str, *, seconds: float) -> int | None:
        """The account of a token that was looked up lately; none for any other."""
        account, until = self._known.get(hash_token(token), (None, 0.0))
        return account if seconds < until else None

    async def look_up(self, token: str, *, seconds: float) -> None:
        """Look an unknown token up, so that it is known the next time (two statements, once in ten minutes)."""
        token_hash = hash_token(token)
        if seconds < self._known.get(token_hash, (None, 0.0))[1]:
            return
        database: Database = self._state.database
        try:
            async with database.reading() as reader:
                actor = await actor_with_token(reader, token_hash=token_hash, now=datetime.now(UTC))
        except SQLAlchemyError:
            return  # what needs the database says so itself; until then the address counts
        self._known[token_hash] = (actor.person_id, seconds + REMEMBERED_SECONDS)
        while len(self._known) > MOST_TOKENS:
            self._known.popitem(last=False)
