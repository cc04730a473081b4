"""Static files: served with their content's hash in the address, so that browsers may keep them for ever."""

import hashlib
import re
from functools import cache

from litestar import MediaType, get

from registry.paths import STATIC

STYLESHEET = "css/app.css"
LICENCES_OF_ASSETS = (
    ("@fontsource-variable/noto-emoji", "OFL-1.1", "https://fonts.google.com/noto"),
    ("@fontsource-variable/noto-sans-tc", "OFL-1.1", "https://fonts.google.com/noto"),
    ("htmx", "0BSD", "https://htmx.org"),
    ("modern-normalize", "MIT", "https://github.com/sindresorhus/modern-normalize"),
)
"""What of others our pages and pictures show (``package.json``), under which licence, and where it lives."""
_IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>\w+)\)(?: (?P<media>\w+))?;')


@cache
def static_url(path: str) -> str:
    """The address of a file below ``registry/web/static``.

    Raises:
        FileNotFoundError: there is no such file; run ``make setup`` for those that come from npm.

    """
    content = stylesheet().encode() if path == STYLESHEET else (STATIC / path).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:12]}"


def is_named_by_content(path: str, query: bytes) -> bool:
    """Whether an address of a file that exists is the one ``static_url`` gives for its content now."""
    return path.startswith("/static/") and query.startswith(b"v=") and (
        static_url(path.removeprefix("/static/")) == f"{path}?{query.decode('latin-1')}"
    )


@cache
def stylesheet() -> str:
    """The site's style as one text: the file of imports with each import replaced by what it names.

    Raises:
        FileNotFoundError: as ``static_url``.

    """

    def imported(match: re.Match[str]) -> str:
        rules = ((STATIC / STYLESHEET).parent / match["path"]).read_text(encoding="utf-8")
        layer = f"@layer {match['layer']} {{\n{rules}}}"
        return f"@media {match['media']} {{\n{layer}\n}}" if match["media"] else layer

    return _IMPORT.sub(imported, (STATIC / STYLESHEET).read_text(encoding="utf-8"))


@get(f"/static/{STYLESHEET}", media_type=MediaType.CSS, sync_to_thread=False)
def stylesheet_file() -> str:
    """One request instead of one for each component."""
    return stylesheet()
