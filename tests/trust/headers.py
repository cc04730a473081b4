"""What every answer must tell a browser."""

import re
from collections.abc import Mapping

from registry.settings import Mode

STRANGE_ADDRESSES = ["/livez", "/no-such-page", "/?q=%00", "/projects/", "/api/v1/none", "/static/none.js"]
_OPEN_TO_FRAMES = re.compile(r"/projects/[^/]+/card")
_POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'", "font-src": "'self'",
    "connect-src": "'self'",
}
_REFERRERS = ("strict-origin-when-cross-origin", "same-origin", "no-referrer")


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
