"""What projects' repositories tell, on their pages: who wrote what and when, where newcomers start."""

import re
from datetime import UTC, date, datetime, timedelta

from litestar.testing import AsyncTestClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.contributions.statement_queries import stateable
from registry.database.engine import Database
from registry.people.models import Contribution, Identity, Person
from registry.people.rules import IdentityProvider
from registry.projects.models import Project
from registry.repositories.credit import credit_commits
from registry.repositories.models import (
    CommitWeek,
    MergedChange,
    Repository,
    RepositoryAlias,
    RepositoryContributor,
    RepositoryRelease,
    StarterIssue,
)
from registry.repositories.rules import RepositoryState
from tests.conftest import postgresql_in_trust
from tests.factories import a_need, a_person, a_project, a_repository
from tests.pages import main_of, words
from tests.visits import Visit

NOW = datetime.now(UTC)
THIS_WEEK = NOW.date() - timedelta(days=NOW.weekday())
ADA, BOB, EVE = 11, 12, 13


async def work_on(session: AsyncSession, repository: Repository) -> None:
    """Two accounts and somebody without one have worked on a repository this week and in May 2020."""
    session.add_all([
        *(
            RepositoryContributor(
                repository_id=repository.id, account_id=account, login=login, commit_count=count,
                commits_url=f"{repository.url}/commits?author={login}",
            )
            for account, login, count in ((ADA, "zz-ada", 3), (BOB, "bob", 40), (EVE, "Eve", 2))
        ),
        *(
            CommitWeek(repository_id=repository.id, week=week, account_id=account, commit_count=count)
            for week, account, count in (
                (THIS_WEEK, ADA, 3), (THIS_WEEK, 0, 4), (date(2020, 5, 4), ADA, 1), (date(2020, 5, 4), BOB, 1),
                (date(2020, 6, 29), EVE, 1),
            )
        ),
        RepositoryRelease(repository_id=repository.id, tag="v1", name="First <map>", url="https://github.com/r/1",
                          published_at=datetime(2021, 3, 1, tzinfo=UTC)),
        *(
            MergedChange(repository_id=repository.id, number=number, title=f"Change {number}",
                         url=f"https://github.com/p/{number}", merged_at=datetime(2021, 2, number, tzinfo=UTC))
            for number in (1, 2)
        ),
        StarterIssue(repository_id=repository.id, number=7, title="Draw <a> legend", url="https://github.com/i/7",
                     labels=["good first issue"], opened_at=datetime(2021, 1, 1, tzinfo=UTC)),
    ])
    await session.flush()


async def _signed_in(session: AsyncSession, account: int, **fields: object) -> Person:
    person = await a_person(session, claimed_at=NOW, **fields)
    session.add(Identity(person_id=person.id, provider=IdentityProvider.GITHUB, subject=str(account), login="x"))
    await session.flush()
    await credit_commits(session, people=[person.id], now=NOW)
    return person


async def test_a_project_shows_who_wrote_its_code_in_order_of_names_and_what_came_of_it(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="map")
        await work_on(session, await a_repository(session, project, full_name="g0v/map", anonymous_count=2, stated={
            "name": {}, "summary": {}, "site": "", "code_licence": "", "thanks": {"design": 3},
        }))
        await _signed_in(session, ADA, slug="ada", display_name="Ada Lin")
        await _signed_in(session, BOB, slug="bob-hidden", display_name="Bob's real name", is_public=False)
    page = (await client.get("/projects/map")).text
    shown = words(main_of(page))
    assert "Ada Lin 3 commits by Ada Lin bob 40 commits Eve 2 commits And 2 more without names." in shown
    assert ('href="/people/ada"' in page, "bob-hidden" in page, "real name" in page) == (True, False, False)
    assert ("First &lt;map&gt;" in page, "2 changes taken into the code" in page) == (True, True)
    assert "Draw &lt;a&gt; legend" in page
    assert "As of May 2, 2024, when it had last changed; it is looked at every week." in shown
    counted = []
    for others in (0, 2):
        async with database.writing() as session:
            for _ in range(others):
                await work_on(session, await a_repository(session, await session.get_one(Project, project.id)))
        statements.clear()
        code = (await client.get("/projects/map/code")).text
        counted.append(len(statements))
    assert counted == [counted[0]] * 2
    assert counted[0] <= 4
    assert "Ada Lin 9 commits" in words(main_of(code))
    assert "Its repositories thank people for: Design 3" in words(main_of(code))
    assert code.count('<rect class="chart__bar"') == 1
    assert [name in words(main_of(code)) for name in ("2020, quarter 2 3", "2020, quarter 3 0")] == [True, False]
    weeks = await client.get("/projects/map/code/commits.csv")
    assert weeks.headers["content-type"] == "text/csv; charset=utf-8"
    assert weeks.text == f"week,commits\r\n2020-05-04,6\r\n2020-06-29,3\r\n{THIS_WEEK.isoformat()},21\r\n"
    people = (await client.get("/projects/map/code/people.csv")).text.splitlines()
    assert people[:2] == ["quarter,people", "2020-Q2,3"]
    assert (await client.get("/projects/none/code")).status_code == 404


@postgresql_in_trust
async def test_a_person_has_their_commits_on_their_page_and_in_their_statement(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="map", name={"en": "Map"})
        await work_on(session, await a_repository(session, project, full_name="g0v/map"))
        ada = await _signed_in(session, ADA, slug="ada", shows_calendar=True)
        places = await stateable(
            session, ada.id, since=date(2020, 1, 1), until=NOW.date(), now=NOW, timezone="Asia/Taipei"
        )
    url = "https://github.com/g0v/map/commits?author=zz-ada"
    assert [(fact.kind, fact.source, fact.count, fact.evidence_url) for fact in places[0].facts] == [
        ("commit", "github", 2, url)
    ]
    page = await client.get("/people/ada")
    shown = words(main_of(page.text))
    assert (f'href="{url}"' in page.text, "2 weeks with commits" in shown, "As of May 2, 2024." in shown) == (True,) * 3
    assert "2020 Weeks with commits 1" in shown


@postgresql_in_trust
async def test_a_repository_that_cannot_be_seen_says_so_kindly_and_keeps_what_is_known(
    database: Database, client: AsyncTestClient
) -> None:
    kinds = {
        RepositoryState.GONE: "It is no longer there.", RepositoryState.CLOSED: "It is not open to everyone.",
        RepositoryState.BLOCKED: "Its forge has blocked it.",
    }
    async with database.writing() as session:
        project = await a_project(session, slug="map")
        for state in kinds:
            repository = await a_repository(session, project, state=state, description=f"What {state.value} was for")
            await work_on(session, repository)
        moved = await a_repository(session, project, is_archived=True, full_name="g0v/new")
        session.add(RepositoryAlias(forge="github", name_key="g0v/old", repository_id=moved.id))
        await a_repository(session, project, full_name="g0v/unread", read_at=None)
    shown = words(main_of((await client.get("/projects/map/code")).text))
    said = [*kinds.values(), *(f"What {state.value} was for" for state in kinds), "Formerly g0v/old.", "Archived:",
            "It has not been looked at yet."]
    assert [one for one in said if one not in shown] == []
    assert "legend" not in shown


async def test_issues_to_start_with_are_found_by_language_and_need_page_by_page(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    async with database.writing() as session:
        map_, game = await a_project(session, name={"en": "Map"}), await a_project(session, name={"en": "Game"})
        hidden = await a_project(session, name={"en": "Hidden"}, hidden_at=NOW)
        await a_need(session, project=game, key="designer")
        await a_need(session, project=map_, key="designer", state="filled")
        for project, fields in (
            ((map_, game), {"language": "Python"}), ((game,), {"language": "Go"}), ((hidden,), {"language": "Zig"}),
            ((game,), {"language": "Lua", "is_archived": True}), ((game,), {"language": "C", "state": "gone"}),
        ):
            repository = await a_repository(session, *project, **fields)
            language = str(fields["language"])
            session.add_all(
                StarterIssue(
                    repository_id=repository.id, number=number, title=f"{language} task {number}",
                    url=f"https://github.com/{language}/{number}",
                    opened_at=datetime(2021, 1, 1, tzinfo=UTC) + timedelta(hours=number),
                )
                for number in range(20)
            )

    async def found(address: str) -> tuple[int, set[str]]:
        statements.clear()
        page = await client.get(address)
        assert (page.status_code, len(statements) <= 3) == (200, True)
        titles = re.findall(r'class="code-list__title"><a [^>]*>(\w+) task', page.text)
        return len(titles), set(titles)

    assert await found("/start/issues") == (24, {"Python", "Go"})
    assert await found("/start/issues?page=2") == (16, {"Python", "Go"})
    assert await found("/start/issues?language=Go") == (20, {"Go"})
    assert await found("/start/issues?need=designer") == (20, {"Go"})
    assert await found("/start/issues?need=designer&language=Python") == (0, set())
    offered = (await client.get("/start/issues")).text
    assert [f"language={name}" in offered for name in ("Python", "Go", "Zig", "Lua", "C")] == [True, True, *[False] * 3]


async def test_who_does_not_want_their_commits_shown_is_counted_without_a_name(
    database: Database, visit: Visit
) -> None:
    await visit.play("owner")
    async with database.writing() as session:
        project = await a_project(session, slug="map", name={"en": "Map"})
        await work_on(session, await a_repository(session, project))
        owner = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        session.add(Identity(person_id=owner.id, provider=IdentityProvider.GITHUB, subject=str(ADA), login="zz-ada"))
        await session.flush()
        await credit_commits(session, people=[owner.id], now=NOW)
    assert "2 weeks with commits" in words((await visit.client.get("/account/commits")).text)
    answer = await visit.fill("/account/commits", "/account/commits")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/commits?done=saved")
    page = (await visit.client.get("/account/commits")).text
    assert ("counted without a name" in page, "weeks with commits" in page) == (True, False)
    project_page = (await visit.client.get("/projects/map")).text
    assert ("zz-ada" in project_page, "And 1 more without a name." in words(project_page)) == (False, True)
    assert (await visit.submit("/account/commits", "/account/commits", account=str(BOB))).status_code == 400
    async with database.reading() as reader:
        assert list(await reader.scalars(select(Contribution.id))) == []
        assert sorted(await reader.scalars(select(CommitWeek.commit_count))) == [1, 1, 1, 7]
    await visit.fill("/account/commits", "/account/commits")
    assert "Do not show my commits" in (await visit.client.get("/account/commits")).text
