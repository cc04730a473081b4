"""The face of the made-up workspace: pages on which one sees what it was told, and can try commands and dialogues."""

import asyncio
import re
import time
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx
import jinja2
from markupsafe import Markup, escape

from tests.fakes.http import Asked, Reply
from tests.fakes.slack import FakeSlack, Fields
from tests.fakes.slack_kit import trouble_of_message
from tests.fakes.slack_sender import SlackSender

SHOWN = 100
SECONDS_FOR_A_DIALOGUE = 3.0
COMMANDS = ("help", "find 地圖", "next", "project cofacts", "needs", "pitch")
_LINK = re.compile(r"<(https?://[^>|]+)(?:\|([^>]*))?>")
_BOLD = re.compile(r"(?<!\w)\*(\S.*?)\*(?!\w)")
_pages = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True)


class Received(NamedTuple):
    """Something that stands in the workspace: where, when, and what."""

    place: str
    at: datetime
    message: Fields
    note: str = ""


class SlackWithFace(FakeSlack):
    """``site`` is the address of the registry that is connected to it; ``zone`` the one in which hours are shown."""

    def __init__(self, *, site: str, zone: Any = UTC) -> None:
        super().__init__()
        self.site, self._zone = site, zone
        self.route("GET", "/", self._everything)
        self.route("GET", "/style.css", self._style)
        self.route("GET", "/app_redirect", self._opened)
        self.route("POST", "/say", self._say)
        self.route("GET", r"/views/(?P<view>\w+)", self._dialogue)
        self.route("POST", r"/views/(?P<view>\w+)", self._sent)

    def stamp(self) -> str:
        """The moment by the clock on the wall; messages of one second are told apart by their number."""
        return f"{int(time.time())}.{self._next():06}"

    def received(self, channel_id: str = "") -> list[Received]:
        """What stands in the workspace, or in one channel of it: the last first."""
        found = [
            Received(self._place(channel), _moment(one["ts"]), one, _note(one))
            for channel, messages in list(self.messages.items()) if channel_id in {"", channel}
            for one in list(messages)
        ]
        if not channel_id:
            found += [
                Received(
                    self._named(one.get("user", "")), _moment(one.get("ts", "0")), one, f"/keng {one.get('asked', '')}"
                ) for one in list(self.responses)
            ]
        return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]

    def command(self, text: str, *, user: str) -> str:
        """Type ``/keng text``; the dialogue that opened, empty where there was an answer, which only ``user`` sees."""
        before = set(self.views)
        answer = asyncio.run(self._sends(lambda sender: sender.command(text, user=user)))
        answer.raise_for_status()
        if answer.content and (message := answer.json()):
            assert not trouble_of_message(message)
            self.responses.append({**message, "asked": text, "user": user, "ts": self.stamp()})
            return ""
        until = time.monotonic() + SECONDS_FOR_A_DIALOGUE
        while time.monotonic() < until:
            opened = [view for view in self.views if view not in before]
            if opened and _can_be_filled(self.views[opened[0]]):
                return opened[0]
            time.sleep(0.05)
        return next((view for view in self.views if view not in before), "")

    def submit(self, view: str, *, user: str, filled: dict[str, str]) -> dict[str, str]:
        """Send a dialogue as it was filled in; what was wrong, by field."""
        inputs = {
            one["block_id"]: one["element"]["type"] for one in self.views[view]["blocks"] if one["type"] == "input"
        }
        values: dict[str, Any] = {
            name: ([filled[name]] if filled.get(name) else []) if kind == "checkboxes" else filled.get(name) or None
            for name, kind in inputs.items()
        }
        chosen = {name: value for name, value in values.items() if value is not None}
        answer = asyncio.run(self._sends(lambda sender: sender.submit_view(view, user=user, **chosen)))
        answer.raise_for_status()
        told: dict[str, Any] = answer.json() if answer.content else {}
        errors: dict[str, str] = told.get("errors", {})
        return errors

    async def _sends(self, send: Any) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.site, timeout=10) as client:
            answer: httpx.Response = await send(SlackSender(client, self))
            return answer

    # The pages.

    def _everything(self, asked: Asked) -> Reply:
        channel = asked.query.get("channel", "")
        return self._html(
            "slack_face.html", received=self.received(channel), chosen=self.channels.get(channel),
            channels=sorted(
                (one for one in self.channels.values() if self.messages.get(one["id"])), key=lambda one: one["name"],
            ),
            counts={one: len(messages) for one, messages in self.messages.items()}, place=self._place,
            user=asked.query.get("as", ""), said=asked.query.get("said", ""),
        )

    def _opened(self, asked: Asked) -> Reply:
        return _see(f"/?channel={quote(asked.query.get('channel', ''))}")

    def _style(self, _asked: Asked) -> Reply:
        return Reply(raw=Path(__file__).with_name("slack_face.css").read_bytes(), headers={"Content-Type": "text/css"})

    def _say(self, asked: Asked) -> Reply:
        form = asked.form()
        user, text = form.get("user", ""), form.get("command") or form.get("text", "")
        if user not in self.users or not self._is_own_page(asked):
            return Reply({"error": "no such member"}, 400)
        try:
            view = self.command(text, user=user)
        except httpx.HTTPError as error:
            return Reply({"error": f"the registry at {self.site} did not answer: {type(error).__name__}"}, 502)
        return _see(f"/views/{view}?as={user}" if view else f"/?as={user}&said={quote(text)}")

    def _dialogue(self, asked: Asked) -> Reply:
        return self._shown(asked.found["view"], asked.query.get("as", ""))

    def _sent(self, asked: Asked) -> Reply:
        form = asked.form()
        view, user = asked.found["view"], form.pop("as", "")
        if view not in self.views or user not in self.users or not self._is_own_page(asked):
            return Reply({"error": "no such dialogue"}, 400)
        try:
            errors = self.submit(view, user=user, filled=form)
        except httpx.HTTPError as error:
            return Reply({"error": f"the registry at {self.site} did not answer: {type(error).__name__}"}, 502)
        return self._shown(view, user, filled=form, errors=errors)

    def _shown(
        self, view: str, user: str, *, filled: dict[str, str] | None = None, errors: dict[str, str] | None = None
    ) -> Reply:
        if view not in self.views:
            return Reply({"error": "no such dialogue"}, 404)
        return self._html(
            "slack_face_view.html", view=self.views[view], user=user, filled=filled, errors=errors or {},
            can_be_filled=_can_be_filled(self.views[view]),
        )

    def _html(self, template: str, **shown: Any) -> Reply:
        html = _pages.get_template(template).render(
            site=self.site, users=list(self.users.values()), commands=COMMANDS, mrkdwn=mrkdwn, named=self._named,
            hour=lambda at: at.astimezone(self._zone).strftime("%m-%d %H:%M:%S"), **shown,
        )
        return Reply(raw=html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def _is_own_page(self, asked: Asked) -> bool:
        """Whether a form was sent by a page of ours, and not by one that happens to be open in the same browser."""
        origin = asked.headers.get("origin", "")
        return not origin or urlsplit(origin).netloc == asked.headers.get("host", "")

    def _place(self, channel_id: str) -> str:
        channel = self.channels[channel_id]
        if channel.get("is_im"):
            return self._named("U" + channel_id[1:])
        return f"#{channel['name']}"

    def _named(self, user: str) -> str:
        return str(self.users[user]["name"]) if user in self.users else ""


def mrkdwn(text: str) -> Markup:
    """A text of Slack's markup as HTML: links, bold, line breaks."""
    said, after = Markup(), 0
    for link in _LINK.finditer(text):
        said += _words(text[after:link.start()])
        address = unescape(link[1])
        said += Markup('<a href="{}">{}</a>').format(address, unescape(link[2] or link[1]))
        after = link.end()
    whole = said + _words(text[after:])
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(whole)))  # noqa: S704 — its parts are escaped above


def _words(text: str) -> Markup:
    return Markup("<br>").join(escape(unescape(line)) for line in text.split("\n"))


def _moment(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _note(message: Fields) -> str:
    """What became of a message since it was posted."""
    return " · ".join([
        *(["改過 edited"] if message.get("edited") else []),
        *(["討論串裡 in a thread"] if message.get("thread_ts") else []),
    ])


def _can_be_filled(view: Fields) -> bool:
    return any(block["type"] == "input" for block in view["blocks"])


def _see(path: str) -> Reply:
    return Reply(raw=b"", status=303, headers={"Location": path})
