"""Write the static edition: from the front page along every link, in every language."""

from collections import deque
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

import msgspec

from registry.edition.application import Answer, Application, EditionError, opened
from registry.edition.folder import EditionFolder
from registry.edition.queries import found_records
from registry.edition.rewriting import rewrite_page, rewrite_style
from registry.edition.rules import (
    NOT_FOUND,
    ONLY_LIVE,
    PAGES_OF_ITS_OWN,
    SEARCH,
    Address,
    Edition,
    address_of,
    file_of,
    way_up,
)
from registry.edition.search_index import FOLDER, SearchIndex
from registry.settings import Settings

BEGINNINGS = (Address("/"), Address("/events/calendar.ics"), Address("/data/package.zip"), Address(SEARCH),
              Address(NOT_FOUND))
_URLS_A_MAP = 50_000
_OK, _MOVED, _GONE = 200, range(300, 400), range(400, 500)
_NOT_INDEXED = '<meta name="robots" content="noindex">'
_OF_THE_READER = frozenset({"lang", "theme", "v", "done"})
Progress = Callable[[int, int], None]


class EditionReport(msgspec.Struct, frozen=True):
    """How many files were written, how large they are together, and how many of them are pages."""

    files: int
    bytes: int
    pages: int


async def write_edition(settings: Settings, folder: Path, edition: Edition, progress: Progress) -> EditionReport:
    """Write the whole public record into a folder; ``progress`` is told how many addresses are done, of how many.

    Raises:
        StrangeFolder: as `EditionFolder`.
        EditionError: the application failed at a page.
    """
    target = EditionFolder(folder, edition)
    async with opened(settings, edition) as application:
        walk = _Walk(application, edition, settings.community.languages, target)
        await walk.along_every_link(progress)
        async with application.database.reading() as reader:
            index = SearchIndex()
            async for record in found_records(reader):
                if files := walk.files_of(address_of(unquote(record.url), [])):
                    index.add(record, files)
    for name, content in index.files(settings.community.languages):
        target.write(f"{FOLDER}/{name}", content)
    for name, content in _maps(edition, walk.indexed):
        target.write(name, content)
    return EditionReport(target.finish(), target.bytes, walk.pages)


class _Place(NamedTuple):
    """Where a link leads: to a file of the edition, or to an address outside."""

    name: str
    is_here: bool


class _Walk:
    """Goes along the links of every page, each address once, and writes what it is answered with."""

    def __init__(
        self, application: Application, edition: Edition, languages: tuple[str, ...], target: EditionFolder
    ) -> None:
        self._application, self._edition, self._languages, self._target = application, edition, languages, target
        self._seen: set[Address] = set(BEGINNINGS)
        self._waiting = deque(BEGINNINGS)
        self._shown: set[Address] = set()
        self._found: dict[tuple[str, str], _Place] = {}
        self.indexed: list[str] = []
        self.pages = 0

    async def along_every_link(self, progress: Progress) -> None:
        """Write every address that can be reached."""
        while self._waiting:
            address = self._waiting.popleft()
            for language in self._languages[:1] if address.is_for_every_language else self._languages:
                await self._write(address, language)
            progress(len(self._seen) - len(self._waiting), len(self._seen))

    def files_of(self, address: Address) -> dict[str, str]:
        """The files of an address by language; none when the edition shows no such page."""
        if address not in self._shown:
            return {}
        return {language: self._file(address, language) for language in self._languages}

    async def _write(self, address: Address, language: str) -> None:
        answer = await self._application.ask(address, language)
        if answer.status in _GONE:
            instead = Address(ONLY_LIVE, (("to", quote(address.path)),))
            answer = await self._application.ask(instead, language)
        elif answer.status == _OK:
            self._shown.add(address)
        if answer.status not in (_OK, *_MOVED):
            raise EditionError(f"{address.path} is answered with {answer.status}: `keng serve` will tell why.")
        self._target.write(self._file(address, language), self._content(address, language, answer))

    def _content(self, address: Address, language: str, answer: Answer) -> bytes:
        def find(link: str) -> str:
            return self._find(link, address, language)

        if answer.status in _MOVED:
            return _signpost(find(answer.location))
        if answer.media_type == "text/css":
            return rewrite_style(answer.body.decode(), find).encode()
        if answer.media_type != "text/html":
            return answer.body
        if not address.is_page and address.path != NOT_FOUND:
            raise EditionError(f"{address.path} has the name of a file, and is a page.")
        text = rewrite_page(answer.body.decode(), find)
        self.pages += 1
        if _NOT_INDEXED not in text:
            self.indexed.append(self._file(address, language))
        return text.encode()

    def _find(self, link: str, where: Address, language: str) -> str:
        """What stands in a file where the application's page had a link."""
        if link.startswith("#"):
            return link
        if not link.startswith("/"):
            link = quote(where.path) + link if link.startswith("?") else urljoin(quote(where.path), link)
        if not link.startswith("/") or link.startswith("//"):
            return link
        found = self._found.get((link, language))
        if found is None:
            found = self._found[link, language] = self._place(link, language)
        if not found.is_here:
            return found.name
        if where.path == NOT_FOUND and self._edition.address:
            # A host shows this page at any depth, where nothing relative leads anywhere.
            return f"{self._edition.address}/{found.name}"
        return way_up(self._file(where, language)) + found.name

    def _place(self, link: str, language: str) -> "_Place":
        parts = urlsplit(link)
        query = parse_qsl(parts.query)
        wished = next((value for name, value in query if name == "lang" and value in self._languages), language)
        target = address_of(unquote(parts.path), [pair for pair in query if pair[0] not in _OF_THE_READER])
        if target.path == "/sitemap.xml":
            return _Place("sitemap.xml", is_here=True)
        if not (target.path.startswith(PAGES_OF_ITS_OWN) or self._application.has_public(target.path)):
            return _Place(self._edition.live + link, is_here=False)
        if target not in self._seen:
            self._seen.add(target)
            self._waiting.append(target)
        asked = f"?{parts.query}" if target.path == SEARCH and parts.query else ""
        mark = f"#{parts.fragment}" if parts.fragment else ""
        return _Place(quote(self._file(target, wished)) + asked + mark, is_here=True)

    def _file(self, address: Address, language: str) -> str:
        return file_of(address, language, self._languages)


def _signpost(link: str) -> bytes:
    """A page that leads on, for a record that has another address now."""
    to = escape(link)
    return (
        f'<!doctype html>\n<html lang="und"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        f'<meta http-equiv="refresh" content="0; url={to}"><title>→</title></head>'
        f'<body><p><a href="{to}">{to}</a></p></body></html>\n'
    ).encode()


def _maps(edition: Edition, files: list[str]) -> Iterator[tuple[str, bytes]]:
    """The map of the edition's pages; where there are too many for one file, the list of the files."""
    base = edition.address or edition.live
    places = sorted(escape(f"{base}/{quote(file.removesuffix('index.html'))}") for file in files)
    maps = [places[start : start + _URLS_A_MAP] for start in range(0, len(places), _URLS_A_MAP)]
    names = ["sitemap.xml"] if len(maps) == 1 else [f"sitemap-{number}.xml" for number in range(1, len(maps) + 1)]
    for name, some in zip(names, maps, strict=True):
        yield name, _xml("urlset", "".join(f"<url><loc>{place}</loc></url>\n" for place in some))
    if len(maps) > 1:
        yield "sitemap.xml", _xml(
            "sitemapindex", "".join(f"<sitemap><loc>{base}/{name}</loc></sitemap>\n" for name in names)
        )


def _xml(root: str, content: str) -> bytes:
    name = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{name}">\n{content}</{root}>\n'.encode()
