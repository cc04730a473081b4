"""QR codes as pictures to stand in a page or alone."""

from io import BytesIO

import segno


def qr_code(address: str, *, is_alone: bool = False) -> str:
    """An address as SVG, black on white with its quiet zone; ``is_alone`` makes it a file of its own."""
    code = segno.make(address, error="m", micro=False)
    drawn = BytesIO()
    code.save(
        drawn, kind="svg", scale=1, border=4, omitsize=True, dark="#000", light="#fff", title=address,
        svgclass="poster__code", lineclass=None, xmldecl=False, svgns=is_alone,
    )
    return drawn.getvalue().decode()
