"""A promise: a check, run as things are, where it must pass, and with a planted fault, where it must fail.

A check that stays green with its fault in place shows nothing, so the suite runs both, each with fixtures of its own.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

FIGURE, PROMISE = "figure", "promise"
Check = Callable[..., Awaitable[str]]
Fault = Callable[[], AbstractContextManager[Any]]


class Broken(AssertionError):
    """What is promised does not hold."""


class Promise(NamedTuple):
    """One line of ``docs/trust.md``; ``number`` is its place there, ``fault`` says what the check must notice."""

    number: int
    sentence: str
    fault: str


PROMISES: list[Promise] = []
"""Each promise whose file has been imported."""


@contextmanager
def promised() -> Iterator[None]:
    """Around the assertions that are the promise; a check's preparation stays outside.

    Raises:
        Broken: one of them fails.
    """
    try:
        yield
    except AssertionError as broken:
        raise Broken(*broken.args) from broken


def promise(number: int, sentence: str, *, fault: str, planted: Fault) -> Callable[[Check], Check]:
    """Make two tests of a check, which gives its figure back and says with ``promised`` what must hold.

    ``fault`` says what is broken while ``planted`` holds. A fault that makes the check stumble elsewhere, or raise
    another error, was not noticed by it: that fails both tests.
    """
    told = Promise(number, sentence, fault)
    PROMISES.append(told)

    def decorate(check: Check) -> Check:
        async def test(record_property: Callable[[str, Any], None], is_planted: bool, **asked: Any) -> None:
            record_property(PROMISE, list(told))
            if not is_planted:
                record_property(FIGURE, await check(**asked))
                return
            with planted(), pytest.raises(Broken):
                await check(**asked)
                pytest.fail(f"the check does not notice its fault: {fault}")

        own = inspect.signature(test).parameters
        named = [own["record_property"], own["is_planted"], *inspect.signature(check).parameters.values()]
        test.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        test.pytestmark = getattr(check, "pytestmark", [])  # type: ignore[attr-defined]
        both = pytest.mark.parametrize("is_planted", [False, True], ids=["as-it-is", "with-its-fault"])
        promising: Check = pytest.mark.promise(both(test))
        return promising

    return decorate


def replaced(target: str, instead: Any) -> Fault:
    """A fault: something of ours, named by its whole path, replaced."""
    return lambda: patch(target, instead)
