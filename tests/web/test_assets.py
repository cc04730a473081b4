"""The stylesheet and the addresses of static files."""

import hashlib

from litestar.testing import AsyncTestClient

from registry.paths import STATIC
from registry.web.assets import static_url


async def test_the_one_stylesheet_holds_every_component(client: AsyncTestClient) -> None:
    answer = await client.get(static_url("css/app.css"))

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "@import" not in answer.text
    left_out = [path.name for path in (STATIC / "css").iterdir() if path.read_text() not in answer.text]
    assert left_out == ["app.css"]


async def test_the_address_of_the_stylesheet_says_what_is_in_it(client: AsyncTestClient) -> None:
    answer = await client.get(static_url("css/app.css"))

    digest = static_url("css/app.css").partition("?v=")[2]
    assert hashlib.sha256(answer.content).hexdigest()[:12] == digest
