"""Calls at the doors of GitHub and Slack by people who do not know the secret: a right one, changed in one place."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from pydantic import SecretStr
from sqlalchemy import func, select

from registry.database.base import Base
from registry.database.engine import Database
from registry.hooks.commands import NewDelivery
from registry.hooks.letterbox import Letterbox
from registry.ports import HookCall, WebhookDoor, Workplace, connect
from registry.settings import Settings
from tests.fakes.slack import TEAM_ID
from tests.fakes.slack_sender import SIGNING_SECRET, signature_of
from tests.integrations.github.test_webhooks import SECRET, signed, told

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
AT = int(NOW.timestamp())
SECRETS = {
    "github_webhook_secret": SecretStr(SECRET), "slack_signing_secret": SecretStr(SIGNING_SECRET),
    "slack_team_id": TEAM_ID,
}
TIME, SIGNATURES = "x-slack-request-timestamp", ("x-hub-signature-256", "x-slack-signature")
BODIES = {
    "/hooks/github": json.dumps(told("renamed", minutes=1, full_name="g0v/taxes")).encode(),
    "/hooks/slack/events": json.dumps({"type": "event_callback", "event_id": "Ev1", "team_id": TEAM_ID, "event": {
        "type": "channel_created", "channel": {"id": "C7", "name": "edu", "created": 1},
    }}).encode(),
    "/hooks/slack/commands": urlencode({"command": "/keng", "text": "help", "user_id": "U1"}).encode(),
    "/hooks/slack/interactivity": urlencode({"payload": json.dumps({"type": "view_submission"})}).encode(),
}
_STRANGE = ["", "v0=", "sha256=", "sha1=0", "é", "0" * 64, "null", "v0=" + "0" * 64, "sha256=" + "0" * 64]
_TIMES = ["", "0", "soon", "nan", "inf", "-1", f"{AT}.0", f" {AT}", f"+{AT}", f"{AT + 1}", f"{AT - 1}", f"{AT:_}"]
Chance = random.Random


def listening(settings: Settings) -> Settings:
    """Settings of an installation that knows both secrets."""
    return settings.model_copy(update=SECRETS)


def doors(settings: Settings) -> dict[str, WebhookDoor]:
    """Every door of it, by its address."""
    found = {door.path: door for door in connect(listening(settings)).hooks}
    assert set(found) == set(BODIES)
    return found


def right_call(path: str, *, at: int = AT, secret: str = "") -> HookCall:
    """What the system behind a door sends to it at ``NOW``, signed at another second or with another secret."""
    body = BODIES[path]
    headers = signed(body, secret=secret or SECRET) if path == "/hooks/github" else {
        name.lower(): text for name, text in signature_of(body, secret=secret or SIGNING_SECRET, at=at).items()
    }
    return HookCall(body, headers, NOW)


async def told_at_two_servers(settings: Settings, database: Database, *, times: int) -> dict[str, Counter[int]]:
    """What each door answers when one call comes so many times at once, half of them at another server."""
    other = Database(settings)
    servers = [(database, doors(settings)), (other, doors(settings))]
    answers = {path: await asyncio.gather(*(
        doors[path].answer(right_call(path), its_own)
        for _time in range(times // len(servers)) for its_own, doors in servers
    )) for path in BODIES}
    await other.close()
    return {path: Counter(one.status for one in some) for path, some in answers.items()}


async def effects(settings: Settings, database: Database, models: Sequence[type[Base]]) -> list[int]:
    """How many rows each table has, once the jobs have worked on what the doors kept."""
    workplace = Workplace(listening(settings), database, lambda: NOW)
    for job in connect(workplace.settings).jobs:
        if job.name in {"work on what GitHub told", "hear what Slack told"}:
            await job.work(workplace, NOW)
    async with database.reading() as reader:
        return [await reader.scalar(select(func.count()).select_from(model)) or 0 for model in models]


async def remembered_here(letterbox: Letterbox, delivery: NewDelivery, _database: Database) -> bool:
    """A fault: a letterbox that keeps nothing in the database, and knows again what came to itself alone."""
    known: set[str] = vars(letterbox).setdefault("known", set())
    is_new = delivery.delivery_id not in known
    known.add(delivery.delivery_id)
    return is_new


def forgeries(path: str, count: int) -> Iterator[HookCall]:
    """So many calls at a door, each different from the right one in its body, its signature or its time."""
    chance, right = random.Random(path), right_call(path)  # noqa: S311 — to choose examples, the same each time
    changes = [_other_body, _other_signature, _other_time] if TIME in right.headers else [_other_body, _other_signature]
    for number in range(count):
        forged = changes[number % len(changes)](path, right, chance)
        assert (forged.body, forged.headers) != (right.body, right.headers)
        yield forged


def _other_body(_path: str, right: HookCall, chance: Chance) -> HookCall:
    body, place, byte = bytearray(right.body), chance.randrange(len(right.body)), chance.randrange(256)
    changes: list[Callable[[], object]] = [
        lambda: body.__setitem__(place, body[place] ^ 1 << byte % 8), lambda: body.insert(place, byte),
        lambda: body.pop(place), lambda: body.append(byte), lambda: body.__delitem__(slice(place, None)),
        lambda: body.extend(right.body), lambda: body.insert(0, byte),
    ]
    chance.choice(changes)()
    return HookCall(bytes(body), right.headers, right.at)


def _other_signature(path: str, right: HookCall, chance: Chance) -> HookCall:
    name = next(name for name in SIGNATURES if name in right.headers)
    given = right.headers[name]
    place = chance.randrange(len(given))
    other_digit = chance.choice([digit for digit in "0123456789abcdefé" if digit != given[place]])
    foreign = right_call(path, secret=f"{chance.random()}").headers[name]
    text = chance.choice([
        given[:place] + other_digit + given[place + 1:], given[:place], given + other_digit, foreign,
        given.upper(), f" {given}", given.partition("=")[2], f"{given},{given}", chance.choice(_STRANGE), None,
    ])
    headers = {key: value for key, value in right.headers.items() if key != name}
    return HookCall(right.body, headers if text is None else {**headers, name: text}, right.at)


def _other_time(path: str, right: HookCall, chance: Chance) -> HookCall:
    away = chance.choice([-1, 1]) * chance.choice([301, 302, 3_600, 86_400, chance.randrange(301, 10**9)])
    if chance.random() < 0.5:  # signed as it should be, but then
        return right_call(path, at=AT - away)
    text = chance.choice([*_TIMES, f"{AT + away}", None])
    headers = {key: value for key, value in right.headers.items() if key != TIME}
    return HookCall(right.body, headers if text is None else {**headers, TIME: text}, right.at)
