"""What search engines read: the map of the site, and what they may visit."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from litestar import MediaType, Request, Response, get
from litestar.params import PathParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from registry.activity.addresses import MAPS, Maps, PublicAddress, public_addresses
from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.handbook import needs
from registry.handbook.chapters import chapters
from registry.settings import Settings
from registry.tallies.queries import Tallies
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import languages

PLACES = (
    "/", "/events", "/events/calendar", "/proposals", "/projects", "/people", "/tags", "/needs", "/stages", "/cases",
    "/about", "/privacy", "/start", "/start/issues", "/handbook", "/numbers", "/licenses",
)
_FOLDERS = {
    Subject.EVENT: "events", Subject.PROJECT: "projects", Subject.PROPOSAL: "proposals", Subject.PERSON: "people",
    Subject.TAG: "tags", Subject.CASE: "cases",
}
MapNumber = Annotated[int, PathParameter(ge=1, le=100_000)]


@get("/sitemap.xml", media_type=MediaType.XML)
async def sitemap(request: Request[Any, Any, Any], reader: InReader, now: InNow) -> Response[str]:
    """Every public address in each language; once there are too many for one file, the list of the files."""
    base_url, maps = _base_url(request), await _maps(request, reader, now)
    if maps.count == 1:
        return _xml(_url_set(base_url, await _part(reader, maps, 1)))
    parts = range(1, maps.count + 1)
    return _xml(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(f"<sitemap><loc>{base_url}/sitemaps/{part}</loc></sitemap>" for part in parts)
        + "</sitemapindex>"
    )


@get("/sitemaps/{number:int}", media_type=MediaType.XML)
async def sitemap_part(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, number: MapNumber
) -> Response[str]:
    """One of the files that a map with too many addresses is split into."""
    maps = await _maps(request, reader, now)
    if number > maps.count:
        raise NotFound(_("The map of the site has fewer parts."))
    return _xml(_url_set(_base_url(request), await _part(reader, maps, number)))


@get("/robots.txt", media_type=MediaType.TEXT, sync_to_thread=False)
def robots(request: Request[Any, Any, Any]) -> str:
    """Everything may be read; what a search finds is no page of its own."""
    return f"User-agent: *\nDisallow: /search\n\nSitemap: {_base_url(request)}/sitemap.xml\n"


def _base_url(request: Request[Any, Any, Any]) -> str:
    settings: Settings = request.app.state.settings
    return settings.base_url


async def _maps(request: Request[Any, Any, Any], reader: AsyncConnection, now: datetime) -> Maps:
    tallies: Tallies = request.app.state.tallies
    return (await tallies.read(reader, MAPS, now)).value


def _fixed_places() -> list[tuple[str, datetime | None]]:
    from_handbook = (*(f"/needs/{quote(key)}" for key in needs()), *(chapter.url for chapter in chapters().values()))
    return [(place, None) for place in (*PLACES, *from_handbook)]


async def _part(reader: Reader, maps: Maps, number: int) -> list[tuple[str, datetime | None]]:
    records = [(_path(record), record.changed_at) for record in await public_addresses(reader, *maps.bounds(number))]
    return [*_fixed_places(), *records] if number == 1 else records


def _path(record: PublicAddress) -> str:
    return f"/{_FOLDERS[record.subject]}/{quote(record.slug)}"


def _url_set(base_url: str, places: Iterable[tuple[str, datetime | None]]) -> str:
    entries = "".join(entry for path, changed_at in places for entry in _entries(escape(base_url + path), changed_at))
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        f"{entries}</urlset>"
    )


def _entries(address: str, changed_at: datetime | None) -> Iterator[str]:
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{address}?lang={language}"/>'
        for language in languages()
    ) + f'<xhtml:link rel="alternate" hreflang="x-default" href="{address}"/>'
    changed = f"<lastmod>{changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
    for language in languages():
        yield f"<url><loc>{address}?lang={language}</loc>{changed}{alternates}</url>"


def _xml(content: str) -> Response[str]:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{content}', media_type=MediaType.XML)
