"""Socket Mode: what Slack tells comes over a connection that we open, for a registry that Slack cannot reach.

It goes through the same ears as the doors. slack-sdk's own client needs nothing else installed; it lives in threads
and connects anew by itself.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as TooLate
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from integrations.slack.bot import Bot
from integrations.slack.client import SECONDS, client_of
from integrations.slack.doors import Doors, Hear
from registry.database.engine import Database
from registry.ports import HookCall
from registry.settings import Settings

_log = logging.getLogger("keng.slack")


async def listen(
    settings: Settings, *, stop: asyncio.Event | None = None, on_connect: Callable[[], None] = lambda: None
) -> None:
    """Hear what Slack tells until ``stop`` is set (or for ever); what was begun by then is finished.

    Raises:
        SlackApiError: Slack does not accept the app-level token.
    """
    database, bot = Database(settings), Bot(settings, client_of(settings))
    ears, loop = _ears(Doors(bot)), asyncio.get_running_loop()

    def hear(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        heard = asyncio.run_coroutine_threadsafe(_answer(ears, request, database), loop)
        try:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, heard.result(SECONDS)))
        except TooLate:  # Slack sends it again
            _log.error("what Slack told (%s) was not answered in time", request.type)

    client = SocketModeClient(
        settings.slack_app_token.get_secret_value(),
        web_client=WebClient(base_url=f"{settings.slack_url}/api/", timeout=SECONDS), logger=_log,
    )
    client.socket_mode_request_listeners.append(hear)
    try:
        await asyncio.to_thread(client.connect)
        on_connect()
        await (stop or asyncio.Event()).wait()
        while not bot.errands.is_idle:  # noqa: ASYNC110 — nothing tells when the last one is done
            await asyncio.sleep(0.05)
    finally:
        await asyncio.to_thread(client.close)
        await database.close()


def _ears(doors: Doors) -> dict[str, tuple[Hear, Callable[[Mapping[str, Any]], bytes]]]:
    """Who hears each kind of envelope, and the body that a door would have read."""
    return {
        "events_api": (doors.hear_event, lambda told: json.dumps(told).encode()),
        "slash_commands": (doors.hear_command, lambda told: urlencode(told).encode()),
        "interactive": (doors.hear_interaction, lambda told: urlencode({"payload": json.dumps(told)}).encode()),
    }


async def _answer(
    ears: Mapping[str, tuple[Hear, Callable[[Mapping[str, Any]], bytes]]], request: SocketModeRequest,
    database: Database,
) -> dict[str, Any] | None:
    if request.type not in ears:
        return None
    hear, body_of = ears[request.type]
    headers = {"x-slack-retry-num": str(request.retry_attempt)} if request.retry_attempt else {}
    answer = await hear(HookCall(body_of(request.payload), headers, datetime.now(UTC)), database)
    return answer.content if isinstance(answer.content, dict) else None
