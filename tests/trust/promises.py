"""A promise: a check, run as things are, where it must pass, and with a planted fault, where it must fail.

A check that stays green with its fault in place shows nothing, so the suite runs both, each with fixtures of its own.
"""

# ruff: noqa: E501 — to be wrapped
import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

FIGURE, PROMISE = "figure", "promise"
Check = Callable[..., Awaitable[str]]
Fault = Callable[[], AbstractContextManager[Any]]


class Promise(NamedTuple):
    """One line of ``docs/trust.md``; ``number`` is its place there, ``fault`` says what the check must notice."""

    number: int
    sentence: str
    fault: str


PROMISES: list[Promise] = []
"""Each promise whose file has been imported."""


def promise(number: int, sentence: str, *, fault: str, planted: Fault) -> Callable[[Check], Check]:
    """Make two tests of a check, which gives its figure back and raises an ``AssertionError`` on a broken promise.

    ``fault`` says what is broken while ``planted`` holds. Any other error fails both tests: a fault that merely crashes
    the check was not noticed by it.
    """
    told = Promise(number, sentence, fault)
    PROMISES.append(told)

    def decorate(check: Check) -> Check:
        async def test(
            record_property: Callable[[str, Any], None], is_planted: bool, **asked: Any
        ) -> str:
            with planted() if is_planted else nullcontext():
                try:
                    figure = await check(**asked)
                except AssertionError:
                    if is_planted:
                        return ""
                    raise
            assert not is_planted, f"the check does not notice its fault: {fault}"
            record_property(PROMISE, list(told))
            record_property(FIGURE, figure)
            return figure

        own = inspect.signature(test).parameters
        asked = inspect.signature(check).parameters.values()
        test.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
            *(own[name] for name in ("record_property", "is_planted")), *asked,
        ])
        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        test.pytestmark = getattr(check, "pytestmark", [])  # type: ignore[attr-defined]
        return pytest.mark.promise(pytest.mark.parametrize("is_planted", [False, True], ids=["as-it-is", "with-its-fault"])(test))

    return decorate


def replaced(target: str, instead: Any) -> Fault:
    """A fault: something of ours, named by its whole path, replaced."""
    return lambda: patch(target, instead)
