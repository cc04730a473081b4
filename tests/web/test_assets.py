"""The stylesheet and the addresses of static files."""

import hashlib
import re
from collections import defaultdict

import tinycss2
from litestar.testing import AsyncTestClient

from registry.paths import STATIC
from registry.web.assets import static_url


async def test_the_one_stylesheet_holds_every_component(client: AsyncTestClient) -> None:
    answer = await client.get(static_url("css/app.css"))

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "@import" not in answer.text
    left_out = {path.name for path in (STATIC / "css").iterdir() if path.read_text() not in answer.text}
    assert left_out == {"app.css", "paper.css"}  # which imports them, and what a PDF is printed with


def test_each_class_is_drawn_by_one_file() -> None:
    drawn_by = defaultdict(set)
    on_screen = {path for path in (STATIC / "css").iterdir() if path.name not in {"paper.css", "print.css"}}
    for path in on_screen:
        for rule in tinycss2.parse_stylesheet(path.read_text()):
            for one in tinycss2.serialize(rule.prelude).split(",") if rule.type == "qualified-rule" else ():
                if re.fullmatch(r"\.[\w-]+", one.strip()):
                    drawn_by[one.strip()].add(path.name)
    assert {one: files for one, files in drawn_by.items() if len(files) > 1} == {}
    assert len(drawn_by) > 300


async def test_the_address_of_the_stylesheet_says_what_is_in_it(client: AsyncTestClient) -> None:
    answer = await client.get(static_url("css/app.css"))

    digest = static_url("css/app.css").partition("?v=")[2]
    assert hashlib.sha256(answer.content).hexdigest()[:12] == digest


async def test_a_file_named_by_its_content_may_be_kept_for_ever_and_no_other(client: AsyncTestClient) -> None:
    for path in ("css/app.css", "img/logo.svg"):
        answers = [await client.get(address) for address in (
            static_url(path), f"/static/{path}", f"/static/{path}?v=000000000000",
        )]
        assert [(answer.status_code, answer.headers["cache-control"]) for answer in answers] == [
            (200, "public, max-age=31536000, immutable"), (200, "private, no-cache"), (200, "private, no-cache"),
        ]
    for missing in ("/static/none.css?v=1", "/static/%2e%2e/app.py?v=1", "/static/../settings.py?v=1"):
        assert (await client.get(missing)).status_code == 404
