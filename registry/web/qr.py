"""Addresses as drawings that a telephone reads."""

from functools import lru_cache
from io import BytesIO

import segno
from markupsafe import Markup


@lru_cache(maxsize=200)
def qr_code(address: str, *, is_alone: bool = False) -> Markup:
    """An address as SVG, dark on light whatever the colours of the page; ``is_alone`` for a file of its own."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=1, border=4, omitsize=True, dark="#000", light="#fff", title=address,
        svgclass="qr-code", lineclass=None, xmldecl=False, svgns=is_alone,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 — segno escapes the title, the rest are squares
