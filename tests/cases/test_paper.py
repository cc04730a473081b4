"""A case study as a PDF, read by pypdf; skipped where the system lacks Pango."""

import asyncio
import sys
from io import BytesIO
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from pypdf import PdfReader

from registry.cases.content import NumberSaid, Picture
from registry.database.engine import Database
from registry.errors import Busy
from registry.web.paper import HOW_TO_INSTALL, missing_libraries, press
from registry.web.paper.press import Press
from tests.conftest import in_trust, on_one_database
from tests.factories import a_case

needs_pango = pytest.mark.skipif(bool(missing_libraries()), reason=f"no {missing_libraries()}. {HOW_TO_INSTALL}")
CONTENT: dict[str, Any] = {
    "sections": {
        "problem": {"en": "The old one closed at **night**.", "zh-Hant": "舊的辭典，晚上關門。"},
        "output": {"en": "![a spy](http://127.0.0.1:9/spy.png) Words.", "zh-Hant": "![像](http://127.0.0.1:9/spy.png)字。"},
    },
    "numbers": [NumberSaid(what={"en": "words", "zh-Hant": "詞條"}, value="160000", source="https://moe.example.tw")],
    "pictures": [Picture(url="file:///etc/hostname", section="problem", caption={"en": "Nothing"}, credit="Au")],
    "credits": ["唐鳳 Au"], "licence": "CC-BY-4.0",
}


@needs_pango
@pytest.mark.parametrize(("language", "title", "said", "other"), [
    ("zh-Hant", "萌典：把字典打開", "舊的辭典，晚上關門。", "Moedict"),
    in_trust("en", "Moedict", "The old one closed at night.", "萌典：把字典打開"),
])
@on_one_database
async def test_a_pdf_says_what_the_case_says_in_the_readers_language(
    *, client: AsyncTestClient, database: Database, language: str, title: str, said: str, other: str
) -> None:
    async with database.writing() as session:
        await a_case(session, slug="moe", title={"en": "Moedict", "zh-Hant": "萌典：把字典打開"}, content=CONTENT)
    assert f"/cases/moe/case.pdf?lang={language}" in (await client.get(f"/cases/moe?lang={language}")).text
    answer = await client.get(f"/cases/moe/case.pdf?lang={language}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    pdf = PdfReader(BytesIO(answer.content))
    root: Any = pdf.trailer["/Root"]
    words = "\n".join(page.extract_text() for page in pdf.pages)
    for expected in (title, other, said, "唐鳳 Au", "CC-BY-4.0", "https://moe.example.tw", "160000",
                     f"1 / {len(pdf.pages)}", "http://127.0.0.1:8000/cases/moe"):
        assert expected in words
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == (title, "唐鳳 Au")
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    assert [one.title for one in pdf.outline if not isinstance(one, list)] == [title]
    resources: list[Any] = [page["/Resources"] for page in pdf.pages]
    fonts = [font.get_object()["/BaseFont"] for one in resources for font in one["/Font"].values()]
    assert {"Paper" in font for font in fonts} == {True}
    assert [picture for page in pdf.pages for picture in page.images] == []


@needs_pango
@pytest.mark.parametrize("address", [
    "http://127.0.0.1:9/spy.png", "file:///etc/hostname", "keng-static:../../settings.py", "keng-static:/etc/hostname",
    "data:text/css,p{}",
])
def test_nothing_but_our_own_files_is_read_while_printing(address: str) -> None:
    from registry.web.paper.printing import OwnFilesOnly  # noqa: PLC0415 — needs Pango

    fetcher = OwnFilesOnly()
    assert fetcher.fetch("keng-static:css/paper.css").read().startswith(b"/* A document as a PDF")
    with pytest.raises(ValueError, match="nothing else is fetched"):
        fetcher.fetch(address)


@on_one_database
async def test_where_no_pdf_can_be_made_the_page_offers_none_and_the_address_says_why(
    client: AsyncTestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.writing() as session:
        await a_case(session, slug="moe")
        await a_case(session, slug="draft", version=None, published_at=None)
    for module in ("registry.cases.pages", "registry.web.paper.press"):
        monkeypatch.setattr(f"{module}.missing_libraries", lambda: ("pango-1.0",))
    assert "case.pdf" not in (await client.get("/cases/moe")).text
    answer = await client.get("/cases/moe/case.pdf?lang=en", headers={"accept": "text/html"})
    assert (answer.status_code, "Print the page from your browser instead" in answer.text) == (503, True)
    assert (await client.get("/cases/draft/case.pdf")).status_code == 404


@pytest.mark.parametrize(("program", "refusal"), [
    ("import time; time.sleep(60)", Busy), ("raise SystemExit('no fonts')", RuntimeError),
])
async def test_a_document_that_takes_too_long_or_fails_is_given_up(
    monkeypatch: pytest.MonkeyPatch, program: str, refusal: type[Exception]
) -> None:
    monkeypatch.setattr(press, "missing_libraries", tuple)
    monkeypatch.setattr(press, "_PROGRAM", (sys.executable, "-c", program))
    with pytest.raises(refusal):
        await Press(longest_seconds=0.3 if refusal is Busy else 30).printed("<p>", address="http://example.org/")


async def test_the_same_document_is_printed_once_and_few_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "missing_libraries", tuple)
    printed: list[str] = []

    async def a_while(self: Press, html: str, _address: str) -> bytes:
        await asyncio.sleep(0)
        printed.append(html)
        return html.encode()

    monkeypatch.setattr(Press, "_print", a_while)
    ours = Press()
    asked = [ours.printed(html, address="") for html in ("a", "a", "b", "a", "c", "a")]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert (answers[:4], printed) == ([b"a", b"a", b"b", b"a"], ["a", "b"])
    assert [type(one) for one in answers[4:]] == [Busy, Busy]
    assert await ours.printed("a", address="") == b"a"
