"""What people send that they should not: hostile markup, texts without end, addresses that mean nothing."""

from typing import Any

import lxml.html
import pytest

from registry.database.engine import Database
from tests.conftest import postgresql_in_trust
from tests.factories import a_project
from tests.visits import Visit

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "![x](x \"onerror=alert(1)\")", "<svg/onload=alert(1)>", "\" autofocus onfocus=alert(1) x=\"",
    "</textarea><script>alert(1)</script>", "<a href='data:text/html,<script>'>x</a>", "{{ 7 * 7 }}", "%(about)s %s",
]


def _dangers(html: str) -> list[str]:
    """What in a page could run a script that is not ours."""
    page: Any = lxml.html.fromstring(html)
    own = [one.get("src", "") for one in page.iter("script") if one.get("type") != "application/ld+json"]
    handlers = [name for one in page.iter() for name in one.attrib if name.startswith("on")]
    addresses = [
        one.get(name) for one in page.iter() for name in ("href", "src", "action")
        if (one.get(name) or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
    ]
    return [one for one in own if not one.startswith("/static/")] + handlers + addresses


async def test_hostile_words_are_shown_as_words_wherever_moderators_read_them(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        await a_project(session, slug="odd", name={"en": HOSTILE[0]}, summary={"en": " ".join(HOSTILE)})
    await visit.play("organiser")
    everything = "\n".join(HOSTILE)
    form = {"reason": "other", "text": everything, "reach": HOSTILE[5]}
    assert (await visit.fill("/report?about=/projects/odd", "/report", **form)).status_code == 303
    await visit.submit("/reports/1", "/reports/1", act="note", note=everything)
    await visit.submit("/reports/1", "/reports/1", act="hide", reason=everything)
    for address in ("/reports", "/reports/1", "/projects/odd", "/moderate?about=/projects/odd", "/audit"):
        answer = await visit.client.get(address)
        assert (answer.status_code, _dangers(answer.text)) == (200, []), address
    said = lxml.html.fromstring((await visit.client.get("/reports/1")).text).text_content()
    assert [one for one in HOSTILE if one not in said] == []
    refused = await visit.submit("/moderate", "/moderate/hide", about="/projects/odd", reason=everything)
    assert (refused.status_code, _dangers(refused.text)) == (409, [])


def test_the_look_for_dangers_finds_some() -> None:
    assert len(_dangers("<p>" + "".join(HOSTILE[:2]) + "<a href='javascript:1'>x</a></p>")) == 3


@postgresql_in_trust
@pytest.mark.parametrize(("address", "status"), [
    ("/reports/99999999999999999999999", 400), ("/reports/0", 400), ("/reports/7", 404), ("/reports?page=2", 404),
    ("/reports?state=%22%3E", 200), ("/moderate?about=" + "x" * 300, 400), ("/moderate?about=/projects/none", 404),
    ("/moderate/people/none", 404), ("/audit?after=9999-12-31T23:59:59%2B00:00~99999999999999999999", 200),
    ("/audit?from=9999-12-31&to=0001-01-01", 200), ("/audit?record=" + "%E5%9D%91" * 60, 200),
])
async def test_an_address_that_means_nothing_is_answered_clearly(visit: Visit, address: str, status: int) -> None:
    await visit.play("organiser")
    answer = await visit.client.get(address, headers={"accept": "text/html"})
    assert answer.status_code == status
    assert "<h1>" in answer.text


@postgresql_in_trust
async def test_a_text_that_cannot_be_kept_or_has_no_end_is_refused(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await a_project(session, slug="odd")
    page = "/report?about=/projects/odd"
    for text, said in (("a\0b", "cannot be kept"), ("x" * 6_000, "Use at most 5000 characters.")):
        answer = await visit.fill(page, "/report", reason="other", text=text)
        assert (answer.status_code, said in answer.text) == (400, True)
    answer = await visit.fill(page, "/report", reason="other", text="x" * 11_000_000)
    assert answer.status_code == 413
