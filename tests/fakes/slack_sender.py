"""Slack as it knocks at our doors: signed events, commands, shortcuts and view submissions."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.fakes.slack import TEAM_ID, FakeSlack
from tests.fakes.slack_kit import trouble_of_view

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


class SlackSender:
    """Sends to the site behind ``client`` what ``slack`` would send, signed at the moment that ``clock`` tells."""

    def __init__(
        self, client: httpx.AsyncClient, slack: FakeSlack, *, secret: str = SIGNING_SECRET,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.client, self.slack, self._secret, self._clock = client, slack, secret, clock

    async def send(
        self, door: str, body: bytes, *, headers: dict[str, str] | None = None, form: bool = True
    ) -> httpx.Response:
        """Knock at ``/hooks/slack/<door>``; ``headers`` replace those of a right signature."""
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        signed = {**signature_of(body, secret=self._secret, at=int(self._clock())), "Content-Type": kind}
        return await self.client.post(f"/hooks/slack/{door}", content=body, headers={**signed, **(headers or {})})

    async def event(
        self, event: dict[str, Any], *, event_id: str = "", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Tell of something that happened."""
        wrapped = {
            "type": "event_callback", "team_id": TEAM_ID, "api_app_id": "A0KENG", "event": event,
            "event_id": event_id or f"Ev{secrets.token_hex(6)}", "event_time": int(self._clock()), "new_in_2030": {},
        }
        return await self.send("events", json.dumps(wrapped).encode(), headers=headers, form=False)

    async def command(self, text: str, *, user: str, channel: str = "C1", **fields: str) -> httpx.Response:
        """Type ``/keng text``."""
        return await self.send("commands", urlencode({
            "command": "/keng", "text": text, "user_id": user, "user_name": user.lower(), "team_id": TEAM_ID,
            "channel_id": channel, "trigger_id": self.slack.trigger(), "response_url": self.slack.response_url(),
            **fields,
        }).encode())

    async def interaction(self, payload: dict[str, Any], *, user: str) -> httpx.Response:
        """Press, choose or send something."""
        whole = {
            "user": {"id": user, "team_id": TEAM_ID}, "team": {"id": TEAM_ID}, "trigger_id": self.slack.trigger(),
            **payload,
        }
        return await self.send("interactivity", urlencode({"payload": json.dumps(whole)}).encode())

    async def submit_view(self, view_id: str, *, user: str, **filled: Any) -> httpx.Response:
        """Send an open modal: what its fields hold now, with those of ``filled`` (by block id) written anew."""
        view = self.slack.views[view_id]
        values = {
            block["block_id"]: {block["element"]["action_id"]: _value(block["element"], filled.get(block["block_id"]))}
            for block in view["blocks"] if block["type"] == "input"
        }
        unknown = set(filled) - set(values)
        assert not unknown, f"the view has no {unknown}, only {sorted(values)}"
        answer = await self.interaction({
            "type": "view_submission", "view": {**view, "state": {"values": values}},
        }, user=user)
        self._obey(view_id, answer.json() if answer.content else {}, known=set(values))
        return answer

    def _obey(self, view_id: str, told: dict[str, Any], *, known: set[str]) -> None:
        """What Slack does with the answer: an error stands at a field of the view, an update takes its place."""
        assert set(told.get("errors", {})) <= known
        if told.get("response_action") == "update":
            assert not trouble_of_view(told["view"])
            self.slack.views[view_id] = {**told["view"], "id": view_id}

    async def press(self, view_id: str, action: str, *, user: str, **filled: Any) -> httpx.Response:
        """Press a button of an open modal, with what stands in its fields by then."""
        view = self.slack.views[view_id]
        values = {
            block["block_id"]: {"value": _value(block["element"], filled.get(block["block_id"]))}
            for block in view["blocks"] if block["type"] == "input"
        }
        return await self.interaction({
            "type": "block_actions", "view": {**view, "state": {"values": values}}, "actions": [{"action_id": action}],
        }, user=user)


def signature_of(body: bytes, *, secret: str, at: int) -> dict[str, str]:
    """The headers that Slack signs a body with."""
    digest = hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


def _value(element: dict[str, Any], written: Any) -> dict[str, Any]:
    kind = element["type"]
    if kind == "checkboxes":
        chosen = element.get("initial_options", []) if written is None else [
            one for one in element["options"] if one["value"] in written
        ]
        return {"type": kind, "selected_options": chosen}
    if kind in {"static_select", "radio_buttons"}:
        chosen = element.get("initial_option") if written is None else next(
            one for one in element["options"] if one["value"] == written
        )
        return {"type": kind, "selected_option": chosen}
    return {"type": kind, "value": element.get("initial_value") if written is None else written or None}
