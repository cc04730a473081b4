"""Requests that hold what nobody else may read, one of which fails, and what is written and shown of them."""

import io
import json
from typing import Any, NamedTuple

from litestar.testing import AsyncTestClient

from tests.web.test_request_log import BROKEN, CANARIES

_NUMBER = "proxy-number-1"


class Told(NamedTuple):
    """How many lines of the log came of them, the line of the failure, and the page that its visitor got."""

    lines: int
    failure: dict[str, Any]
    page: str

    def helps(self) -> bool:
        """Whether somebody who mends it learns what failed, where, and which report is whose."""
        error = self.failure["error"]
        is_placed = "tests/web/test_request_log.py" in error[1] + error[-1]
        return (error[0], error.count("KeyError"), is_placed, _NUMBER in self.page) == ("ValueError", 1, True, True)


async def three_requests(site: AsyncTestClient[Any], written: io.StringIO) -> Told:
    """One that fails, one that is refused and one that is answered; each line says which request it is about."""
    mail, token, question, machine, cookie, _page = CANARIES
    told: dict[str, Any] = {
        "headers": {"Authorization": f"Bearer {token}", "X-Forwarded-For": machine, "From": mail,
                    "Cookie": f"keng_session={cookie}", "X-Request-Id": _NUMBER},
        "params": {"q": question, "mail": mail},
    }
    answers = [
        await site.get(BROKEN, **told), await site.post("/canary-test", data={"mail": mail}, **told),
        await site.get("/search", **told),
    ]
    assert [one.status_code for one in answers] == [500, 403, 200]
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    failed, noted, changed = [one for one in lines if one["logger"].startswith("keng.")]
    assert {one["request"] for one in (failed, noted, changed)} == {_NUMBER}
    assert failed["message"] == f"GET /canary-test/{{slug}} failed, report {_NUMBER}"
    assert (noted["route"], noted["status"]) == ("/canary-test/{slug}", 500)
    assert (changed["method"], changed["route"], changed["status"]) == ("POST", "/canary-test", 403)
    assert any(one["message"].startswith("said by test_request_log") for one in lines)
    return Told(len(lines), failed, answers[0].text)
