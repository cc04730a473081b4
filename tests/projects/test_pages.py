import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient

from registry.activity.models import Provenance, SlugRedirect
from registry.activity.rules import Subject
from registry.cases.models import AxisAnswer
from registry.cases.rules import Axis
from registry.database.engine import Database
from registry.people.rules import MembershipRole
from registry.projects.models import ProjectAlias, ProjectRelation
from registry.projects.rules import LinkHealth, LinkKind, NeedState, RelationKind, Standing
from registry.search.commands import rebuild
from registry.stages.models import CheckpointEvidence
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_link, a_membership, a_need, a_person, a_project, a_proposal, a_tag, an_event
from tests.pages import page_of

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
TODAY = datetime.now(UTC).date()


def names_in(page: str) -> list[str]:
    return re.findall(r'<h2 class="project-card__name"><a href="[^"]*">(?:<span[^>]*>)?([^<]*)', page)


def total_in(page: str) -> int:
    return int(re.findall(r'data-total="(\d+)"', page)[0])


def choices_in(page: str, title: str) -> dict[str, int]:
    _, _, after = page.partition(f"<summary>{title}</summary>")
    group, _, _ = after.partition("</details>")
    choice = r'<a class="filter-group__choice"[^>]*>([^<]*?)\s*<span class="filter-group__count">(\d+)'
    return {label: int(count) for label, count in re.findall(choice, group)}


async def test_each_filter_finds_its_projects_and_they_combine(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="hackath9n", starts_on=date(2014, 3, 5))
        wanted = await a_project(
            session, name={"en": "Budget", "zh-Hant": "預算"}, stage_key="prototype", code_licence="MIT",
            has_repository=True,
        )
        await a_proposal(session, event=event, project=wanted)
        await a_need(session, project=wanted, key="designer")
        await a_tag(session, wanted, slug="money")
        other = await a_project(session, name={"zh-Hant": "空氣"}, last_active_on=TODAY)
        await a_need(session, project=other, key="designer", state=NeedState.FILLED)
        await a_project(session, name={"en": "Hidden"}, stage_key="prototype", hidden_at=LONG_AGO)
        await rebuild(session)
    for query in (
        "stage=prototype", "need=designer", "tag=money", "language=en", "event=hackath9n", "year=2014",
        "licence=MIT", "standing=dormant", "has_repository=yes", "q=預算",
        "stage=prototype&need=designer&tag=money&year=2014&has_repository=yes&language=en&q=budget",
    ):
        assert names_in(await page_of(client, f"/projects?{query}")) == ["Budget"], query
    assert names_in(await page_of(client, "/projects?has_repository=no&standing=active")) == ["空氣"]
    assert names_in(await page_of(client, "/projects")) == ["空氣", "Budget"]


@postgresql_in_trust
@pytest.mark.parametrize(
    "query",
    ["stage=x", "need=x", "tag=x", "language=x", "event=x", "year=x", "year=99999", "year=２０１４", "licence=x",
     "standing=x", "has_repository=x", "q=zzz", "q=%25", "q='\"*"],
)
async def test_an_unknown_value_finds_nothing_and_offers_the_way_back(
    database: Database, client: AsyncTestClient, query: str
) -> None:
    async with database.writing() as session:
        await a_project(session)
    page = await page_of(client, f"/projects?{query}")
    assert (total_in(page), names_in(page)) == (0, [])
    assert "No project fits" in page
    assert '<a class="button" href="/projects">' in page


async def test_an_unknown_sort_is_passed_over(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await a_project(session, name={"en": "Only"})
    assert names_in(await page_of(client, "/projects?sort=nonsense")) == ["Only"]


async def test_counts_beside_choices_are_given_the_other_filters(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        for stage, licence in (("idea", "MIT"), ("idea", "MIT"), ("prototype", "MIT"), ("prototype", "CC0-1.0")):
            await a_project(session, stage_key=stage, code_licence=licence)
        await a_project(session, stage_key="idea", code_licence="MIT", hidden_at=LONG_AGO)
    page = await page_of(client, "/projects?stage=idea")
    assert choices_in(page, "Stage") == {"Explore": 2, "Prototype": 2}
    assert choices_in(page, "Licence of the code") == {"MIT": 2}
    page = await page_of(client, "/projects?stage=prototype&licence=MIT")
    assert choices_in(page, "Stage") == {"Explore": 2, "Prototype": 1}
    assert choices_in(page, "Licence of the code") == {"MIT": 1, "CC0-1.0": 1}


async def test_a_choice_keeps_the_other_filters_and_drops_the_page(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        for _ in range(25):
            await a_project(session, has_repository=True)
    page = await page_of(client, "/projects?has_repository=yes&sort=name&page=2")
    assert '"/projects?has_repository=yes&sort=name&stage=idea"' in page
    assert 'rel="prev" href="/projects?has_repository=yes&sort=name"' in page
    assert '<a href="/projects?sort=name">With a repository' in page


async def test_sorting_puts_what_is_asked_first(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        old = await an_event(session, starts_on=date(2013, 1, 5))
        new = await an_event(session, starts_on=date(2020, 1, 4))
        often = await a_project(session, name={"en": "often"})
        fresh = await a_project(session, name={"en": "fresh"})
        await a_project(session, name={"en": "alone"})
        await a_proposal(session, event=old, project=often)
        await a_proposal(session, event=old, project=often, slug="again")
        await a_proposal(session, event=new, project=fresh)
    orders = {
        sort: names_in(await page_of(client, f"/projects?sort={sort}"))
        for sort in ("active", "newest", "name", "pitched")
    }
    assert orders == {
        "active": ["fresh", "often", "alone"], "newest": ["fresh", "often", "alone"],
        "name": ["alone", "fresh", "often"], "pitched": ["often", "fresh", "alone"],
    }


async def test_htmx_gets_the_part_of_the_page_that_changes(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        await a_project(session, name={"en": "Only"})
    whole = await client.get("/projects?stage=idea")
    part = await client.get("/projects?stage=idea", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "HX-Request-Type" in part.headers["vary"]
    assert part.text.startswith('<div id="project-list"')
    assert part.text in whole.text


async def test_a_page_beyond_the_last_is_not_found(client: AsyncTestClient) -> None:
    assert (await client.get("/projects?page=2")).status_code == 404
    assert (await client.get("/projects?page=0")).status_code == 400


async def test_an_empty_register_says_so(client: AsyncTestClient) -> None:
    assert "No project yet" in await page_of(client, "/projects")


@postgresql_in_trust
async def test_a_project_shows_what_the_record_holds(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project = await a_project(
            session, slug="budget", name={"zh-Hant": "預算", "en": "Budget"}, summary={"en": "See it."},
            description_html={"en": "<p>All of <em>it</em>.</p>"}, stage_key="prototype", code_licence="MIT",
            content_licence="CC0-1.0",
        )
        event = await an_event(session, slug="hackath0n", number=0, name={"en": "Zeroth"}, starts_on=date(2012, 12, 1))
        pitch = await a_proposal(session, event=event, project=project, title={"en": "An older name"})
        owner = await a_person(session, slug="lin", display_name="Lin")
        await a_membership(session, project=project, person=owner)
        await a_credit(session, proposal=pitch, person=owner)
        await a_credit(session, proposal=pitch, person=await a_person(session, slug="wu", display_name="Wu"))
        await a_link(
            session, project=project, kind=LinkKind.SITE, url="https://dead.example", health=LinkHealth.DEAD,
            checked_at=datetime(2026, 7, 1, tzinfo=UTC),
        )
        await a_need(session, project=project, key="designer", line={"en": "Draw a legend"})
        await a_tag(session, project, slug="money", name={"en": "Money"})
        session.add(ProjectAlias(project_id=project.id, name="budget -1", normalised="budget"))
        session.add(AxisAnswer(project_id=project.id, axis=Axis.TIME, choices=[], text="five years"))
        session.add(CheckpointEvidence(
            project_id=project.id, checkpoint_key="similar-projects", source="person", note="Compared with two",
            noted_at=LONG_AGO,
        ))
        session.add(Provenance(
            subject=Subject.PROJECT, subject_id=project.id, source="aray", file="projects.json", row="17",
            digest="d", imported_on=date(2026, 1, 2),
        ))
        child = await a_project(session, slug="child", name={"en": "Child"})
        session.add(ProjectRelation(project_id=child.id, other_id=project.id, kind=RelationKind.DERIVED_FROM))
    page = await page_of(client, "/projects/budget")
    for expected in (
        "<h1>Budget</h1>", '<p class="page-header__other-name" lang="zh-Hant">預算</p>', "See it.",
        "<p>All of <em>it</em>.</p>", "An older name", '<h3>2012</h3>', '<a href="/events/hackath0n">Zeroth</a>',
        "Draw a legend", 'href="/needs/designer"', 'href="/tags/money"', "budget -1", "five years",
        "Compared with two", "projects.json", "did not answer", "Jul 1, 2026", "MIT", "CC0-1.0",
        'Gave rise to: <a href="/projects/child">Child</a>', '<a href="/people/lin/claim">Is this you?',
        "Also named on its pitches", "This project rests",
    ):
        assert expected in page, expected
    assert page.count('href="/people/wu"') == 2


async def test_a_project_with_a_repository_is_source_code_to_machines(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        code = await a_project(session, slug="code")
        await a_link(session, project=code, kind=LinkKind.REPOSITORY, url="https://code.example/x")
        await a_project(session, slug="work")
    assert '"@type":"SoftwareSourceCode"' in await page_of(client, "/projects/code")
    assert '"codeRepository":"https://code.example/x"' in await page_of(client, "/projects/code")
    assert '"@type":"CreativeWork"' in await page_of(client, "/projects/work")


@postgresql_in_trust
async def test_nothing_that_is_hidden_shows(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        await a_project(session, slug="gone", hidden_at=LONG_AGO)
        project = await a_project(session, slug="seen")
        event = await an_event(session)
        secret = await a_proposal(session, event=event, project=project, slug="secret", is_anonymous=True)
        await a_credit(session, proposal=secret, person=await a_person(session, display_name="Canary One"))
        shown = await a_proposal(session, event=event, project=project, slug="shown")
        for fields in ({"hidden_at": LONG_AGO}, {"is_public": False}):
            person = await a_person(session, display_name="Canary Two", **fields)
            await a_credit(session, proposal=shown, person=person)
            await a_membership(session, project=project, person=person, role=MembershipRole.MAINTAINER)
        await a_proposal(session, event=event, project=project, slug="x", title={"en": "Canary 3"}, hidden_at=LONG_AGO)
        await a_tag(session, project, name={"en": "Canary 4"}, hidden_at=LONG_AGO)
    assert (await client.get("/projects/gone")).status_code == 410
    assert "Canary" not in await page_of(client, "/projects/seen")
    assert "Canary" not in await page_of(client, "/projects")


async def test_an_old_address_leads_to_the_new_one(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="new")
        hidden = await a_project(session, slug="hidden", hidden_at=LONG_AGO)
        for old, target in (("old", project), ("older", hidden)):
            session.add(SlugRedirect(subject=Subject.PROJECT, old_slug=old, subject_id=target.id))
    answer = await client.get("/projects/old", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/projects/new")
    assert (await client.get("/projects/older")).status_code == 404


@postgresql_in_trust
@pytest.mark.parametrize(
    ("standing", "days", "words"),
    [
        (Standing.ACTIVE, 10, None), (Standing.ACTIVE, 1000, "This project rests"),
        (Standing.DORMANT, 10, "This project rests"), (Standing.RETIRED, 10, "This project has ended"),
        (Standing.SUCCEEDED, 10, "Another project carries this one on"),
    ],
)
async def test_a_project_says_whether_it_goes_on(
    database: Database, client: AsyncTestClient, standing: Standing, days: int, words: str | None
) -> None:
    async with database.writing() as session:
        await a_project(session, slug="one", standing=standing, last_active_on=TODAY - timedelta(days=days))
    page = await page_of(client, "/projects/one")
    sentences = {"This project rests", "This project has ended", "Another project carries this one on"}
    assert {sentence for sentence in sentences if sentence in page} == ({words} if words else set())


async def test_similar_projects_share_topics_first(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        one = await a_project(session, slug="one")
        by_need = await a_project(session, name={"en": "By need"})
        by_tag = await a_project(session, name={"en": "By tag"})
        hidden = await a_project(session, name={"en": "Hidden"}, hidden_at=LONG_AGO)
        await a_project(session, name={"en": "Stranger"})
        await a_tag(session, one, by_tag, hidden)
        for project in (one, by_need):
            await a_need(session, project=project)
    page = await page_of(client, "/projects/one")
    alike = page.split('id="similar"')[1]
    assert re.findall(r"By need|By tag|Hidden|Stranger", alike) == ["By tag", "By need"]


async def _fill(database: Database, count: int) -> None:
    async with database.writing() as session:
        event = await an_event(session)
        for _ in range(count):
            project = await a_project(session, stage_key="idea", last_active_on=TODAY)
            pitch = await a_proposal(session, event=event, project=project)
            person = await a_person(session)
            await a_membership(session, project=project, person=person)
            await a_credit(session, proposal=pitch, person=person)
            await a_need(session, project=project)
            await a_tag(session, project)
            await a_link(session, project=project)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/projects", 4), ("/projects?stage=idea&need=designer&sort=name", 4), ("/projects?q=project", 6),
        ("/projects/{project}", 3), ("/people", 3), ("/people?q=person&role=owner", 5), ("/people/{person}", 1),
        ("/tags", 3), ("/tags?q=主題", 4), ("/tags/{tag}", 3), ("/needs", 3), ("/needs/designer", 2), ("/stages", 3),
        ("/stages/idea", 3),
    ],
)
async def test_a_page_asks_as_often_for_three_records_as_for_one(
    database: Database, client: AsyncTestClient, statements: list[str], address: str, most: int
) -> None:
    async def statements_for(ask: Callable[[str], Awaitable[str]]) -> list[str]:
        statements.clear()
        await ask(filled)
        return list(statements)

    async with database.writing() as session:
        project, person = await a_project(session), await a_person(session)
        tag = await a_tag(session, project)
    filled = address.format(project=project.slug, person=person.slug, tag=tag.slug)
    await _fill(database, 1)
    once = await statements_for(lambda path: page_of(client, path))
    await _fill(database, 2)
    again = await statements_for(lambda path: page_of(client, path))
    assert len(once) == len(again) <= most
