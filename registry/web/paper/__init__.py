"""Pages as PDF. Whether this machine can make any: WeasyPrint needs libraries of the system that pip cannot bring."""

import ctypes
import sys
from functools import cache

HOW_TO_INSTALL = (
    "Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango."
)
_LIBRARIES = ("gobject-2.0", "pango-1.0", "pangoft2-1.0", "harfbuzz", "fontconfig")
_NAMES = {
    "darwin": ("lib{}.0.dylib", "lib{}.dylib", "lib{}.1.dylib"),
    "win32": ("lib{}-0.dll", "lib{}-1.dll"),
    "linux": ("lib{}.so.0", "lib{}.so.1"),
}


@cache
def missing_libraries() -> tuple[str, ...]:
    """The libraries of the system that are not there, without which no PDF is made."""
    names = _NAMES.get(sys.platform, _NAMES["linux"])
    return tuple(one for one in _LIBRARIES if not any(_is_there(name.format(one)) for name in names))


def _is_there(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
