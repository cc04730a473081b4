"""The three addresses at which Slack knocks: events, commands, interactivity. Signed, heard once, answered in time."""

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

from slack_sdk.signature import Clock, SignatureVerifier

from integrations.slack.blocks import unescaped
from integrations.slack.bot import Bot, Command, Interaction
from integrations.slack.errands import HeardBefore, is_done_within
from integrations.slack.heard import SOURCE, what_to_keep
from registry.database.engine import Database
from registry.hooks.commands import NewDelivery
from registry.hooks.letterbox import Letterbox
from registry.ports import HookAnswer, HookCall

LARGEST_BODY = 1024 * 1024
SECONDS = 2.0
"""Slack gives up after three."""
EVENTS_REMEMBERED = 10_000
REFUSED = HookAnswer(401, {"error": "the signature is not Slack's, or older than five minutes"})
REPLAYED = HookAnswer(409, {"error": "this call was heard before"})
UNREADABLE = HookAnswer(400, {"error": "the body is not what Slack sends here"})
HEARD = HookAnswer(200)
_SIGNATURE = "x-slack-signature"
_SHOWN_ONLY = ("link_shared", "app_home_opened")
"""Events that change nothing here: what is shown then is shown anew by the next one, so that none is kept."""
Result = TypeVar("Result")
Hear = Callable[[HookCall, Database], Awaitable[HookAnswer]]


class Remembered:
    """The last few numbers of events, so that one that comes again is known; a process remembers its own."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[str, None] = OrderedDict()

    def is_known(self, number: str) -> bool:
        """Whether a number came before; from now on it did."""
        is_known = number in self._numbers
        self._numbers[number] = None
        while len(self._numbers) > EVENTS_REMEMBERED:
            self._numbers.popitem(last=False)
        return is_known


class SlackDoor(NamedTuple):
    """One of the addresses; see ``registry.ports.WebhookDoor``. Whoever calls must know the signing secret."""

    path: str
    secret: str
    hear: Hear
    largest_body: int = LARGEST_BODY

    async def answer(self, call: HookCall, database: Database) -> HookAnswer:
        """Look at the signature before anything else; what somebody recorded and sends again is not Slack's."""
        if not is_signed(call, self.secret):
            return REFUSED
        try:
            return await self.hear(call, database)
        except HeardBefore:
            return REPLAYED


class Doors:
    """What the addresses do with a call that is Slack's."""

    def __init__(self, bot: Bot, *, seconds: float = SECONDS) -> None:
        self.bot = bot
        self._seconds = seconds
        self._shown = Remembered()
        self._letterbox = Letterbox(SOURCE)

    def all(self, secret: str) -> tuple[SlackDoor, ...]:
        """The addresses; none without a secret, for then nobody could be believed."""
        if not secret:
            return ()
        return (
            SlackDoor("/hooks/slack/events", secret, self.hear_event),
            SlackDoor("/hooks/slack/commands", secret, self.hear_command),
            SlackDoor("/hooks/slack/interactivity", secret, self.hear_interaction),
        )

    async def hear_event(self, call: HookCall, database: Database) -> HookAnswer:
        """Keep an event that changes the record, once, for the job; show what an event asks to be shown."""
        told = _object(call.body)
        if told is None:
            return UNREADABLE
        if told.get("type") == "url_verification":
            return HookAnswer(200, {"challenge": str(told.get("challenge", ""))})
        event, event_id = told.get("event"), str(told.get("event_id") or "")[:200]
        if not isinstance(event, dict) or not event_id or not self.bot.is_of_ours(told.get("team_id")):
            return HEARD
        if event.get("type") in _SHOWN_ONLY:
            is_again = self._shown.is_known(event_id) or "x-slack-retry-num" in call.headers
            if not is_again and not self.bot.errands.is_full:
                self.bot.errands.begin(self.bot.show(event, database, call.at))
            return HEARD
        kept = what_to_keep(event)
        if kept is None:
            return HEARD
        delivery = NewDelivery(event_id, str(event["type"]), kept, call.at)
        task = self.bot.errands.begin(self._letterbox.keep(delivery, database))
        if await is_done_within(task, self._seconds):
            await task  # what cannot be kept is an error, and Slack tells it again
        return HEARD

    async def hear_command(self, call: HookCall, database: Database) -> HookAnswer:
        """Answer a command at once where that takes no longer than Slack waits; else where it wants late answers."""
        form = _form(call.body)
        if form and form.get("ssl_check"):
            return HEARD
        if form is None or not form.get("user_id"):
            return UNREADABLE
        command = Command(
            text=unescaped(form.get("text", "")), user=form["user_id"], team=form.get("team_id", ""),
            trigger=form.get("trigger_id", ""), response_url=form.get("response_url", ""),
        )
        if self.bot.errands.is_full:
            return HookAnswer(200, self.bot.busy())
        answer = partial(self.bot.answer_command, command, database, call.at)
        task = self.bot.errands.begin(self._once(call, database, answer))
        if await is_done_within(task, self._seconds):
            return HookAnswer(200, task.result())
        self.bot.errands.begin(self.bot.answer_late(command.response_url, task))
        return HEARD

    async def hear_interaction(self, call: HookCall, database: Database) -> HookAnswer:
        """Answer a dialogue that was sent, or begin what a button or shortcut asks for."""
        form = _form(call.body) or {}
        payload = _object(form.get("payload", ""))
        if payload is None:
            return UNREADABLE
        interaction = Interaction(payload)
        if self.bot.errands.is_full:
            return HookAnswer(200, self.bot.too_busy_for(interaction))
        if interaction.kind != "view_submission":
            self.bot.errands.begin(self._once(call, database, partial(self.bot.react, interaction, database, call.at)))
            return HEARD
        taking = partial(self.bot.take_view, interaction, database, call.at)
        task = self.bot.errands.begin(self._once(call, database, taking))
        if await is_done_within(task, self._seconds):
            return HookAnswer(200, task.result().in_time)
        self.bot.errands.begin(self.bot.show_late(interaction, task))
        return HookAnswer(200, self.bot.working_on_it(interaction))

    async def _once(self, call: HookCall, database: Database, work: Callable[[], Awaitable[Result]]) -> Result:
        """Do what a signed call asks for: Slack never repeats one, so another with its signature was recorded.

        What comes over our own connection has no signature, and nobody can send it again.

        Raises:
            HeardBefore: it was done, or is being done, by whichever process.
        """
        signature = call.headers.get(_SIGNATURE)
        if signature and not await self._letterbox.keep(
            NewDelivery(signature, "call", {}, call.at, worked_at=call.at), database
        ):
            raise HeardBefore
        return await work()


def is_signed(call: HookCall, secret: str) -> bool:
    """Whether a call carries Slack's signature of its raw body, made no more than five minutes before it came."""
    verifier = SignatureVerifier(secret, clock=_Moment(call.at))
    try:
        return verifier.is_valid_request(call.body, dict(call.headers))
    # A time that is no number, a signature that is not ASCII, a body that is not UTF-8.
    except (ValueError, TypeError):
        return False


class _Moment(Clock):
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> float:
        return self._at.timestamp()


def _object(text: bytes | str) -> dict[str, Any] | None:
    """What was told; NUL, which no database keeps, is left out, and half a character makes all unreadable."""
    try:
        whole = json.dumps(json.loads(text), ensure_ascii=False)
        whole.encode()
        told = json.loads(whole.replace("\\u0000", ""))
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _form(body: bytes) -> dict[str, str] | None:
    try:
        fields = parse_qs(body.decode(), max_num_fields=100)
        return {name: values[0].replace("\0", "") for name, values in fields.items()}
    except ValueError:
        return None
