"""The addresses of feeds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from markupsafe import escape

from registry.addresses import percent_encoded
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.feeds.formats import ATOM, JSON_FEED, Feed, FeedEntry, atom, json_feed
from registry.feeds.queries import (
    NewsKind,
    NewsRow,
    Scope,
    everything,
    latest_news,
    of_event,
    of_need,
    of_project,
    of_tag,
)
from registry.handbook import need_words
from registry.inbox.queries import public_record
from registry.web.dependencies import InReader
from registry.web.i18n import current_language, plain
from registry.web.i18n import gettext as _
from registry.web.render import SiteContext

AnyRequest = Request[Any, Any, Any]
_SCOPES: Mapping[str, Callable[[str], Scope]] = {"events": of_event, "projects": of_project, "needs": of_need}
_FOLDERS = {
    NewsKind.UPDATE: "projects", NewsKind.PITCH: "proposals", NewsKind.NEED: "projects", NewsKind.CASE: "cases",
    NewsKind.EVENT: "events",
}
_PARTS = {NewsKind.UPDATE: "/updates", NewsKind.NEED: "#needs"}


@get("/feed.atom")
async def site_atom(request: AnyRequest, reader: InReader) -> Response[bytes]:
    """News of everything."""
    return _as_atom(await _site_feed(request, reader))


@get("/feed.json")
async def site_json_feed(request: AnyRequest, reader: InReader) -> Response[bytes]:
    """News of everything."""
    return _as_json(await _site_feed(request, reader))


def _feeds_of(collection: str) -> list[ControllerRouterHandler]:
    """The two feeds of each record of a collection."""

    @get(f"/{collection}/{{slug:str}}/feed.atom", name=f"{collection} as Atom")
    async def record_atom(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[bytes]:
        """News of one record."""
        return _as_atom(await _record_feed(request, reader, collection, slug))

    @get(f"/{collection}/{{slug:str}}/feed.json", name=f"{collection} as JSON Feed")
    async def record_json_feed(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[bytes]:
        """News of one record."""
        return _as_json(await _record_feed(request, reader, collection, slug))

    return [record_atom, record_json_feed]


FEED_ROUTES: Sequence[ControllerRouterHandler] = [
    site_atom, site_json_feed, *(route for collection in (*_SCOPES, "tags") for route in _feeds_of(collection)),
]


async def _site_feed(request: AnyRequest, reader: Reader) -> Feed:
    return await _feed(request, reader, everything(), path="/", title=_("News"), own_id="news")


async def _record_feed(request: AnyRequest, reader: Reader, collection: str, slug: str) -> Feed:
    """The feed of one record.

    Raises:
        NotFound: there is no such public record.
    """
    record = await public_record(reader, collection, slug)
    if record is None:
        raise NotFound(_("There is no such feed: what it would tell of is not here, or has another address."))
    scope = await of_tag(reader, int(record.target)) if collection == "tags" else _SCOPES[collection](slug)
    return await _feed(
        request, reader, scope, path=record.path, title=plain(record.name),
        own_id=f"news-of-{collection}-{record.target}",
    )


async def _feed(
    request: AnyRequest, reader: Reader, scope: Scope, *, path: str, title: str, own_id: str
) -> Feed:
    site = SiteContext(request)
    mark = f"tag:{urlsplit(site.base_url).hostname},2012:"
    return Feed(
        id=mark + own_id, title=f"{title} · {site.community}", url=percent_encoded(site.base_url + path),
        address=percent_encoded(site.base_url + request.url.path), language=current_language(),
        author=site.community,
        entries=[_entry(one, site.base_url, mark) for one in await latest_news(reader, scope)],
    )


def _entry(one: NewsRow, base_url: str, mark: str) -> FeedEntry:
    words = plain(one.words)
    return FeedEntry(
        id=f"{mark}{one.kind}-{one.id}", title=_title(one), at=one.at, author=one.author or "",
        url=percent_encoded(f"{base_url}/{_FOLDERS[one.kind]}/{one.slug}{_PARTS.get(one.kind, '')}"),
        html=words if one.kind is NewsKind.UPDATE or not words else f"<p>{escape(words)}</p>",
    )


def _title(one: NewsRow) -> str:
    return {
        NewsKind.UPDATE: _("%(name)s: update"), NewsKind.PITCH: _("Pitch: %(name)s"),
        NewsKind.NEED: _("%(name)s looks for: %(role)s"), NewsKind.CASE: _("Case study: %(name)s"),
        NewsKind.EVENT: _("Event: %(name)s"),
    }[one.kind] % {"name": plain(one.name), "role": plain(need_words(one.key or "").name)}


def _as_atom(feed: Feed) -> Response[bytes]:
    return Response(atom(feed), media_type=ATOM)


def _as_json(feed: Feed) -> Response[bytes]:
    return Response(json_feed(feed), media_type=JSON_FEED)
