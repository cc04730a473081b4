"""Every route says what it does; one guard asks the table whether its reader may."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from litestar.connection import ASGIConnection
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler
from sqlalchemy.exc import SQLAlchemyError

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission, Role
from registry.accounts.words import who_may
from registry.database.engine import Database, Reader
from registry.errors import MissingScope, NotAllowed, NoToken, TooMany
from registry.moderation.limits import refuse_too_many_writes
from registry.tokens.rules import Scope
from registry.web.address_limits import note_left
from registry.web.forms import ANSWERS_TO_ANYONE, is_surely_from_here, refuse_strange_forms
from registry.web.i18n import gettext as _
from registry.web.kept_fields import keep_fields
from registry.web.sessions import actor_in, raise_if_unknown

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


def by_token(scope: Scope, permission: Permission, *, there: RolesThere | None = None) -> dict[str, Any]:
    """The ``opt`` of a route that an access token with ``scope`` opens, and no session: it needs no form of ours."""
    return {**needs(permission, there=there), **ANSWERS_TO_ANYONE, "scope": scope}


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: its reader may, and what changes something comes from our pages and not too often.

    One and not three, for Litestar copies the whole handler for each.

    Raises:
        NoToken, MissingScope: as `check_scope`.
        NotAllowed, ImproperlyConfiguredException: as `check_permission`.
        StrangeForm: as `refuse_strange_forms`.
        TooMany: as `hold_back`.
    """
    check_scope(connection, handler)
    await check_permission(connection, handler)
    await refuse_strange_forms(connection, handler)
    await hold_back(connection, handler)


def check_scope(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a script that has no access token, or one that is not for what the route does.

    Raises:
        NoToken: there is none, or it is unknown, revoked or has ended.
        MissingScope: it lacks the route's scope, which is named.
    """
    scope: Scope | None = handler.opt.get("scope")
    if scope is None:
        return
    actor = actor_in(connection)
    if not actor.token:
        raise_if_unknown(connection)
        raise NoToken(_(
            "This needs an access token that has not ended, sent as “Authorization: Bearer keng_…”. Make one in your "
            "account, at /account/tokens."
        ))
    if scope not in actor.scopes:
        raise MissingScope(
            _("This access token is not for that: it lacks the scope “%(scope)s”. Make another one in your account.")
            % {"scope": scope.value}, scope=scope.value,
        )


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
    raise_if_unknown(connection)
    raise NotAllowed(who_may(needed.permission))


async def hold_back(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
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
    except (TooMany, SQLAlchemyError):
        if not ANSWERS_TO_ANYONE.items() <= handler.opt.items():  # else it is a form of ours: that was looked at
            await keep_fields(connection)
        raise
    note_left(connection.scope, left)
