"""A fault that nobody notices fails its test."""

from contextlib import nullcontext

import pytest

from tests.trust.promises import promise


async def test_a_check_that_does_not_notice_its_fault_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.trust.promises.PROMISES", [])

    async def blind() -> str:
        return "nothing was looked at"

    test = promise(0, "All is well.", fault="nothing is", planted=nullcontext)(blind)
    with pytest.raises(AssertionError, match="does not notice its fault: nothing is"):
        await test(record_property=lambda *_told: None, is_planted=True)  # type: ignore[call-arg]
