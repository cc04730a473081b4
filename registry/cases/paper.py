"""A case study as a PDF, to be kept, printed and sent on."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath

from registry.addresses import percent_encoded
from registry.cases.pages import axis_words, section_words
from registry.cases.queries import published_case
from registry.cases.words import no_such_case
from registry.errors import NotFound
from registry.web.dependencies import InReader
from registry.web.i18n import current_language
from registry.web.paper.press import Press
from registry.web.render import SiteContext
from registry.web.templates import render_template


@get("/cases/{slug:str}/case.pdf")
async def case_pdf(request: Request[Any, Any, Any], reader: InReader, slug: FromPath[str]) -> Response[bytes]:
    """The newest version of a published case study in the reader's language."""
    case = await published_case(reader, slug)
    if case is None:
        raise NotFound(no_such_case())
    site = SiteContext(request)
    press: Press = request.app.state.press
    address = percent_encoded(site.base_url + case.url)
    html = render_template(
        "cases/paper.html", case=case, content=case.content, site=site, language=current_language(), address=address,
        case_sections=section_words(), **axis_words(),
    )
    name = quote(f"{case.slug}-{current_language()}.pdf", safe="")
    return Response(
        await press.printed(html, address=address), media_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )
