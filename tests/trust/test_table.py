"""The page of promises is the suite's, and a fault that nobody notices fails its test."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from tests.trust.promises import Check, promise, promised
from tests.trust.table import TABLE, suite, written


def test_the_page_holds_the_promises_of_the_suite() -> None:
    assert list(written(TABLE.read_text("utf-8"))) == suite(), "run `make trust`"


@pytest.fixture
def with_its_fault(monkeypatch: pytest.MonkeyPatch) -> Callable[[Check], Any]:
    """Runs a check with a fault planted, as the suite does, without a line in it."""
    monkeypatch.setattr("tests.trust.promises.PROMISES", [])
    promises = promise(0, "All is well.", fault="nothing is", planted=nullcontext)

    def run(check: Check) -> Any:
        test: Any = promises(check)
        return test(record_property=lambda *_told: None, is_planted=True)

    return run


async def test_a_check_that_does_not_notice_its_fault_fails(with_its_fault: Callable[[Check], Any]) -> None:
    async def blind() -> str:
        return "nothing was looked at"

    with pytest.raises(pytest.fail.Exception, match="does not notice its fault: nothing is"):
        await with_its_fault(blind)


async def test_what_fails_before_the_promise_is_no_notice_of_a_fault(with_its_fault: Callable[[Check], Any]) -> None:
    async def stumbling() -> str:
        raise AssertionError("nothing to look at")

    async def noticing() -> str:
        with promised():
            raise AssertionError("nothing is well")

    with pytest.raises(AssertionError, match="nothing to look at"):
        await with_its_fault(stumbling)
    await with_its_fault(noticing)
