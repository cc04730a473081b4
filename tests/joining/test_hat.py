"""The sorting hat as a newcomer meets it: what they say, what they are given and why, what it costs."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import insert, select

from registry.database.engine import Database
from registry.handbook import needs
from registry.joining.queries.hat import CANDIDATES, projects_for
from registry.joining.rules import Wish
from registry.people.models import Person
from registry.projects.models import Need, Project
from registry.projects.rules import NeedState, Standing
from registry.search.commands import rebuild
from registry.stages.models import CheckpointEvidence
from tests.conftest import postgresql_in_trust
from tests.factories import a_need, a_project, a_proposal, a_tag, an_event
from tests.pages import main_of, page_of, words
from tests.visits import Visit

TODAY = datetime.now(UTC).date()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _given(page: str) -> list[str]:
    return [words(one) for one in re.findall(r'"project-card__name"><a href="[^"]*">(.*?)</a>', main_of(page))]


def _reasons(page: str) -> list[str]:
    return [words(one) for one in re.findall(r"<li>(?!\s*<)(.*?)</li>", main_of(page).split("hat__reasons")[1])]


async def test_the_questions_stand_alone_and_need_no_account(client: AsyncTestClient) -> None:
    page = await page_of(client, "/start")
    assert ("Three keywords about you" in page, _given(page), "Change your answers" in page) == (True, [], False)
    assert 'method="post"' not in main_of(page)


async def test_a_chinese_word_for_a_role_and_a_word_of_two_characters_find_a_project_and_say_why(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        fits = await a_project(session, name={"zh-Hant": "預算視覺化"}, slug="fits", last_active_on=TODAY)
        await a_need(session, project=fits, key="front-end", line={"zh-Hant": "讓手機也好讀"})
        far = await a_project(session, name={"en": "Far"}, last_active_on=TODAY)
        await a_need(session, project=far, key="legal")
        await rebuild(session)
    page = await page_of(client, f"/start?q={quote('前端工程師、預算')}")
    assert _given(page) == ["預算視覺化"]
    assert _reasons(page)[:2] == ["Looks for: Front end 讓手機也好讀", "“預算” is one of its words as well"]
    assert 'href="/projects/fits/help?need=front-end"' in page
    assert 'href="/needs/front-end"' in page


async def test_every_kind_of_reason_is_said(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project = await a_project(session, name={"en": "Pit", "zh-Hant": "坑"}, pitch_count=2)
        await a_tag(session, project, slug="law", name={"en": "Law"})
        await a_need(session, project=project, key="ui")
        event = await an_event(session, starts_on=TODAY - timedelta(days=9), name={"en": "Last one"})
        await a_proposal(session, event=event, project=project)
        session.add(CheckpointEvidence(
            project_id=project.id, checkpoint_key="first-tasks", source="sync", noted_at=LONG_AGO,
        ))
        await rebuild(session)
    page = await page_of(client, "/start?need=designer&topic=law&language=en&time=weekly")
    assert _reasons(page) == [
        "Is about Law, which you care about", f"Looks for something near to it: {needs()['ui'].name['en']}",
        "Has a first task cut for newcomers",
        "Was at the last hackathon: Last one", "Has come back to hackathons: pitched 3 times",
        "Tells about itself in English",
    ]


async def test_hidden_ended_and_filled_are_never_given_and_resting_ones_only_alone(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        for project in [
            await a_project(session, name={"en": "Hidden"}, hidden_at=LONG_AGO),
            await a_project(session, name={"en": "Ended"}, standing=Standing.RETIRED),
            await a_project(session, name={"en": "Resting"}, last_active_on=date(2015, 1, 1)),
        ]:
            await a_need(session, project=project)
        await a_need(session, project=await a_project(session, name={"en": "Filled"}), state=NeedState.FILLED)
    page = await page_of(client, "/start?need=designer")
    assert (_given(page), "You may wake one of them" in page) == (["Resting"], True)
    async with database.writing() as session:
        await a_need(session, project=await a_project(session, name={"en": "Awake"}, last_active_on=TODAY))
    assert _given(await page_of(client, "/start?need=designer")) == ["Awake"]


async def test_where_nothing_fits_there_are_other_ways_in(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        await an_event(session, slug="soon", name={"en": "Soon"}, starts_on=TODAY + timedelta(days=9))
    page = await page_of(client, "/start?q=zzzz")
    assert _given(page) == []
    ways = re.findall(r'href="([^"]*)"', main_of(page).split("hat__ways")[1].split("</ul>")[0])
    assert ways == ["/events/soon", "/handbook/newcomers", "/handbook/community", "/needs"]


@pytest.mark.parametrize("query", [
    "q=" + "x" * 1_000, "need=king&skill=%22&topic=none&time=never&language=xx", "q=%22%20OR%20*",
    "&".join(f"need=k{number}" for number in range(100)), "q=,,,",
])
async def test_no_question_however_odd_breaks_the_page(client: AsyncTestClient, query: str) -> None:
    assert _given(await page_of(client, f"/start?{query}")) == []


@postgresql_in_trust
async def test_the_page_asks_the_database_as_often_for_one_project_as_for_three(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    costs: list[tuple[int, int]] = []
    for _ in (1, 3):
        async with database.writing() as session:
            for _number in range(len(costs) * 2 or 1):
                project = await a_project(session, name={"en": "Budget maps"}, last_active_on=TODAY)
                await a_need(session, project=project)
                await a_tag(session, project)
            await rebuild(session)
        statements.clear()
        page = await page_of(client, "/start?q=budget%20map&need=designer&topic=tag&time=day&language=both")
        costs.append((len(_given(page)), len(statements)))
    assert costs == [(1, 5), (3, 5)]


async def test_however_many_projects_there_are_a_bounded_number_is_looked_at(database: Database) -> None:
    async with database.writing() as session:
        first = await a_project(session)
        await session.execute(insert(Project), [
            {"slug": f"many-{number}", "name": {}, "sort_name": "", "stage_key": "idea", "last_active_on": TODAY}
            for number in range(400)
        ])
        ids = (await session.scalars(select(Project.id).where(Project.id != first.id))).all()
        await session.execute(insert(Need), [
            {"project_id": one, "key": "designer", "line": {}, "state": NeedState.OPEN} for one in ids
        ])
    async with database.reading() as reader:
        for wish in (Wish(needs=frozenset({"designer"})), Wish()):
            projects, candidates = await projects_for(reader, wish, last_event="", quiet_before=date(2020, 1, 1))
            assert (len(projects), len(candidates)) == (CANDIDATES, CANDIDATES)


async def test_a_member_keeps_what_they_can_do_and_the_page_says_who_sees_it(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        await a_need(session, project=await a_project(session, last_active_on=TODAY), key="translation")
    asked = f"/start?q={quote('翻譯')}"
    assert "/start/keep" not in await page_of(visit.client, asked)
    await visit.play("proposer")
    kept = await visit.fill(asked, "/start/keep")
    assert kept.headers["location"] == "/account/offers?done=roles-kept"
    assert "projects that look for it can find you" in await page_of(visit.client, "/account/offers")
    async with database.reading() as reader:
        offers = await reader.scalar(select(Person.offers).where(Person.slug == "example-newcomer"))
    assert offers == ["translation"]
    assert 'href="/needs/translation"' in await page_of(visit.client, "/people/example-newcomer")
