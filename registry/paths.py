"""Where the files shipped beside the code are: next to the package in a checkout, inside it once installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _shipped(name: str) -> Path:
    beside = _PACKAGE.parent / name
    return beside if (_PACKAGE.parent / "pyproject.toml").exists() else _PACKAGE / "_data" / name


TEMPLATES = _shipped("templates")
HANDBOOK = _shipped("handbook")
STATIC = _PACKAGE / "web" / "static"
FONTS = STATIC / "vendor" / "fonts"
LOCALES = _PACKAGE / "web" / "locale"
SAMPLE = _PACKAGE / "exchange" / "sample"
