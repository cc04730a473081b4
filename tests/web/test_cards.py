"""Pictures for chats and social sites: how their text is broken and lettered, and what is answered at their address."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from PIL import Image

from registry.cases.rules import CaseState
from registry.community.colours import house_colours
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.web.cards import HEIGHT, WIDTH, Card, rings_of
from registry.web.cards.drawing import Look, draw_card
from registry.web.cards.faces import MISSING, font, runs
from registry.web.cards.lines import evenly, pieces, wrap
from registry.web.kept_bytes import KeptBytes
from tests.conftest import on_one_database
from tests.factories import a_case, a_project, an_event
from tests.pages import head, page_of

LOOK = Look(community="g0v", site="Keng 坑", logo=None, colours=house_colours("light"))
CLOSING, OPENING = set("，。」）!?,.)"), set("「（(")


@given(st.text(alphabet="以開放，。「」（）()ab c,.!🔥", max_size=60), st.integers(4, 20), st.integers(0, 4))
def test_lines_fit_keep_every_letter_and_hold_marks_to_their_words(text: str, width: int, most: int) -> None:
    lines = wrap(text, len, width=width, most=most)

    whole = wrap(text, len, width=width, most=1000)
    assert "".join("".join(whole).split()) == "".join(text.split())
    assert len(lines) == min(most, len(whole))
    assert all(len(line) <= width for line in lines)
    if all(len(piece) <= width for piece in pieces(text)):
        assert not [line for line in whole[1:] if line[0] in CLOSING]
        assert not [line for line in whole[:-1] if line[-1] in OPENING]
    assert lines in (whole, []) or (lines[:-1] == whole[:most - 1] and lines[-1].endswith("…"))


@pytest.mark.parametrize(("text", "width", "lines"), [
    ("零時政府，一起來。", 4, ["零時政", "府，一起", "來。"]),
    ("他說「跳坑」吧", 3, ["他說", "「跳", "坑」吧"]),
    ("a map of budgets", 8, ["a map of", "budgets"]),
    ("跳進 Cofacts 的坑", 7, ["跳進", "Cofacts", "的坑"]),
    ("supercalifragilistic", 8, ["supercal", "ifragili", "stic"]),
    ("  \n ", 8, []),
])
def test_lines_end_where_a_reader_expects(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, len, width=width, most=9) == lines


def test_a_title_has_no_last_line_of_one_word() -> None:
    assert evenly("ask a bot before you pass it on", len, width=24, most=3) == ["ask a bot before", "you pass it on"]
    assert evenly("零時政府基礎建設松", len, width=8, most=3) == ["零時政府基", "礎建設松"]


def test_what_is_left_over_ends_in_an_ellipsis_after_a_whole_word() -> None:
    assert wrap("maps of every budget, drawn", len, width=12, most=2) == ["maps of", "every…"]


@pytest.mark.parametrize(("text", "drawn"), [
    ("Keng 坑：真的假的", "Keng 坑：真的假的"), ("AI 🤖 × 🔥", "AI 🤖 × 🔥"), ("👩🏽‍💻\ufe0f", "👩💻"),
    ("\u202eabc\x07", "abc"), ("עברית", MISSING * 5), ("𠀀", MISSING),
])
def test_each_letter_has_a_file_that_draws_it_or_the_mark_of_a_lacking_one(text: str, drawn: str) -> None:
    found = list(runs(text))
    assert "".join(part for _, part in found) == drawn
    nothing = [bytes(font(file, 20, 400).getmask("\U0010ffff")) for file, _ in found]
    for (file, part), box in zip(found, nothing, strict=True):
        assert all(bytes(font(file, 20, 400).getmask(letter)) != box for letter in part if letter != " ")


def test_a_pit_is_as_deep_as_the_number_of_pitches_says() -> None:
    assert [rings_of(times) for times in (0, 1, 2, 3, 4, 8, 16, 31, 32, 500)] == [1, 1, 2, 2, 3, 4, 5, 5, 6, 6]


def test_another_stage_and_another_title_are_another_picture() -> None:
    pictures = {
        draw_card(Card(kind="專案", title=title, summary="一句話", facts=("釋出",), stages=(6, place)), LOOK)
        for title in ("", "Cofacts 真的假的", "很長的名字" * 30) for place in (1, 4)
    }
    assert len(pictures) == 6
    assert {Image.open(BytesIO(one)).size for one in pictures} == {(WIDTH, HEIGHT)}
    assert max(map(len, pictures)) < 100_000


def test_what_is_kept_never_takes_more_room_than_it_may() -> None:
    kept = KeptBytes(room=25)
    for name in (b"a", b"b", b"c"):
        kept.keep(name, name * 10)
        kept.get(b"a")
    kept.keep(b"a", b"other" * 3)
    assert (kept.get(b"a"), kept.get(b"b"), kept.get(b"c"), len(kept)) == (b"other" * 3, None, b"c" * 10, 2)


@on_one_database
async def test_pages_name_their_picture_and_it_is_sent_again_only_when_it_says_something_else(
    client: AsyncTestClient, database: Database
) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="真的", name={"en": "Cofacts", "zh-Hant": "真的假的"}, pitch_count=3)
        await a_case(session, slug="moe", title={"en": "Moedict"})
        await an_event(session, slug="h70", name={"en": "Hackathon 70"})
    alts = {}
    for page in ("/projects/真的", "/cases/moe", "/events/h70"):
        html = await page_of(client, f"{page}?lang=zh-Hant")
        (address,), (alts[page],) = head(html, "og:image"), head(html, "og:image:alt")
        assert (head(html, "og:image:width"), head(html, "twitter:card")) == (["1200"], ["summary_large_image"])
        assert address.startswith("http://127.0.0.1:8000/")
        answer = await client.get(address.removeprefix("http://127.0.0.1:8000"))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    assert alts["/projects/真的"] == "專案: 真的假的 · 議題探討 · 提案 3 次"

    async def ask(etag: str = "") -> tuple[int, str]:
        again = await client.get("/projects/真的/card.png?lang=en", headers={"if-none-match": etag})
        return again.status_code, again.headers["etag"]

    _, first = await ask()
    assert await ask(first) == (304, first)
    async with database.writing() as session:
        (await session.merge(project)).name = {"en": "Cofacts, renamed"}
    status, second = await ask(first)
    assert (status, second != first) == (200, True)


@on_one_database
async def test_what_the_public_does_not_see_has_no_picture(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        hidden = await a_project(session, slug="hidden")
        hidden.hidden_at = hidden.updated_at
        await a_case(session, slug="draft", version=None, published_at=None, state=CaseState.DRAFT)
        await an_event(session, slug="draft", state=EventState.DRAFT)
    for address in ("/projects/hidden", "/cases/draft", "/events/draft", "/events/none"):
        assert (await client.get(f"{address}/card.png")).status_code == 404
