"""Slack's API through slack-sdk: one way to ask, one set of errors, and nothing repeated behind our back.

slack-sdk repeats a request whose connection broke, so a message could be said twice, and it sleeps through a pause
that Slack asks for: both are switched off, the outbox and its jobs know better. Its asynchronous client needs aiohttp,
so the plain one works in a thread.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import URLError

import msgspec
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from registry.ports import ChatRefused, ChatTrouble, TryLater
from registry.settings import Settings
from registry.web.i18n import marked

SECONDS = 8
UNTOLD_WAIT = timedelta(seconds=30)
"""How long to leave Slack alone when it refuses for haste and does not say until when."""
OUT_OF_REACH = marked("Slack is out of reach. Try again in a few minutes.")
OTHERWISE = marked("Slack's answer is not what was asked for. Try again in a few minutes.")
PAUSE = marked("Slack asks for a pause. Try again in a minute.")
METHODS: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "users.list": ("users:read",),
    "users.info": ("users:read",),
    "conversations.list": ("channels:read",),
    "conversations.create": ("channels:manage",),
    "conversations.invite": ("channels:manage",),
    "conversations.setTopic": ("channels:manage",),
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write",),
    "conversations.history": ("channels:history", "im:history"),
    "conversations.replies": ("channels:history", "im:history"),
    "chat.postMessage": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.unfurl": ("links:write",),
    "views.open": (),
    "views.update": (),
    "views.publish": (),
}
"""What is asked of Slack at all, with the scopes that it takes; the manifest holds the same and says why."""
_TROUBLES = {
    ChatTrouble.TOKEN: {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive",
                        "org_login_required", "team_access_not_granted", "no_permission"},
    ChatTrouble.SCOPE: {"missing_scope", "not_allowed_token_type", "restricted_action", "ekm_access_denied"},
    ChatTrouble.NO_CHANNEL: {"channel_not_found"},
    ChatTrouble.ARCHIVED: {"is_archived", "channel_is_archived"},
    ChatTrouble.NOT_IN_CHANNEL: {"not_in_channel"},
    ChatTrouble.NAME_TAKEN: {"name_taken"},
    ChatTrouble.BAD_NAME: {"invalid_name", "invalid_name_maxlength", "invalid_name_punctuation",
                           "invalid_name_required", "invalid_name_specials"},
    ChatTrouble.NO_MEMBER: {"user_not_found", "user_disabled", "user_not_visible", "users_not_found",
                            "cannot_dm_bot", "messages_tab_disabled"},
    ChatTrouble.NO_MESSAGE: {"message_not_found", "cant_delete_message"},
    ChatTrouble.FIXED: {"cant_update_message", "edit_window_closed"},
}
_TROUBLE_OF = {code: trouble for trouble, codes in _TROUBLES.items() for code in codes}
_PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited"}
_CODE = re.compile(r"[a-z0-9_.:]{1,80}")
_silent = logging.getLogger("keng.slack.sdk")
_silent.setLevel(logging.CRITICAL)  # what goes wrong is told by what we raise, once
Answer = TypeVar("Answer")


class SlackClient:
    """Asks Slack with a bot token. ``url`` is Slack, or a test server; ``scopes`` are known after the first answer."""

    def __init__(self, *, token: str, url: str, seconds: int = SECONDS) -> None:
        self._web = WebClient(token, f"{url}/api/", timeout=seconds, retry_handlers=[], logger=_silent)
        self.scopes: frozenset[str] | None = None

    async def ask(self, method: str, kind: type[Answer], **fields: Any) -> Answer:
        """Call a method of ``METHODS`` once, and read its answer as ``kind``.

        Raises:
            TryLater: Slack is out of reach, slow, out of order, or asks for a pause; ``may_be_out`` when it may have
                done what was asked for.
            ChatRefused: Slack will not do it.
        """
        assert method in METHODS, f"{method} is not in METHODS"  # noqa: S101 — a mistake of ours
        parameters = {
            name: json.dumps(value) if isinstance(value, dict | list) else value
            for name, value in fields.items() if value is not None
        }
        try:
            response = await asyncio.to_thread(self._web.api_call, method, params=parameters)
        except SlackApiError as error:
            raise _trouble(error) from error
        except URLError as error:  # no connection was made
            raise TryLater(OUT_OF_REACH, may_be_out=isinstance(error.reason, TimeoutError)) from error
        # The connection broke or was too slow; the answer is no text, no object.
        except (OSError, HTTPException, ValueError, AttributeError) as error:
            raise TryLater(f"Slack did not answer ({type(error).__name__})", may_be_out=True) from error
        headers = {key.casefold(): value for key, value in response.headers.items()}
        if "x-oauth-scopes" in headers:
            self.scopes = frozenset(filter(None, map(str.strip, headers["x-oauth-scopes"].split(","))))
        try:
            return msgspec.convert(response.data, kind)
        except msgspec.ValidationError as error:
            raise TryLater(OTHERWISE, may_be_out=True) from error


def client_of(settings: Settings) -> SlackClient | None:
    """The client of an installation; none without a token."""
    token = settings.slack_bot_token.get_secret_value()
    return SlackClient(token=token, url=settings.slack_url) if token else None


def _trouble(error: SlackApiError) -> Exception:
    response: Any = error.response
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", ""))
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or code in {"ratelimited", "rate_limited"}:
        after = str({key.casefold(): value for key, value in response.headers.items()}.get("retry-after", ""))
        wait = timedelta(seconds=int(after[:5])) if after.isdecimal() else UNTOLD_WAIT
        return TryLater(PAUSE, after=wait)
    if response.status_code != HTTPStatus.OK or code in _PASSING or not _CODE.fullmatch(code):
        return TryLater(f"Slack is out of order (HTTP {response.status_code})", may_be_out=True)
    return ChatRefused(_TROUBLE_OF.get(code, ChatTrouble.OTHER), code)
