"""The pages that only the static edition has; routes of an application that writes one, never of one that serves."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.rules import Permission
from registry.edition.queries import count_found, found_of_kind
from registry.edition.rules import LISTED, NOT_FOUND, ONLY_LIVE, SEARCH, Address, file_of, way_up
from registry.errors import NotFound
from registry.search.rules import SEARCHED
from registry.search.words import kind_name, kinds_name
from registry.web.dependencies import InReader
from registry.web.i18n import current_language, languages, plain
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render

ROWS_A_PAGE = 1_000


class ListedRecord(msgspec.Struct, frozen=True):
    """A line of a list of everything."""

    name: str
    url: str
    dated_on: date | None


class ListedKind(msgspec.Struct, frozen=True):
    """A kind of record with its list and how long it is."""

    key: str
    one: str
    name: str
    url: str
    count: int


@get(SEARCH)
async def edition_search_page(request: Request[Any, Any, Any], reader: InReader) -> Response[str]:
    """A search that a script does by itself, and lists of everything for those who have none."""
    return render(
        request, "edition/search.html", root=way_up(file_of(Address(SEARCH), current_language(), languages())),
        kinds=await _kinds(reader),
        page=PageHead(title=_("Search"), is_indexed=False),
    )


@get(f"{LISTED}/{{kind:str}}")
async def edition_list_page(
    request: Request[Any, Any, Any], reader: InReader, kind: Annotated[str, PathParameter(max_length=20)],
    page: PageNumber = 1,
) -> Response[str]:
    """Everything of a kind, by name."""
    subject = next((one for one in SEARCHED if one == kind), None)
    if subject is None:
        raise NotFound(_("There is no such kind of record"))
    kinds = await _kinds(reader)
    pager = Pager(
        number=page, total=next((one.count for one in kinds if one.key == kind), 0), address=request.url.path,
        size=ROWS_A_PAGE,
    ).checked()
    found = await found_of_kind(reader, subject, offset=pager.offset, limit=ROWS_A_PAGE)
    return render(
        request, "edition/list.html", kinds=kinds, chosen=subject, pager=pager,
        records=[ListedRecord(plain(one.title), one.url, one.dated_on) for one in found],
        page=PageHead(title=_("Everything: %(kind)s") % {"kind": kinds_name(subject)}, is_indexed=False),
    )


@get(NOT_FOUND, sync_to_thread=False)
def edition_not_found(request: Request[Any, Any, Any]) -> Response[str]:
    """What a host shows for an address that has no file."""
    return render(
        request, "edition/missing.html", living="",
        page=PageHead(title=_("There is no such page in this edition"), is_indexed=False),
    )


@get(ONLY_LIVE, sync_to_thread=False)
def edition_only_live(request: Request[Any, Any, Any]) -> Response[str]:
    """What stands in the place of a page that the record names and that the application does not give."""
    return render(
        request, "edition/missing.html", living=request.query_params.get("to", "/"),
        page=PageHead(title=_("This page is not part of the edition"), is_indexed=False),
    )


def edition_routes() -> Sequence[ControllerRouterHandler]:
    """The routes of these pages."""
    return [
        Router("/", route_handlers=[edition_search_page, edition_list_page, edition_not_found, edition_only_live],
               opt=needs(Permission.READ))
    ]


async def _kinds(reader: InReader) -> list[ListedKind]:
    counts = await count_found(reader)
    return [
        ListedKind(subject.value, kind_name(subject), kinds_name(subject), f"{LISTED}/{subject}", counts[subject])
        for subject in SEARCHED if counts.get(subject)
    ]
