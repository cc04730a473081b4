"""Chapters: what the files hold in every language, and what is said of files that cannot be used."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.handbook import HandbookError, ladder
from registry.handbook.chapters import Chapter, chapters, chapters_for_fields, chapters_of_stage, read_chapters
from registry.paths import TEMPLATES
from registry.web.i18n import languages

FRONT = '+++\ntitle = "Digging"\nsummary = "How to dig."\norder = 1\n+++\n'
WriteChapter = Callable[..., None]


@pytest.fixture
def write_chapter(tmp_path: Path) -> WriteChapter:
    """Writes a chapter's file, by default one that can be used."""

    def write(name: str = "digging.md", text: str = FRONT, *, language: str = "en") -> None:
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / name).write_text(text, encoding="utf-8")

    return write


def test_every_chapter_speaks_every_language() -> None:
    texts = [text for one in chapters().values() for text in (one.title, one.summary, one.html)]
    assert [text for text in texts if set(text) != set(languages())] == []


@pytest.mark.parametrize("element", ["h2", "h3", "li", "tr", "table", "blockquote", "a"])
def test_a_chapter_is_built_alike_in_every_language(element: str) -> None:
    counts = {slug: {html.count(f"<{element}") for html in one.html.values()} for slug, one in chapters().items()}
    assert {slug: found for slug, found in counts.items() if len(found) > 1} == {}


def test_languages_link_the_same_pages_in_a_chapter() -> None:
    links = {
        slug: {tuple(sorted(re.findall(r'<a href="([^"]*)', html))) for html in one.html.values()}
        for slug, one in chapters().items()
    }
    assert {slug: found for slug, found in links.items() if len(found) > 1} == {}


def test_every_chapter_begins_below_the_title_of_its_page() -> None:
    assert {tag for one in chapters().values() for html in one.html.values() for tag in re.findall(r"<h\d", html)} == {
        "<h2"
    }


def test_no_sign_of_markdown_is_left_on_a_page() -> None:
    shown = {(slug, language): re.findall(r"\*\*|\]\(|^#|\[ \]", html, re.MULTILINE)
             for slug, one in chapters().items() for language, html in one.html.items()}
    assert {place: signs for place, signs in shown.items() if signs} == {}


def test_every_stage_has_a_chapter_that_helps() -> None:
    assert [stage.key for stage in ladder().stage if not chapters_of_stage(stage.key)] == []


def test_fields_of_a_form_find_each_of_their_chapters_once_in_reading_order() -> None:
    assert [chapter.slug for chapter in chapters_for_fields("why")] == ["from-idea-to-project", "pitching"]
    assert [chapter.slug for chapter in chapters_for_fields("title", "english_name")] == ["pitching", "naming"]
    assert chapters_for_fields("no_such_field") == []


def test_every_form_that_asks_the_handbook_for_help_finds_a_chapter() -> None:
    calls = [
        (path.name, re.findall(r'"(\w+)"', names))
        for path in TEMPLATES.rglob("*.html")
        for names in re.findall(r"chapters_for_fields\(([^)]*)\)", path.read_text(encoding="utf-8"))
    ]
    asking = {name for name, _names in calls}
    assert {"pitch.html", "needs.html", "names.html", "licences.html", "hand_over.html", "move.html"} <= asking
    assert [(form, name) for form, names in calls for name in names if not chapters_for_fields(name)] == []


def test_chapters_come_in_the_order_they_ask_for(tmp_path: Path, write_chapter: WriteChapter) -> None:
    write_chapter("later.md", FRONT.replace("= 1", "= 2"))
    write_chapter("sooner.md")
    assert list(_read(tmp_path)) == ["sooner", "later"]


def test_links_between_chapters_lead_to_their_pages(tmp_path: Path, write_chapter: WriteChapter) -> None:
    write_chapter(text=FRONT + "[a](digging.md) [b](/needs) [c](https://example.org/x.md) `<a href=\"gone.md\">`")
    html = _read(tmp_path)["digging"].html["en"]
    assert re.findall(r'<a href="([^"]*)', html) == ["/handbook/digging", "/needs", "https://example.org/x.md"]


def test_what_runs_in_a_browser_does_not_reach_the_page(tmp_path: Path, write_chapter: WriteChapter) -> None:
    write_chapter(text=FRONT + "# Dig <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>")
    assert _read(tmp_path)["digging"].html["en"] == (
        "<h2>Dig &lt;script&gt;alert(1)&lt;/script&gt;</h2>\n<p>&lt;img src=x onerror=alert(1)&gt;</p>\n"
    )


@pytest.mark.parametrize(("name", "text", "said"), [
    ("digging.md", "## No front matter", "digging.md: it does not open with front matter between two lines of +++"),
    ("digging.md", "Hello\n" + FRONT, "digging.md: something stands before the first line of +++"),
    ("digging.md", FRONT.replace('"Digging"', "Digging"), "digging.md: Invalid value (at line 1, column 9)"),
    ("digging.md", FRONT.replace('"Digging"', '" "'),
     r"digging.md: Expected `str` matching regex '\\S' - at `$.title`"),
    ("digging.md", FRONT.replace("order = 1\n", ""), "digging.md: Object missing required field `order`"),
    ("digging.md", FRONT.replace("order", "place"), "digging.md: Object contains unknown field `place`"),
    ("digging.md", FRONT.replace("order = 1", 'order = 1\nstages = ["moon"]'),
     "digging.md names a stage that stages.toml lacks: moon"),
    ("digging.md", FRONT + "[x](gone.md)", "digging.md: this link leads nowhere: gone.md"),
    ("digging.md", FRONT + "[x](digging.md#deep)", "digging.md: this link leads nowhere: digging.md#deep"),
    ("digging.md", FRONT + "[x](//example.org)", "digging.md: this link leads nowhere: //example.org"),
    ("Dig in.md", FRONT, "Dig in.md: a chapter's file is named in small letters, digits and hyphens"),
])
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(
    tmp_path: Path, write_chapter: WriteChapter, name: str, text: str, said: str
) -> None:
    write_chapter(name, text)
    assert _refusal(tmp_path).endswith(said)


def test_a_chapter_that_lacks_a_language_is_refused(tmp_path: Path, write_chapter: WriteChapter) -> None:
    write_chapter()
    write_chapter("shared.md", FRONT.replace("= 1", "= 2"))
    write_chapter("shared.md", FRONT.replace("= 1", "= 2"), language="zh-Hant")
    assert _refusal(tmp_path) == f"{tmp_path}/zh-Hant/digging.md: the chapter is not written in this language"


def test_a_chapter_has_one_place_in_every_language(tmp_path: Path, write_chapter: WriteChapter) -> None:
    write_chapter()
    write_chapter(text=FRONT.replace("= 1", "= 2"), language="zh-Hant")
    assert _refusal(tmp_path) == "digging.md: order, stages and fields differ between en and zh-Hant"


def test_two_chapters_cannot_share_a_place(tmp_path: Path, write_chapter: WriteChapter) -> None:
    write_chapter()
    write_chapter("filling.md")
    assert _refusal(tmp_path) == f"{tmp_path}: two chapters have order = 1; one is digging.md"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, write_chapter: WriteChapter) -> None:
    write_chapter()
    (tmp_path / "en" / "digging.md").write_bytes(b"+++\n\xff\n+++\n")
    assert _refusal(tmp_path).startswith(f"{tmp_path}/en/digging.md: 'utf-8' codec can't decode byte 0xff")


def _read(folder: Path) -> dict[str, Chapter]:
    return read_chapters(folder, languages=sorted(path.name for path in folder.iterdir()), stage_keys=["idea"])


def _refusal(folder: Path) -> str:
    with pytest.raises(HandbookError) as refused:
        _read(folder)
    return str(refused.value)
