"""Citations of case studies, to be taken along."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.cases.citation import citation_bib, citation_cff
from registry.cases.queries import CasePageRow, published_case
from registry.cases.words import no_such_case
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.web.dependencies import InReader
from registry.web.render import SiteContext

AnyRequest = Request[Any, Any, Any]
_TEXT = "text/plain; charset=utf-8"


@get("/cases/{slug:str}/CITATION.cff")
async def case_citation_cff(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The case as ``CITATION.cff``."""
    case, site = await _case(reader, slug), SiteContext(request)
    return _download(citation_cff(case, base_url=site.base_url, community=site.community), "CITATION.cff")


@get("/cases/{slug:str}/citation.bib")
async def case_citation_bib(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The case as a BibTeX entry."""
    case, site = await _case(reader, slug), SiteContext(request)
    return _download(citation_bib(case, base_url=site.base_url, community=site.community), "citation.bib")


CASE_CITATIONS: Sequence[ControllerRouterHandler] = [case_citation_cff, case_citation_bib]


async def _case(reader: Reader, slug: str) -> CasePageRow:
    case = await published_case(reader, slug)
    if case is None:
        raise NotFound(no_such_case())
    return case


def _download(text: str, name: str) -> Response[str]:
    return Response(text, media_type=_TEXT, headers={"Content-Disposition": f'attachment; filename="{name}"'})
