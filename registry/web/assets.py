"""Static files: served with their content's hash in the address, so that browsers may keep them for ever."""

import hashlib
from functools import cache

from registry.paths import STATIC


@cache
def static_url(path: str) -> str:
    """The address of a file below ``registry/web/static``.

    Raises:
        FileNotFoundError: there is no such file; run ``make setup`` for those that come from npm.

    """
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"
