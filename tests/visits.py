"""A person's browser at a site under test: keeps cookies and sends the forms that its pages hold."""

import re
from functools import cache
from html import unescape
from typing import Any

import httpx
import lxml.html
from httpx import Response
from litestar.testing import AsyncTestClient

BASE = "http://testserver.local"
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


class Visit:
    """A browser of someone. It follows no redirect by itself."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def play(self, part: str) -> "Visit":
        """Sign in as a part of the demo: proposer, owner, organiser or administrator."""
        assert (await self.submit("/sign-in", f"/sign-in/as/{part}")).status_code == 303
        return self

    async def submit(self, page: str, action: str, *, token: str | None = None, **fields: Any) -> Response:
        """Send just ``fields`` to ``action`` with the token of ``page`` (``token`` replaces it)."""
        token = await self.token(page) if token is None else token
        return await self.client.post(action, data={"form_token": token, **fields})

    async def token(self, page: str) -> str:
        """The token of the forms of a page; empty when it has none."""
        found = _TOKEN.search((await self.client.get(page)).text)
        return found[1] if found else ""

    async def fill(self, page: str, action: str, **fields: Any) -> Response:
        """Open ``page``, change ``fields`` of its form ``action`` (none takes one out) and send all of it."""
        return await self.client.post(action, data=filled(await self.client.get(page), action, **fields))

    async def leave(self, provider: str = "github", *, return_path: str = "/") -> str:
        """Begin a sign-in; the provider's address."""
        answer = await self.submit("/sign-in", f"/sign-in/{provider}", **{"return": return_path})
        assert answer.status_code == 303
        return str(answer.headers["location"])

    async def sign_in(self, provider: str = "github", *, return_path: str = "/") -> Response:
        """Sign in at ``provider`` and come back."""
        return await self.client.get(agree(await self.leave(provider, return_path=return_path)))

    async def link(self, provider: str) -> Response:
        """Link an account at ``provider`` and come back."""
        answer = await self.submit("/account", f"/account/link/{provider}")
        return await self.client.get(agree(answer.headers["location"]))

    async def name(self) -> str | None:
        """Whom the site takes this browser's user for; none for a visitor."""
        found = re.search(r'account-menu__name">([^<]*)<', (await self.client.get("/about")).text)
        return unescape(found[1]) if found else None


def visit_to(client: AsyncTestClient[Any]) -> Visit:
    """The first browser at a site."""
    client.follow_redirects = False
    return Visit(client)


def another_visit(client: httpx.AsyncClient) -> Visit:
    """A browser with cookies of its own at the site of ``client``, which may be opened only once."""
    return Visit(httpx.AsyncClient(transport=client._transport, base_url=BASE))


def filled(page: Response, action: str, **fields: Any) -> dict[str, Any]:
    """What the form ``action`` of a page (also one that came back refused) sends, with ``fields`` changed."""
    forms: list[Any] = lxml.html.fromstring(page.text).forms
    form = next((one for one in forms if one.action == action), None)
    assert form is not None, f"no form {action} among {[one.action for one in forms]}"
    for area in form.iter("textarea"):  # a browser drops the line break that stands first
        area.text = (area.text or "").removeprefix("\n")
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return {name: value for name, value in (sent | fields).items() if value is not None}


def agree(authorization_url: str) -> str:
    """Follow a browser to its provider and agree there; the path and query to which it sends the browser back."""
    back = _browser().get(authorization_url).headers["location"]
    assert back.startswith(f"{BASE}/sign-in/")
    return str(back).removeprefix(BASE)


@cache
def _browser() -> httpx.Client:
    """For what lies outside the site: httpx reads all certificates for each client, which takes as long as a page."""
    return httpx.Client(headers={"connection": "close"})
