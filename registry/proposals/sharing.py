"""Sharing a pitch: a poster to print with a QR code that leads to its page."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from registry.addresses import percent_encoded
from registry.errors import NotFound
from registry.proposals.queries import is_public_proposal, proposal_by_slug
from registry.web.dependencies import InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.qr_code import qr_code
from registry.web.render import PageHead, SiteContext, render


@get("/proposals/{slug:str}/poster")
async def poster_page(request: Request[Any, Any, Any], reader: InReader, slug: FromPath[str]) -> Response[str]:
    """A sheet of A4: title in every language, sentence, whom it looks for, and the code."""
    pitch = await proposal_by_slug(reader, slug)
    if pitch is None:
        raise NotFound(_("There is no such pitch. It may have another address, or was taken out of the record."))
    address = f"{SiteContext(request).base_url}/proposals/{pitch.slug}"
    return render(
        request, "proposals/poster.html", pitch=pitch, address=address,
        code=qr_code(percent_encoded(address), css_class="poster__code"),
        page=PageHead(title=_("Poster: %(title)s") % {"title": plain(pitch.title)}, is_indexed=False),
    )


@get("/proposals/{slug:str}/qr.svg", media_type="image/svg+xml")
async def qr_picture(request: Request[Any, Any, Any], reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The code alone, to put on a slide."""
    if not await is_public_proposal(reader, slug):
        raise NotFound(_("There is no such pitch. It may have another address, or was taken out of the record."))
    address = percent_encoded(f"{SiteContext(request).base_url}/proposals/{slug}")
    return Response(str(qr_code(address, css_class="poster__code", is_alone=True)), media_type="image/svg+xml")
