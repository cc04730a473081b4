"""The routes of the doors that integrations bring."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.datastructures import State
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler

from registry.accounts.rules import Permission
from registry.ports import HookAnswer, HookCall, WebhookDoor
from registry.web.forms import ANSWERS_TO_ANYONE
from registry.web.permissions import needs


def hook_routes(doors: Sequence[WebhookDoor]) -> list[HTTPRouteHandler]:
    """One route a door. It reads the body up to the door's limit and lets the door answer."""
    return [_route(door) for door in doors]


def _route(door: WebhookDoor) -> HTTPRouteHandler:
    @post(
        door.path, opt={**needs(Permission.CALL_HOOK), **ANSWERS_TO_ANYONE}, request_max_body_size=door.largest_body,
    )
    async def hook(request: Request[Any, Any, Any], state: State) -> Response[Any]:
        """What another system tells us by itself, once its signature is believed."""
        try:
            body = await request.body()
        except RequestEntityTooLarge:
            return _response(HookAnswer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "the body is too large"}))
        call = HookCall(body, dict(request.headers), datetime.now(UTC))
        return _response(await door.answer(call, state.database))

    return hook


def _response(answer: HookAnswer) -> Response[Any]:
    if answer.content is None:
        return Response("", status_code=answer.status, media_type=MediaType.TEXT)
    return Response(answer.content, status_code=answer.status, media_type=MediaType.JSON)
