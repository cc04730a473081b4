"""What a guest takes along: the QR code that the door reads."""

from io import BytesIO
from urllib.parse import urlencode

from registry.addresses import percent_encoded


def door_address(base_url: str, event_slug: str, code: str) -> str:
    """The address in a guest's QR code: any phone's camera opens their entry at the door."""
    return f"{base_url}{percent_encoded(f'/events/{event_slug}/door')}?{urlencode({'code': code})}"


def qr_picture(address: str) -> bytes:
    """A QR code as an SVG document, black on white also where the page is dark."""
    import segno  # noqa: PLC0415 — few answers need it, and every start would pay for it

    picture = BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", border=3, light="#fff", scale=4)
    return picture.getvalue()


def qr_drawing(address: str) -> str:
    """A QR code as markup to stand inside a page."""
    import segno  # noqa: PLC0415 — as above

    drawing: str = segno.make_qr(address, error="m").svg_inline(border=0, omitsize=True, svgclass="badge__code")
    return drawing
