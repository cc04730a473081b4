"""The stage as its pages show it: what stands on the clock, and the parts of pages that change by themselves."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request
from litestar.response import ServerSentEvent

from registry.database.engine import Database, Reader
from registry.errors import NotFound
from registry.programme.queries import ClockRow, SlotRow, Stage
from registry.programme.rules import (
    ClockState,
    Signal,
    StageSession,
    clock_face,
    seconds_left,
    signal_at,
    title_size,
)
from registry.programme.words import session_name, slot_state_name
from registry.settings import Settings
from registry.web.i18n import current_language, languages
from registry.web.i18n import gettext as _
from registry.web.live import live_answer
from registry.web.qr_code import qr_code
from registry.web.templates import render_template

AnyRequest = Request[Any, Any, Any]


class ClockShown(msgspec.Struct, frozen=True):
    """A clock as it is drawn; browsers go on counting from ``seconds`` at ``counted_from``."""

    state: ClockState
    seconds: int
    counted_from: datetime | None
    face: str
    signal: Signal


def shown_clock(row: ClockRow | None, now: datetime | None) -> ClockShown | None:
    """What stands on a clock at ``now``; without one, what stood on it when it was started.

    A part that is drawn for many readers at once must not depend on the moment.
    """
    if row is None:
        return None
    left = seconds_left(row.clock, now=now or row.counted_from or row.updated_at)
    return ClockShown(row.state, row.seconds_left, row.counted_from, clock_face(left), signal_at(left))


def stage_context(stage: Stage, part: StageSession | None, *, now: datetime | None = None) -> dict[str, Any]:
    """What the parts of the stage's pages are drawn from; without a ``part``, the session that is on."""
    part = part or stage.current
    return {
        "event": stage, "part": part, "part_name": session_name(part), "slots": stage.slots_of(part),
        "on_stage": stage.on_stage(part), "waiting": stage.waiting(part), "state_name": slot_state_name,
        "clock": shown_clock(stage.clock_of(part), now),
    }


def screen_context(stage: Stage, base_url: str, *, now: datetime | None = None) -> dict[str, Any]:
    """What the screen beside the stage is drawn from: of the session that is on."""
    context = stage_context(stage, None, now=now)
    slot: SlotRow | None = context["on_stage"]
    titles = in_both_languages(slot) if slot else []
    address = f"{base_url}/projects/{slot.project_slug}" if slot and slot.project_slug else ""
    return context | {
        "titles": titles, "title_size": title_size(titles[0][1]) if titles else "s",
        "qr": qr_code(address, css_class="pitch-screen__code") if address else None,
    }


def in_both_languages(slot: SlotRow) -> list[tuple[str, str]]:
    """A slot's title as (language tag, text), the reader's language first."""
    tags = dict.fromkeys([current_language(), *languages(), *slot.title])
    return [(tag, slot.title[tag]) for tag in tags if slot.title.get(tag)]


def part_named(name: str | None) -> StageSession:
    """The session that an address names.

    Raises:
        NotFound: there is none of that name.
    """
    if name not in set(StageSession):
        raise NotFound(_("There is no such part of the stage. Choose pitches, short talks or demos."))
    return StageSession(name)


async def live_part(
    request: AnyRequest, topic: tuple[str, ...], template: str, context: Callable[[Reader], Awaitable[dict[str, Any]]]
) -> ServerSentEvent:
    """A stream of a part of a page, drawn from what ``context`` reads.

    Raises:
        NotFound: there is nothing to draw.
    """
    database: Database = request.app.state.database

    async def draw() -> str:
        async with database.reading() as reader:
            return render_template(template, **await context(reader))

    await draw()  # a stream that has begun cannot say that there is no such event
    return live_answer(request, topic, draw)


def base_url(request: AnyRequest) -> str:
    """The public address of the installation."""
    settings: Settings = request.app.state.settings
    return settings.base_url
