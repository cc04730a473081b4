"""Work that a door begins and that may outlast its answer: Slack waits three seconds and no longer."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

MOST_AT_ONCE = 200
_log = logging.getLogger("keng.slack")
Result = TypeVar("Result")


class HeardBefore(Exception):
    """What was asked for is done already."""


class Errands:
    """Keeps what was begun until it is done. What fails is logged, for nobody waits for it."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._running

    @property
    def is_full(self) -> bool:
        """Whether more is under way than a process should begin."""
        return len(self._running) >= MOST_AT_ONCE

    def begin(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Begin something."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._note_end)
        return task

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, HeardBefore):
            _log.error("something that Slack asked for failed", exc_info=error)


async def is_done_within(task: asyncio.Task[Any], seconds: float) -> bool:
    """Whether a task ends in time; it goes on if not."""
    done, _pending = await asyncio.wait({task}, timeout=seconds)
    return bool(done)
