"""The static edition: every link leads somewhere, nothing private is in it, and it is the same when nothing changed."""

import json
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.database.engine import Database
from registry.edition.folder import StrangeFolder
from registry.edition.rules import MARKER, Address, address_of, file_of, way_up
from registry.edition.search_index import fold_by_unicode, shard_of
from registry.search.rules import fold
from registry.settings import Settings
from tests.conftest import on_one_database
from tests.edition.record import CANARY, LIVE, fill, written

LANGUAGES = ("en", "zh-Hant")


class _Links(HTMLParser):
    """The addresses that a page names, its forms and its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.forms = 0
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [named[name] or "" for name in ("href", "src", "action", "poster") if name in named]
        self.forms += tag == "form" and named.get("role") != "search"
        if tag == "script" and named.get("type") != "application/ld+json":
            self.scripts.append(named.get("src") or "written into the page")


def _leads_nowhere(folder: Path, page: Path, address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme:
        return parts.scheme not in {"http", "https", "mailto", "webcal"} or not (parts.netloc or parts.path)
    if parts.netloc or parts.path.startswith("/"):
        return True
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return not (target.is_file() and target.is_relative_to(folder.resolve()))


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@on_one_database
async def test_every_link_of_an_edition_leads_somewhere_and_nothing_in_it_is_private(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    await fill(database)
    folder = tmp_path / "site"
    report = await written(settings, folder)
    files = _content(folder)
    assert report.files == len(files) - 1  # edition.json speaks of the others
    pages = {name: _Links(content.decode()) for name, content in files.items() if name.endswith(".html")}
    broken = [
        (name, address) for name, page in pages.items() for address in page.addresses
        if _leads_nowhere(folder, folder / name, address)
    ]
    assert broken == []
    with ZipFile(folder / "data/package.zip") as package:
        packed = {name: package.read(name) for name in package.namelist()}
    assert "預算地圖".encode() in packed["projects.csv"]
    assert [name for name, content in (files | packed).items() if CANARY.encode() in content + name.encode()] == []
    assert {name for name, page in pages.items() if page.forms} == set()
    assert {script for page in pages.values() for script in page.scripts} == {
        f"{way_up(name)}static/js/edition-search.js" for name in ("search/index.html", "zh-Hant/search/index.html")
    }
    assert {name.removeprefix("zh-Hant/") for name in pages if name.startswith("zh-Hant/")} == {
        name for name in pages if not name.startswith("zh-Hant/")
    }
    for name in (
        "index.html", "projects/page-2.html", "events/hack/index.html", "events/hack/event.ics", "feed.atom",
        "events/hack/hackathon.json", "proposals/hack-預算地圖/index.html", "people/lin/index.html",
        "numbers/index.html", "projects/預算地圖/history/index.html",
        "handbook/pitching/index.html", "licenses/index.html", "data/package.zip", "404.html",
        "sitemap.xml", "zh-Hant/projects/預算地圖/index.html", "static/css/app.css", "static/img/icons.svg",
    ):
        assert name in files, name
    chinese = files["zh-Hant/projects/預算地圖/index.html"].decode()
    assert '<html lang="zh-Hant"' in chinese
    assert '../../../projects/%E9%A0%90%E7%AE%97%E5%9C%B0%E5%9C%96/index.html" hreflang="en"' in chinese
    english = files["projects/預算地圖/index.html"].decode()
    assert "Static edition of July 1, 2026." in english
    assert '<code>href="/projects"</code>' in english, "what is no link is left as it was written"
    assert "Content-Security-Policy" in english
    assert "only in the living record" in files["projects/nowhere/index.html"].decode()
    assert "0; url=../../projects/%E9%A0%90" in files["projects/old/index.html"].decode()
    assert f"{LIVE}/sign-in" not in english
    assert '/history/index.html"' in english, "what became of a record can be read without the server"

    older = _a_folder(tmp_path / "again", MARKER, json.dumps({
        "static_edition_of": "2020-01-01", "live_at": LIVE, "files": ["gone.html", "../thesis.txt", "CNAME.html"],
    }))
    for path in (older / "gone.html", older / "CNAME", tmp_path / "thesis.txt"):
        path.write_text("from before")
    await written(settings, older, later=timedelta(hours=1), address="https://copy.example/record")
    again = _content(older)
    assert {name for name in files if again[name] != files[name]} == {"404.html", "zh-Hant/404.html", "sitemap.xml"}
    assert again.keys() - files.keys() == {"CNAME"}, "what is of the older edition goes, what is somebody else's stays"
    assert (tmp_path / "thesis.txt").exists()
    assert b"<loc>https://copy.example/record/projects/</loc>" in again["sitemap.xml"]
    assert b'href="https://copy.example/record/static/css/app.css"' in again["404.html"]


@on_one_database
async def test_a_folder_that_holds_something_else_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    folder = _a_folder(tmp_path / "thesis", "thesis.txt", "x")
    with pytest.raises(StrangeFolder, match="is not empty"):
        await written(settings, folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def _a_folder(folder: Path, name: str, content: str) -> Path:
    folder.mkdir()
    (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize(("link", "query", "file"), [
    ("/", [], "index.html"),
    ("/projects", [("page", "2")], "projects/page-2.html"),
    ("/projects", [("tag", "地圖")], "tags/地圖/index.html"),
    ("/projects", [("stage", "idea"), ("page", "3")], "stages/idea/index.html"),
    ("/projects", [("sort", "newest"), ("page", "3")], "projects/index.html"),
    ("/events", [("page", "1")], "events/index.html"),
    ("/events/calendar", [("year", "2019")], "events/calendar/year-2019.html"),
    ("/events/calendar", [("year", "../../x")], "events/calendar/index.html"),
    ("/search", [("q", "預算")], "search/index.html"),
    ("/events/hack/event.ics", [], "events/hack/event.ics"),
])
def test_a_link_becomes_a_file_that_needs_no_server(link: str, query: list[tuple[str, str]], file: str) -> None:
    assert file_of(address_of(link, query), "en", LANGUAGES) == file
    assert file_of(address_of(link, query), "zh-Hant", LANGUAGES) == f"zh-Hant/{file}"


@given(st.text(min_size=1).filter(lambda name: "/" not in name), st.sampled_from(LANGUAGES))
def test_no_name_leads_out_of_the_folder_or_is_too_long_for_a_disk(name: str, language: str) -> None:
    try:
        parts = file_of(Address(f"/projects/{name}"), language, LANGUAGES).split("/")
    except ValueError:
        assert {"\\", "\x00"} & set(name) or name in {".", ".."} or not name.isprintable()
    else:
        assert not {"", ".", ".."} & set(parts)
        assert max(len(part.encode()) for part in parts) <= 200


def test_what_the_script_folds_by_itself_and_the_terms_it_looks_for_are_those_of_the_registry() -> None:
    assert [fold_by_unicode(letter) for letter in "Éａ地"] == [fold(letter) for letter in "Éａ地"]
    assert fold_by_unicode("臺") != fold("臺") == fold("台")
    assert {shard_of(term, 7) for term in ("map", "maps", "mapping")} == {shard_of("ma", 7)}
    assert shard_of("預算", 7) == shard_of("預", 7)
