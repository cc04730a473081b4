"""A fault planted between the live server, which is a process of its own, and the browsers that look at it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from playwright.async_api import BrowserContext, Route

_planted: list[tuple[re.Pattern[str], str]] = []


def altered(line: str, instead: str) -> Callable[[], AbstractContextManager[None]]:
    """A fault: where the pages and styles of the site hold ``line`` (a regular expression), something else stands."""

    @contextmanager
    def planted() -> Iterator[None]:
        _planted.append((re.compile(line), instead))
        try:
            yield
        finally:
            _planted.pop()

    return planted


async def plant(context: BrowserContext) -> None:
    """Let a new browser see the site with the faults that are planted now."""
    if _planted:
        await context.route("**/*", _alter)


async def _alter(route: Route) -> None:
    request = route.request
    if request.method != "GET" or request.resource_type not in {"document", "stylesheet"}:
        await route.fallback()
        return
    response = await route.fetch(max_redirects=0)
    text = await response.text()
    for line, instead in _planted:
        text = line.sub(instead, text)
    await route.fulfill(response=response, body=text)
