"""Every route says what it does; one guard asks the table whether its reader may."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from litestar.connection import ASGIConnection
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission, Role
from registry.accounts.words import who_may
from registry.database.engine import Database, Reader
from registry.errors import NotAllowed, TooMany
from registry.moderation.limits import refuse_too_many_writes
from registry.web.address_limits import note_left
from registry.web.forms import is_surely_from_here, refuse_strange_forms
from registry.web.kept_fields import keep_fields
from registry.web.sessions import actor_in

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
RolesThere = Callable[[Reader, Actor, str], Awaitable[frozenset[Role]]]
"""What an actor is to the record with a slug: ``roles_in_project`` and its like."""


class Needed(NamedTuple):
    """What a route needs; ``there`` finds the reader's roles in the record that the path's ``slug`` names."""

    permission: Permission
    there: RolesThere | None = None


def needs(permission: Permission, *, there: RolesThere | None = None) -> dict[str, Any]:
    """The ``opt`` with which a route or router declares its permission."""
    return {"needed": Needed(permission, there)}


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: its reader may, and what changes something comes from our pages and not too often.

    One and not three, for Litestar copies the whole handler for each.

    Raises:
        NotAllowed, ImproperlyConfiguredException: as `check_permission`.
        StrangeForm: as `refuse_strange_forms`.
        TooMany: as `hold_back`.
    """
    await check_permission(connection, handler)
    await refuse_strange_forms(connection, handler)
    await hold_back(connection)


async def check_permission(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse whoever may not do what a route declares.

    Raises:
        NotAllowed: the reader may not do this; says who could.
        ImproperlyConfiguredException: the route declares no permission.
    """
    if connection.scope["method"] == "OPTIONS":  # type: ignore[typeddict-item]
        return
    needed: Needed | None = handler.opt.get("needed")
    if needed is None:
        raise ImproperlyConfiguredException(f"{handler} declares no permission")
    actor = actor_in(connection)
    if actor.may(needed.permission):
        return
    if needed.there and actor.is_signed_in:
        database: Database = connection.app.state.database
        async with database.reading() as reader:
            there = await needed.there(reader, actor, connection.path_params.get("slug", ""))
        if actor.may(needed.permission, there):
            return
    if connection.scope["method"] == "POST" and is_surely_from_here(connection):  # type: ignore[typeddict-item]
        await keep_fields(connection)
    raise NotAllowed(who_may(needed.permission))


async def hold_back(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Refuse a change to an account that changed too much within a minute; what it typed is kept on the error page.

    Raises:
        TooMany: it did; says when to go on.
    """
    actor = actor_in(connection)
    if connection.scope["method"] in _SAFE or not actor.is_signed_in:  # type: ignore[typeddict-item]
        return
    state = connection.app.state
    database: Database = state.database
    try:
        async with database.reading() as reader:
            left = await refuse_too_many_writes(reader, by=actor, settings=state.settings, now=datetime.now(UTC))
    except TooMany:
        await keep_fields(connection)  # of a form of ours: that was looked at before
        raise
    note_left(connection.scope, left)
