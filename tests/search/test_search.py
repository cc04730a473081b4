"""Records are found alike on both databases, as soon as they are written and never when they are not public."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry import handbook
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.models import Event
from registry.events.rules import EventState
from registry.handbook.chapters import chapters
from registry.projects.models import Project, ProjectAlias, Tag
from registry.proposals.rules import ProposalState
from registry.search import queries
from registry.search.commands import rebuild, refresh
from registry.search.models import SearchWord
from registry.search.queries import SearchPage, full_text, holds, search, suggestions
from tests.factories import a_need, a_person, a_project, a_proposal, a_tag, an_event

NOW = datetime(2024, 1, 6, tzinfo=UTC)
_PAIRS = (
    "預算空污醫療勞動教育交通選舉立法司法土地食安能源住宅災害原民語言地圖圖書公車單車水質森林海洋農業漁業"
    "工廠廢棄健保長照托育移工性別新聞謠言查核隱私資安開源資料標案採購捐款志工鄰里街道行人路燈公園博物戲劇"
)
TOPICS = [_PAIRS[place : place + 2] for place in range(0, len(_PAIRS), 2)]
SIMPLIFIED = str.maketrans(
    "預醫療勞動選舉災語圖書單車農業廢隱資開標採購鄰燈園戲劇",
    "预医疗劳动选举灾语图书单车农业废隐资开标采购邻灯园戏剧",
)


async def _search(database: Database, asked: str, kinds: Iterable[Subject] = (), *, offset: int = 0) -> SearchPage:
    async with database.reading() as reader:
        return await search(reader, asked, kinds=tuple(kinds), limit=50, offset=offset)


async def _slugs(database: Database, asked: str, kinds: Iterable[Subject] = ()) -> list[str]:
    return [hit.slug for hit in (await _search(database, asked, kinds)).hits]


async def _named(session: AsyncSession, *names: str) -> None:
    """Projects whose slugs are their names."""
    ids = [(await a_project(session, slug=name, name={"zh-Hant": name})).id for name in names]
    await refresh(session, Subject.PROJECT, ids)


async def test_a_project_is_found_by_any_part_of_its_names(database: Database) -> None:
    async with database.writing() as session:
        shown = await a_project(
            session, slug="shown", name={"zh-Hant": "預算視覺化2024", "en": "Budgets at the Cafe\u0301"}
        )
        await refresh(session, Subject.PROJECT, [shown.id])
        await _named(session, "算預", "立法院", "化 2023")
    for asked in (
        "預算", "预算", "預算視覺", "覺", "預算 budget", "budget預算", "BUDGET", "ｂｕｄｇｅｔ", "budg", "視覺化2024",
        "café", "CAFE", "budgets at the cafe 預算視覺化2024",
    ):
        assert (asked, await _slugs(database, asked)) == (asked, ["shown"])


async def test_fifty_two_character_words_find_every_record_that_holds_them(database: Database) -> None:
    texts = {
        f"p{number}": "".join(TOPICS[(number * step + step) % len(TOPICS)] for step in range(1, 2 + number % 5))
        for number in range(200)
    }
    async with database.writing() as session:
        ids = []
        for number, (slug, text) in enumerate(texts.items()):
            words = {"name": {"zh-Hant": text}} if number % 2 else {"summary": {"zh-Hant": f"我們做{text}的事"}}
            ids.append((await a_project(session, slug=slug, **words)).id)
        await refresh(session, Subject.PROJECT, ids)
    assert len(set(TOPICS)) == 50
    for topic in TOPICS:
        holding = {slug for slug, text in texts.items() if topic in text}
        assert set(await _slugs(database, topic)) == holding
        assert set(await _slugs(database, topic.translate(SIMPLIFIED))) == holding


async def test_every_kind_of_public_record_is_found(database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="event", number=0, name={"zh-Hant": "坑大松"})
        html = {"zh-Hant": "<p>挖<em>坑</em> &amp; 填</p>"}
        project = await a_project(session, slug="project", description_html=html)
        session.add(ProjectAlias(project_id=project.id, name="舊名", normalised="舊名"))
        await a_need(session, project=project, line={"zh-Hant": "會挖洞的人"})
        await a_tag(session, project, slug="tag", name={"zh-Hant": "坑洞"})
        await a_proposal(session, event=event, project=project, slug="proposal", why={"zh-Hant": "路上有坑"})
        await a_person(session, slug="person", display_name="坑主")
        await rebuild(session)
    in_handbook = {chapter.slug for chapter in chapters().values() if "坑" in str(chapter)}
    roles = {need.key for need in handbook.needs().values() if "坑" in str(need)}
    assert set(await _slugs(database, "坑")) == {"event", "project", "tag", "proposal", "person"} | in_handbook | roles
    assert (await _search(database, "坑")).counts == {
        Subject.EVENT: 1, Subject.PROJECT: 1, Subject.TAG: 1, Subject.PROPOSAL: 1, Subject.PERSON: 1,
        Subject.CHAPTER: len(in_handbook), Subject.NEED: len(roles),
    }
    assert await _slugs(database, "坑", [Subject.TAG]) == ["tag"]
    assert await _slugs(database, "舊名", [Subject.PROJECT]) == ["project"]
    assert await _slugs(database, "挖洞") == ["project"]
    assert await _slugs(database, "em") == []
    assert await _slugs(database, "0", [Subject.EVENT]) == ["event"]
    need = next(iter(handbook.needs().values()))
    assert need.key in await _slugs(database, need.name["zh-Hant"], [Subject.NEED])
    assert (await _slugs(database, "三分鐘提案", [Subject.CHAPTER]))[0] == "pitching"


async def test_drafts_and_hidden_records_are_never_found(database: Database) -> None:
    async with database.writing() as session:
        open_event, open_project = await an_event(session), await a_project(session)
        hidden_project = await a_project(session, name={"en": "secret"}, hidden_at=NOW)
        draft_event = await an_event(session, name={"en": "secret"}, state=EventState.DRAFT)
        pairs: list[tuple[Event, Project, dict[str, Any]]] = [
            (open_event, open_project, {"state": ProposalState.DRAFT}),
            (open_event, open_project, {"hidden_at": NOW}),
            (draft_event, open_project, {}),
            (open_event, hidden_project, {}),
        ]
        for number, (event, project, fields) in enumerate(pairs):
            await a_proposal(
                session, event=event, project=project, slug=f"secret-{number}", title={"en": "secret"}, **fields
            )
        await a_person(session, display_name="secret", is_public=False)
        await a_person(session, display_name="secret", hidden_at=NOW)
        await a_tag(session, open_project, name={"en": "secret"}, hidden_at=NOW)
        await rebuild(session)
    assert await _slugs(database, "secret") == []


async def test_hiding_a_record_forgets_it_its_words_and_its_proposals(database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, name={"en": "zeppelin"})
        project = await a_project(session)
        await a_proposal(session, event=event, project=project, slug="pitch", title={"en": "xylophone"})
        await rebuild(session)
    assert await _slugs(database, "xylophone") == ["pitch"]
    async with database.writing() as session:
        session.add(event)
        event.hidden_at = NOW
        await refresh(session, Subject.EVENT, [event.id])
    assert await _slugs(database, "xylophone") == []
    assert await _slugs(database, "zeppelin") == []
    async with database.reading() as reader:
        kept = set((await reader.execute(select(SearchWord.word))).scalars())
    assert kept.isdisjoint({"xylophone", "zeppelin"})


async def test_hiding_a_topic_takes_its_name_from_its_projects(database: Database) -> None:
    async with database.writing() as session:
        tag = await a_tag(session, await a_project(session, slug="p"), slug="t", name={"zh-Hant": "空污"})
        await rebuild(session)
    assert set(await _slugs(database, "空污")) == {"p", "t"}
    async with database.writing() as session:
        session.add(tag)
        tag.hidden_at = NOW
        await refresh(session, Subject.TAG, [tag.id])
    assert await _slugs(database, "空污") == []


async def test_a_change_is_found_by_its_new_words_only(database: Database) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="it", name={"en": "before"})
        await refresh(session, Subject.PROJECT, [project.id])
        project.name = {"en": "after"}
        await refresh(session, Subject.PROJECT, [project.id])
    assert await _slugs(database, "before") == []
    assert await _slugs(database, "after") == ["it"]


async def test_a_failed_transaction_leaves_the_index_as_it_was(database: Database) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        async with database.writing() as session:
            await _named(session, "never")
            raise RuntimeError("stop")
    assert await _slugs(database, "never") == []


async def test_rebuilding_finds_what_refreshing_found(database: Database) -> None:
    async def words() -> list[tuple[str, int]]:
        async with database.reading() as reader:
            rows = await reader.execute(select(SearchWord.word, SearchWord.uses).order_by(SearchWord.word))
            return [(row.word, row.uses) for row in rows]

    progress: list[tuple[int, int]] = []
    async with database.writing() as session:
        await refresh(session, Subject.NEED, range(len(handbook.needs())))
        await refresh(session, Subject.CHAPTER, range(len(chapters())))
        await _named(session, "map one", "map two", "預算")
    refreshed = await words()
    async with database.writing() as session:
        found = await rebuild(session, advance=lambda done, total: progress.append((done, total)))
    assert await words() == refreshed
    assert found == 3 + len(handbook.needs()) + len(chapters())
    assert progress[-1] == (found, found)
    assert set(await _slugs(database, "map", [Subject.PROJECT])) == {"map one", "map two"}


async def test_hits_in_titles_come_before_hits_in_texts(database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="e", name={"zh-Hant": "空污松"})
        text = await a_project(session, slug="t", summary={"zh-Hant": "量測空污"}, pitch_count=9)
        title = await a_project(session, slug="n", name={"zh-Hant": "空污地圖"})
        often = await a_project(session, slug="o", name={"zh-Hant": "空污網"}, pitch_count=3)
        await refresh(session, Subject.PROJECT, [text.id, title.id, often.id])
        await refresh(session, Subject.EVENT, [event.id])
    assert await _slugs(database, "空污") == ["o", "n", "e", "t"]


async def test_every_word_must_be_held_and_words_find_longer_ones(database: Database) -> None:
    async with database.writing() as session:
        await _named(session, "open data map", "open maps", "mapping")
    assert set(await _slugs(database, "map")) == {"open data map", "open maps", "mapping"}
    assert set(await _slugs(database, "maps open")) == {"open maps"}
    assert await _slugs(database, "ma") == []


async def test_a_mistyped_word_is_answered_by_the_nearest_one(database: Database) -> None:
    async with database.writing() as session:
        await _named(session, "g0v hackathon 預算")
    for asked, meant in (
        ("hackaton", "hackathon"), ("預算 hakcathon", "預算 hackathon"), ("ackathon", "hackathon"), ("gov", "g0v"),
        ("gov hack", "g0v hack"),
    ):
        page = await _search(database, asked)
        assert (page.corrected, [hit.slug for hit in page.hits]) == (meant, ["g0v hackathon 預算"])


async def test_what_nothing_holds_gives_an_empty_page(database: Database) -> None:
    async with database.writing() as session:
        await _named(session, "hackathon")
    for asked in (
        "", " ，", "zzzzzz", "無此", "hackathon 無此", '"*)(', "' OR 1=1", "hackathon NOT", "NEAR(x y)", "a:*"
    ):
        assert (asked, await _search(database, asked)) == (asked, SearchPage())


async def test_a_word_that_too_many_records_hold_is_counted_to_a_bound(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_HITS", 5)
    async with database.writing() as session:
        await _named(session, *(f"坑 {number}" for number in range(8)))
        tags = [Tag(slug=f"t{number}", name={"zh-Hant": "坑"}) for number in range(3)]
        session.add_all(tags)
        await session.flush()
        await refresh(session, Subject.TAG, [tag.id for tag in tags])
    page = await _search(database, "坑")
    assert (page.total, page.is_bounded, page.counts) == (5, True, None)
    of_tags = await _search(database, "坑", [Subject.TAG])
    assert (of_tags.total, of_tags.is_bounded, of_tags.counts) == (3, False, None)


async def test_pages_follow_each_other(database: Database) -> None:
    async with database.writing() as session:
        await _named(session, *(f"坑 {number}" for number in range(60)))
    first, second = await _search(database, "坑"), await _search(database, "坑", offset=50)
    assert (len(first.hits), len(second.hits), first.total) == (50, 10, 60)
    assert len({hit.slug for hit in [*first.hits, *second.hits]}) == 60


async def test_suggestions_are_titles_that_hold_what_is_typed(database: Database) -> None:
    async with database.writing() as session:
        event, project = await an_event(session), await a_project(session, slug="map", name={"zh-Hant": "空污 Map"})
        await a_proposal(session, event=event, project=project)
        text = await a_project(session, slug="text", summary={"en": "map"})
        await refresh(session, Subject.PROJECT, [project.id, text.id])
    async with database.reading() as reader:
        for typed in ("m", "空", "空污 ma", "MAP"):
            assert [hit.slug for hit in await suggestions(reader, typed)] == ["map"]
        assert await suggestions(reader, "") == []


async def test_a_list_is_narrowed_to_all_that_hold_the_words_and_to_its_own_kind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_HITS", 1)
    async with database.writing() as session:
        for number in range(3):
            await a_project(session, slug=f"p{number}", name={"zh-Hant": "開放預算"})
        await a_project(session, slug="told", name={"en": "Other"}, summary={"en": "budgets, 預算"})
        await an_event(session, name={"zh-Hant": "預算松"})
        await rebuild(session)

    async def found(asked: str, *, in_titles: bool = False) -> list[str]:
        async with database.reading() as reader:
            wanted = await full_text(reader, Subject.PROJECT, asked)
            projects = select(Project.slug).where(holds(Project.id, wanted, in_titles=in_titles))
            return sorted((await reader.execute(projects)).scalars())

    assert await found("预算") == ["p0", "p1", "p2", "told"]
    assert await found("預算", in_titles=True) == ["p0", "p1", "p2"]
    assert await found("預算 budget") == ["told"]
    assert [await found(asked) for asked in ("松", "'\"*", "%")] == [[], [], []]
