"""An address as a picture that a phone can read."""

from io import BytesIO

from markupsafe import Markup


def qr_code(address: str, *, css_class: str = "", is_alone: bool = False) -> Markup:
    """The SVG of an address's QR code, for a page; ``is_alone`` for a file of its own."""
    import segno  # noqa: PLC0415 — few pages show one, and every start would pay for it

    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=1, border=4, omitsize=True, dark="#000", light="#fff", title=address,
        svgclass=css_class or None, lineclass=None, xmldecl=False, svgns=is_alone,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 — segno's own drawing, its title escaped
