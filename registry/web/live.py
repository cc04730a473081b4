"""Pages that change by themselves: what is drawn anew is sent to every open browser, whichever process wrote it.

One task a process asks for the data version (`registry.database.version`) four times a second while anybody follows
something. When it is another one, each topic is drawn once and sent to all its followers where it differs. So nothing
need be told who writes: another process, a job or the command line reach every browser alike.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from typing import Any

from litestar import Request
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from sqlalchemy.exc import SQLAlchemyError

from registry.database.version import DataVersion
from registry.errors import Busy, RegistryError
from registry.web import i18n

PULSE_SECONDS = 0.25
STREAM_SECONDS = 55.0
"""A stream ends after this long and the browser opens the next: what hung is gone, and a server can stop."""
HEARTBEAT_SECONDS = 15.0
RECONNECT_MILLISECONDS = 1_000
MOST_FOLLOWERS = 2_000

_log = logging.getLogger("keng.web")
Draw = Callable[[], Awaitable[str]]


class Live:
    """The topics that browsers of this process follow."""

    def __init__(self, version: DataVersion) -> None:
        self._version = version
        self._topics: dict[Hashable, _Topic] = {}
        self._pulse: asyncio.Task[None] | None = None

    async def follow(self, topic: Hashable, draw: Draw) -> AsyncIterator[str]:
        """What ``draw`` gives now, then each time that it gives something else; nothing (``""``) as a sign of life.

        Followers of one topic in one language share one drawing: ``draw`` must not depend on who follows.

        Raises:
            Busy: this process has as many followers as it can serve; asking for the page again and again works too.
        """
        if sum(one.followers for one in self._topics.values()) >= MOST_FOLLOWERS:
            raise Busy(i18n.gettext("Too many screens follow this at once. Reload the page to see what is new."))
        key = (topic, i18n.current_language())
        followed = self._topics.setdefault(key, _Topic(draw, i18n.current_language()))
        followed.followers += 1
        self._start()
        try:
            async for drawn in followed.drawings():
                yield drawn
        finally:
            followed.followers -= 1
            if not followed.followers:
                self._topics.pop(key, None)

    async def close(self) -> None:
        """End every stream."""
        if self._pulse:
            self._pulse.cancel()
        for topic in self._topics.values():
            await topic.end()

    def _start(self) -> None:
        if self._pulse is None or self._pulse.done():
            self._pulse = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        held: Hashable = None
        while self._topics:
            version = await self._version.current()
            if version is None or version != held:
                held = version
                for topic in list(self._topics.values()):
                    await topic.refresh()
            await asyncio.sleep(PULSE_SECONDS)


class _Topic:
    """One thing that is followed, in one language."""

    def __init__(self, draw: Draw, language: str) -> None:
        self.followers = 0
        self._draw = draw
        self._language = language
        self._drawn: str | None = None
        self._is_over = False
        self._changed = asyncio.Condition()

    async def refresh(self) -> None:
        """Draw anew and wake the followers where it differs; let them go where there is nothing to draw any more."""
        i18n.speak(self._language)
        try:
            drawn = await self._draw()
        except SQLAlchemyError:
            _log.exception("a live page could not be drawn; the next pulse tries again")
            return
        except RegistryError:
            await self.end()
            return
        async with self._changed:
            if drawn != self._drawn:
                self._drawn = drawn
                self._changed.notify_all()

    async def end(self) -> None:
        """Let every follower go."""
        async with self._changed:
            self._is_over = True
            self._changed.notify_all()

    async def drawings(self) -> AsyncIterator[str]:
        """Each drawing once, for as long as a stream lasts."""
        if self._drawn is None:
            await self.refresh()
        seen: str | None = None
        deadline = asyncio.get_running_loop().time() + STREAM_SECONDS
        while not self._is_over and (left := deadline - asyncio.get_running_loop().time()) > 0:
            if self._drawn is not None and self._drawn != seen:
                seen = self._drawn
                yield seen
            elif not await self._changes_within(seen, min(left, HEARTBEAT_SECONDS)):
                yield ""

    async def _changes_within(self, seen: str | None, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._is_over or self._drawn != seen)
        except TimeoutError:
            return False
        return True


def live_answer(request: Request[Any, Any, Any], topic: Hashable, draw: Draw) -> ServerSentEvent:
    """A stream of drawings for `static/js/live.js`, which puts each into the element that names its address."""
    live: Live = request.app.state.live

    async def messages() -> AsyncIterator[ServerSentEventMessage]:
        async for drawn in live.follow(topic, draw):
            yield ServerSentEventMessage(data=drawn or None, comment=None if drawn else "still here")

    return ServerSentEvent(
        messages(), retry_duration=RECONNECT_MILLISECONDS,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
