"""A case study's picture in chats and on social sites."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.cases.queries import CasePageRow, published_case
from registry.cases.words import no_such_case
from registry.errors import NotFound
from registry.web.cards import Card
from registry.web.cards.kept import answer_card
from registry.web.dependencies import InReader
from registry.web.i18n import format_day, plain
from registry.web.i18n import gettext as _


def case_share_card(case: CasePageRow) -> Card:
    """Its title and sentence, the project, who wrote it, and when it was first published."""
    written_by = _(", ").join([*(one.name for one in case.writers), *case.content.credits])
    return Card(
        kind=f"{_('Case study')} · {plain(case.project_name)}", title=plain(case.content.title),
        summary=plain(case.content.summary),
        facts=tuple(filter(None, [format_day(case.published_at.date()), written_by])),
    )


@get("/cases/{slug:str}/card.png")
async def case_share_picture(request: Request[Any, Any, Any], reader: InReader, slug: FromPath[str]) -> Response[bytes]:
    """The card of a published case study."""
    case = await published_case(reader, slug)
    if case is None:
        raise NotFound(no_such_case())
    return await answer_card(request, case_share_card(case))


CASE_SHARING: Sequence[ControllerRouterHandler] = [case_share_picture]
