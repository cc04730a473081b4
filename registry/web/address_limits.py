"""How often forms that need no account are sent from one address.

Counted in the memory of each process: with several, each lets as many pass. Nothing is written down of who asked, and
even the memory holds no address, only what a secret makes of it.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from registry.moderation.limits import too_many
from registry.moderation.rules import Allowance, wait_for_next
from registry.settings import Settings

MOST_ADDRESSES = 10_000
_ALLOWANCES: dict[str, Callable[[Settings], Allowance]] = {
    "sign-in": lambda settings: Allowance(settings.sign_ins_a_minute, timedelta(minutes=1)),
    "report": lambda settings: Allowance(settings.reports_an_hour, timedelta(hours=1)),
    "registration": lambda settings: Allowance(settings.registrations_an_hour, timedelta(hours=1)),
}
Visits = OrderedDict[tuple[str, str], list[datetime]]


def count_visit(request: ASGIConnection[Any, Any, Any, Any], form: str) -> None:
    """Count that a form is sent from the address of this request.

    Raises:
        TooMany: it was sent too often from there; says when to go on.
    """
    settings: Settings = request.app.state.settings
    visits: Visits = request.app.state.visits
    now, allowance = datetime.now(UTC), _ALLOWANCES[form](settings)
    key = (form, _mark_of(client_address(request), settings))
    wait = wait_for_next(visits.get(key, ()), now=now, allowances=[allowance])
    if wait is not None:
        raise too_many(wait)
    visits[key] = [*visits.pop(key, [])[-allowance.most:], now]
    while len(visits) > MOST_ADDRESSES:
        visits.popitem(last=False)


def _mark_of(address: str, settings: Settings) -> str:
    secret = settings.secret_key.get_secret_value().encode()
    return blake2b(address.encode(), key=secret[:blake2b.MAX_KEY_SIZE], digest_size=16).hexdigest()


async def limit_sign_ins(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard of what begins a sign-in.

    Raises:
        TooMany: too many were begun from this address.
    """
    if connection.scope["method"] == "POST":  # type: ignore[typeddict-item]
        count_visit(connection, "sign-in")


def client_address(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Who asks: the connection's other end, or what the installation's own proxy says of it (its last word).

    Of an IPv6 address the first half counts: a home has as many of the rest as it likes.
    """
    settings: Settings = request.app.state.settings
    told = request.headers.get(settings.trusted_proxy_header, "") if settings.trusted_proxy_header else ""
    address = told.rpartition(",")[2].strip() or (request.client.host if request.client else "")
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return parsed.exploded[:19] if parsed.version == 6 else address  # noqa: PLR2004 — the protocol's number
