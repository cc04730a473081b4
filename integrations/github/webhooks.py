"""What GitHub tells us by itself: the door at which it does, and the job that works on it.

GitHub gives a call ten seconds and does not repeat one that failed, so the door only keeps what is told. All of it is a
hint: it makes a repository be looked at sooner, and says at once what a look would find (a new name, archived,
private, gone). The synchronisation finds out what is so.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.github.told import EVENTS, PING, Told, read_told, repository_told
from registry.database.engine import Database
from registry.hooks.commands import NewDelivery
from registry.hooks.letterbox import Letterbox
from registry.hooks.queries import Delivery
from registry.hooks.work import work_off
from registry.ports import HookAnswer, HookCall, Workplace
from registry.repositories.commands import take_told

SOURCE = "github"
BY = "system:github"
LARGEST_BODY = 25 * 1024 * 1024
"""GitHub sends no more."""
LARGE_BODY = 256 * 1024
"""A body from here on is read in a thread, so that other requests need not wait for it."""
_LONGEST_ID = 200
_FORM = "application/x-www-form-urlencoded"


class _Heard(NamedTuple):
    is_signed: bool
    told: Told | None = None


class GitHubDoor:
    """Takes GitHub's webhooks, signed with ``secret``."""

    path = "/hooks/github"
    largest_body = LARGEST_BODY

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._letterbox = Letterbox(SOURCE)

    async def answer(self, call: HookCall, database: Database) -> HookAnswer:
        """Keep what GitHub tells of a repository; whatever else it tells is acknowledged and left alone."""
        event = call.headers.get("x-github-event", "")
        heard = self._hear(call, event) if len(call.body) < LARGE_BODY else (
            await asyncio.to_thread(self._hear, call, event)
        )
        if not heard.is_signed:
            return HookAnswer(HTTPStatus.UNAUTHORIZED, {
                "error": "the signature does not fit: give GitHub the secret that KENG_GITHUB_WEBHOOK_SECRET holds"
            })
        if event != PING and heard.told is None:
            return HookAnswer(HTTPStatus.ACCEPTED, {"ignored": True})
        payload = msgspec.to_builtins(heard.told) if heard.told else {}
        is_new = await self._letterbox.keep(NewDelivery(_delivery_id(call), event, payload, call.at), database)
        return HookAnswer(HTTPStatus.ACCEPTED, {"kept": is_new})

    def _hear(self, call: HookCall, event: str) -> _Heard:
        signature = "sha256=" + hmac.new(self._secret, call.body, hashlib.sha256).hexdigest()
        given = call.headers.get("x-hub-signature-256", "")
        if not hmac.compare_digest(signature.encode(), given.encode("utf-8", "replace")):
            return _Heard(is_signed=False)
        return _Heard(is_signed=True, told=read_told(_json_of(call)) if event in EVENTS else None)


class HookWork:
    """The job that works on what GitHub told; ``web_url`` is where its pages are."""

    def __init__(self, web_url: str) -> None:
        self._web_url = web_url

    async def take_turn(self, workplace: Workplace, now: datetime) -> None:
        """Job: work on everything that was told."""
        await work_off(workplace.database, source=SOURCE, work_on=self._work_on, now=now)

    async def _work_on(self, session: AsyncSession, delivery: Delivery, now: datetime) -> None:
        if delivery.event != PING:
            told = msgspec.convert(delivery.payload, Told)
            await take_told(
                session, forge=SOURCE, told=repository_told(delivery.event, told, web_url=self._web_url), by=BY, now=now
            )


def _json_of(call: HookCall) -> bytes:
    """The body's JSON: GitHub can send it as a form's field too."""
    if call.headers.get("content-type", "").startswith(_FORM):
        return unquote_to_bytes(call.body.removeprefix(b"payload=").replace(b"+", b" "))
    return call.body


def _delivery_id(call: HookCall) -> str:
    """GitHub's name for a delivery, which a repeat has too; one without a name is named by what it says."""
    given = _printable(call.headers, "x-github-delivery")
    return given or hashlib.sha256(call.body).hexdigest()


def _printable(headers: Mapping[str, Any], name: str) -> str:
    text = str(headers.get(name, ""))
    return text if text.isascii() and text.isprintable() and len(text) <= _LONGEST_ID else ""
