"""What every answer must tell a browser."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from httpx import Cookies

from registry.settings import Mode, Settings
from tests.trust.sites import pages_of, site_of

_STRANGE = ["/livez", "/no-such-page", "/?q=%00", "/projects/", "/api/v1/none", "/static/none.js"]
_OPEN_TO_FRAMES = re.compile(r"/projects/[^/]+/card")
_POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'", "font-src": "'self'",
    "connect-src": "'self'",
}
_REFERRERS = ("strict-origin-when-cross-origin", "same-origin", "no-referrer")


class Answer(NamedTuple):
    """What lacks something in the headers of an answer."""

    mode: Mode
    page: str
    amiss: list[str]


async def headers_of_all(settings: Settings, mode: Mode, cookies: Cookies) -> list[Answer]:
    """The answer to each address of an application in this mode, and to addresses that are none, for a browser."""
    async with site_of(settings.model_copy(update={"mode": mode})) as visit:
        visit.client.cookies = cookies
        pages = [*pages_of(visit), *_STRANGE]
        return [
            Answer(mode, page, headers_amiss(page, (await visit.client.get(page)).headers, mode)) for page in pages
        ]


def headers_amiss(path: str, headers: Mapping[str, str], mode: Mode) -> list[str]:
    """The headers of an answer that lack something, with what they say."""
    policy = dict(rule.split(" ", 1) for rule in headers.get("content-security-policy", "none at-all").split("; "))
    frames = "*" if _OPEN_TO_FRAMES.fullmatch(path) else "'none'"
    right = {
        "content-security-policy": {**policy, **_POLICY, "frame-ancestors": frames} == policy
        and policy["form-action"].startswith("'self'") and "unsafe" not in headers["content-security-policy"],
        "x-content-type-options": headers.get("x-content-type-options") == "nosniff",
        "referrer-policy": headers.get("referrer-policy") in _REFERRERS,
        "cross-origin-opener-policy": headers.get("cross-origin-opener-policy") == "same-origin",
        "strict-transport-security": headers.get("strict-transport-security") == (
            "max-age=31536000" if mode is Mode.PRODUCTION else None
        ),
    }
    return [f"{name}: {headers.get(name)}" for name, is_right in right.items() if not is_right]
