"""What Litestar hands to page functions is given back, whatever goes wrong."""

import asyncio
import gc

from litestar.handlers import HTTPRouteHandler

from registry.settings import Settings
from registry.tokens.rules import Scope
from tests.conftest import application, on_one_database
from tests.tokens.scripts import a_script
from tests.visits import Visit

GIVEN_BY_LITESTAR = {"request", "state"}
OPENED = {"session", "reader"}


@on_one_database
def test_nothing_that_is_made_of_an_open_session_can_fail(settings: Settings) -> None:
    asking = {}
    for handler in (one for route in application(settings).routes for one in getattr(route, "route_handlers", ())):
        named = handler.resolve_dependencies() if isinstance(handler, HTTPRouteHandler) else {}
        for name, provide in named.items():
            asked = set(provide.signature_model._fields)
            if asked & OPENED:
                asking[name] = asked - set(named) - GIVEN_BY_LITESTAR
    assert asking == {"writing": set()}


@on_one_database
async def test_a_request_that_is_refused_early_leaves_nobody_waiting(visit: Visit) -> None:
    script = await a_script(await visit.play("owner"), Scope.PROPOSALS)
    pitch = {"title": {"en": "Budget map"}, "summary": {"en": "See where taxes go."}}
    gc.disable()  # or what was left open would be closed at some moment
    try:
        refused = await script.send("POST", "/proposals", pitch, **{"Idempotency-Key": "x" * 101})
        taken = await asyncio.wait_for(script.send("POST", "/proposals", pitch), 20)
    finally:
        gc.enable()
    assert (refused.status_code, taken.status_code) == (400, 201), taken.text
