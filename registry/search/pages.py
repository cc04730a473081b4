"""The search page and the suggestions while typing."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromQuery, QueryParameter

from registry.database.types import Localized
from registry.errors import BadInput
from registry.search.queries import SearchHit, SearchPage, search, suggestions
from registry.search.rules import LONGEST_QUERY, SEARCHED, excerpt, highlight, told_best
from registry.search.words import kind_name, kinds_name
from registry.web.address_limits import limit_searches
from registry.web.dependencies import InReader
from registry.web.i18n import current_language, ngettext
from registry.web.i18n import gettext as _
from registry.web.paging import PAGE_SIZE, PageNumber, Pager
from registry.web.render import PageHead, render, render_fragment

QueryText = Annotated[str, QueryParameter(name="q")]


class Told(msgspec.Struct, frozen=True):
    """A text in one language, cut into pieces, each with whether the query found it."""

    language: str
    pieces: list[tuple[str, bool]]


class Result(msgspec.Struct, frozen=True):
    """A hit as it is shown; the first title is the reader's, others follow when the query found them."""

    url: str
    kind: str
    titles: list[Told]
    excerpt: Told
    dated_on: date | None


class KindChoice(msgspec.Struct, frozen=True):
    """A kind to narrow the search to; without a count where too much was found to count all."""

    name: str
    url: str
    is_chosen: bool
    count: int | None


@get("/search", guards=[limit_searches])
async def search_page(
    request: Request[Any, Any, Any],
    reader: InReader,
    asked: QueryText = "",
    kind: FromQuery[str] = "",
    page: PageNumber = 1,
) -> Response[str]:
    """Everything that holds the words asked for, best first, marked; narrowed to a kind where one is chosen."""
    asked = checked_query(asked)
    kinds = [subject for subject in SEARCHED if subject == kind]
    found = SearchPage()
    if kinds or not kind:
        found = await search(reader, asked, kinds=kinds, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    pager = Pager(number=page, total=found.total, address=f"{request.url.path}?{request.url.query}").checked()
    shown_query = found.corrected or asked
    return render(
        request, "search/results.html", asked=asked, found=found, pager=pager, total=_total(found),
        results=[_result(hit, shown_query) for hit in found.hits],
        choices=_choices(asked, found, kind), has_unknown_kind=bool(kind and not kinds),
        is_narrowed=bool(kind), everything_url=_address(asked, ""),
        page=PageHead(title=_("Search: %(query)s") % {"query": asked} if asked else _("Search"), is_indexed=False),
    )


@get("/search/suggestions", guards=[limit_searches])
async def search_suggestions(reader: InReader, typed: QueryText = "") -> Response[str]:
    """Titles that hold what is typed so far, as the options of a list box."""
    return render_fragment(
        "search/suggestions.html",
        suggestions=[
            {"text": _told(hit.title, typed)[1], "url": hit.url, "kind": kind_name(hit.subject)}
            for hit in await suggestions(reader, checked_query(typed))
        ],
    )


def checked_query(text: str) -> str:
    """Give a query without the space around it.

    Raises:
        BadInput: it is longer than `LONGEST_QUERY` characters.
    """
    if len(text) > LONGEST_QUERY:
        raise BadInput(
            ngettext(
                "Search for at most %(num)s character.", "Search for at most %(num)s characters.", LONGEST_QUERY
            ) % {"num": LONGEST_QUERY}
        )
    return text.strip()


def _result(hit: SearchHit, query: str) -> Result:
    titles = dict.fromkeys([_told(hit.title, ""), _told(hit.title, query)])
    body = _told(hit.body, query)
    return Result(
        url=hit.url, kind=kind_name(hit.subject), dated_on=hit.dated_on,
        titles=[Told(tag, highlight(text, query)) for tag, text in titles],
        excerpt=Told(body[0], excerpt(body[1], query)),
    )


def _told(texts: Localized, query: str) -> tuple[str, str]:
    return told_best(texts, query, current_language()) or (current_language(), "")


def _choices(asked: str, found: SearchPage, chosen: str) -> list[KindChoice]:
    return [
        KindChoice(
            name=kinds_name(subject), url=_address(asked, subject), is_chosen=subject == chosen,
            count=None if found.counts is None else found.counts[subject],
        )
        for subject in SEARCHED if found.counts is None or subject in found.counts
    ]


def _total(found: SearchPage) -> str:
    if found.is_bounded:
        return _("More than %(num)s records") % {"num": found.total}
    return ngettext("%(num)s record", "%(num)s records", found.total) % {"num": found.total}


def _address(asked: str, kind: str) -> str:
    return "/search?" + urlencode({"q": asked, "kind": kind} if kind else {"q": asked})
