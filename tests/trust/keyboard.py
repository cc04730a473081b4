"""A person without a mouse: whatever a journey clicks, fills or chooses is reached by Tab and used by keys."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from playwright.async_api import Locator

MOST_TABS = 600
_IS_REACHED = "element => element === document.activeElement"
_HAS_CHOSEN = "(select, wish) => [select.value, select.selectedOptions[0]?.label].includes(wish)"


@contextmanager
def by_keyboard() -> Iterator[None]:
    """Meanwhile every browser of a test is used without a mouse."""
    with ExitStack() as patches:
        for name, instead in (
            ("click", _press_enter), ("tap", _press_enter), ("fill", _write), ("press_sequentially", _type),
            ("check", _tick), ("select_option", _choose), ("press", _press), ("focus", _reach),
        ):
            patches.enter_context(patch.object(Locator, name, instead))
        yield


async def _reach(self: Locator, **_options: Any) -> None:
    """Press Tab until the element has the focus.

    Raises:
        AssertionError: it never has.
    """
    await self.wait_for(state="visible")
    for _tab in range(MOST_TABS):
        if await self.evaluate(_IS_REACHED):
            return
        await self.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {self}")


async def _press_enter(self: Locator, **_options: Any) -> None:
    await _press(self, "Enter")


async def _press(self: Locator, key: str, **_options: Any) -> None:
    await _reach(self)
    await self.page.keyboard.press(key)


async def _write(self: Locator, value: str, **_options: Any) -> None:
    await _press(self, "Control+A")
    await self.page.keyboard.press("Delete")
    await self.page.keyboard.insert_text(value)  # as an input method for Chinese does


async def _type(self: Locator, text: str, **_options: Any) -> None:
    await _reach(self)
    await self.page.keyboard.type(text)


async def _tick(self: Locator, **_options: Any) -> None:
    if not await self.is_checked():
        await _press(self, "Space")


async def _choose(self: Locator, value: str = "", *, label: str = "", **_options: Any) -> None:
    await _press(self, "Home")
    for _step in range(await self.locator("option").count()):
        if await self.evaluate(_HAS_CHOSEN, label or value):
            return
        await self.page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach {label or value} in {self}")
