"""The page of promises is the suite's, and a fault that nobody notices fails."""

from contextlib import nullcontext

import pytest

from tests.trust import test_security, test_use  # noqa: F401 — each brings its promises
from tests.trust.promises import PROMISES, promise
from tests.trust.table import TABLE, written


def test_the_page_holds_the_promises_of_the_suite() -> None:
    assert list(written(TABLE.read_text())) == sorted((one.number, one.sentence) for one in PROMISES)


async def test_a_check_that_does_not_notice_its_fault_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.trust.promises.PROMISES", [])

    async def blind() -> str:
        return "nothing was looked at"

    test = promise(0, "All is well.", fault="nothing is", planted=nullcontext)(blind)
    with pytest.raises(AssertionError, match="does not notice its fault: nothing is"):
        await test(record_property=lambda *_told: None, is_planted=True)  # type: ignore[call-arg]
