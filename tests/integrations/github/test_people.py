"""Whose work it is: commits are credited to who signed in with the account, and named no longer than they want."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import person_for, unlink_identity
from registry.database.engine import Database
from registry.people.models import Contribution, Identity, Person
from registry.people.rules import IdentityProvider
from registry.ports import Claims, Workplace
from registry.privacy.commands import erase_person
from registry.projects.models import Project
from registry.repositories.credit import credit_commits
from registry.repositories.models import CommitWeek, Repository, RepositoryContributor
from registry.repositories.naming import noted_with_other_secret
from registry.settings import Settings
from registry.stages.commands import ask_quiet_projects
from registry.stages.models import DormancyQuestion
from tests.conftest import postgresql_in_trust
from tests.factories import a_link, a_membership, a_person, a_project
from tests.fakes.github import FakeGitHub
from tests.integrations.github.test_sync import NOW, look
from tests.privacy.columns import columns_holding

NAME = "g0v/budget-map"
ADA, BOB = 987654101, 987654102


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """GitHub on loopback, with a repository that two accounts, a program and somebody without an account work on."""
    with FakeGitHub() as fake:
        fake.add_repository(NAME, language="Python")
        for account, login, commits in ((ADA, "zqada", 3), (BOB, "bob", 1)):
            fake.add_contributor(NAME, account, login, commits)
        fake.add_anonymous(NAME, "who@example.org", 2)
        for day, login, account_id in (
            ("2024-04-30", "zqada", ADA), ("2024-05-01", "zqada", ADA), ("2024-05-01", "bob", BOB),
            ("2024-05-01", "dependabot[bot]", None), ("2023-02-01", "zqada", ADA), ("2023-02-01", "Who", None),
        ):
            fake.add_commit(NAME, f"{day}T08:00:00Z", login, account_id)
        yield fake


async def _a_project_with_it(session: AsyncSession, github: FakeGitHub) -> Project:
    project = await a_project(session, slug="map", name={"en": "Map"})
    await a_link(session, project=project, url=f"{github.url}/{NAME}", kind="repository")
    return project


async def _ada_signs_in(session: AsyncSession) -> Person:
    person = await person_for(session, now=NOW, claims=Claims(
        provider=IdentityProvider.GITHUB, subject=str(ADA), login="zqada-of-old", display_name="Ada"
    ))
    person.is_public = person.shows_calendar = True
    await session.flush()
    return person


async def _pushed(database: Database, github: FakeGitHub, *, day: str) -> None:
    github.repositories[NAME]["pushed_at"] = f"{day}T09:00:00Z"
    await look(database, github, now=NOW)


async def _weeks(database: Database) -> dict[tuple[date, int], int]:
    async with database.reading() as reader:
        rows = await reader.execute(select(CommitWeek.week, CommitWeek.account_id, CommitWeek.commit_count))
    return {(week, account): count for week, account, count in rows}


async def _credited(database: Database) -> list[tuple[date, str | None]]:
    async with database.reading() as reader:
        rows = await reader.execute(
            select(Contribution.happened_on, Contribution.evidence_url).where(Contribution.person_id.is_not(None))
            .order_by(Contribution.happened_on)
        )
    return [(day, url) for day, url in rows]


async def test_weeks_are_counted_by_account_and_replaced_from_half_a_year_before_a_push(
    database: Database, github: FakeGitHub
) -> None:
    async with database.writing() as session:
        await _a_project_with_it(session, github)
    await look(database, github)
    spring, winter = date(2024, 4, 29), date(2023, 1, 30)
    first = {(spring, ADA): 2, (spring, BOB): 1, (winter, ADA): 1, (winter, 0): 1}
    assert await _weeks(database) == first
    github.commits[NAME] = []
    github.add_commit(NAME, "2024-03-01T08:00:00Z", "bob", BOB)
    await _pushed(database, github, day="2024-05-02")
    assert await _weeks(database) == {(winter, ADA): 1, (winter, 0): 1, (date(2024, 2, 26), BOB): 1}


async def test_a_long_history_is_read_page_by_page_and_its_first_week_that_is_not_whole_left_out(
    database: Database, github: FakeGitHub
) -> None:
    async with database.writing() as session:
        await _a_project_with_it(session, github)
    github.commits[NAME] = [
        {"committedDate": f"{NOW - timedelta(hours=8 * number):%Y-%m-%dT%H:%M:%SZ}", "author": None}
        for number in range(1_100)
    ]
    await look(database, github)
    weeks = await _weeks(database)
    async with database.reading() as reader:
        since = await reader.scalar(select(Repository.weeks_since))
    assert since == min(week for week, _ in weeks) == date(2023, 6, 5)
    assert (weeks[date(2023, 6, 5), 0], sum(weeks.values())) == (21, 998)


@postgresql_in_trust
async def test_what_github_cannot_tell_of_one_repository_is_asked_for_alone_and_the_rest_is_told(
    database: Database, github: FakeGitHub
) -> None:
    other = github.add_repository("g0v/other")
    github.add_commit("g0v/other", "2024-05-01T08:00:00Z", "eve", 7)
    async with database.writing() as session:
        project = await _a_project_with_it(session, github)
        await a_link(session, project=project, url=other, kind="repository")
    github.fail_histories = 2  # the question for both, then the one for the first alone
    report = await look(database, github)
    assert (report.changed, report.failed, await _weeks(database)) == (2, 0, {(date(2024, 4, 29), 7): 1})


async def test_who_signs_in_has_claimed_their_commits_and_unlinking_gives_them_back(
    database: Database, github: FakeGitHub
) -> None:
    async with database.writing() as session:
        await _a_project_with_it(session, github)
    await look(database, github)
    async with database.writing() as session:
        person = await _ada_signs_in(session)
    url = f"{github.url}/{NAME}/commits?author=zqada"
    assert await _credited(database) == [(date(2023, 1, 30), url), (date(2024, 4, 29), url)]
    async with database.writing() as session:  # as when two projects with one repository become one
        first = await session.scalar(select(Contribution).order_by(Contribution.id).limit(1))
        assert first is not None
        session.add(Contribution(person_id=person.id, project_id=first.project_id, kind=first.kind,
                                 source=first.source, happened_on=first.happened_on, confirmed_at=NOW))
        first.is_shown = False
        await session.flush()
        await credit_commits(session, people=[person.id], now=NOW)
        assert list(await session.scalars(select(Contribution.is_shown).order_by(Contribution.id))) == [False, True]
    async with database.writing() as session:
        session.add(Identity(person_id=person.id, provider=IdentityProvider.SLACK, subject="T:U", login=None))
        await session.flush()
        identity = await session.scalar(select(Identity.id).where(Identity.provider == IdentityProvider.GITHUB))
        await unlink_identity(session, person_id=person.id, identity_id=identity or 0, now=NOW)
    assert await _credited(database) == []


async def test_who_keeps_a_project_whose_repository_rests_is_asked_whether_it_is_alive(
    database: Database, github: FakeGitHub, settings: Settings
) -> None:
    github.repositories[NAME]["pushed_at"] = "2019-05-01T08:00:00Z"
    async with database.writing() as session:
        project = await _a_project_with_it(session, github)
        await a_membership(session, project=project, person=await a_person(session, claimed_at=NOW))
    workplace = Workplace(settings, database, lambda: NOW)
    asked = []
    for _ in range(2):
        await ask_quiet_projects(workplace, NOW)
        async with database.reading() as reader:
            asked.append(list(await reader.scalars(select(DormancyQuestion.project_id))))
        await look(database, github)
    assert asked == [[], [project.id]]


async def test_an_erased_account_does_not_come_back_with_the_next_look(
    database: Database, github: FakeGitHub
) -> None:
    async with database.writing() as session:
        await _a_project_with_it(session, github)
        person = await _ada_signs_in(session)
    await look(database, github)
    assert {"repository_contributors.login", "contributions.evidence_url"} < await columns_holding(database, ["zqada"])
    async with database.writing() as session:
        await erase_person(session, person_id=person.id, now=NOW)
    assert await columns_holding(database, ["zqada"]) == set()
    weeks = await _weeks(database)
    await _pushed(database, github, day="2024-05-02")
    assert await columns_holding(database, ["zqada"]) == set()
    assert await columns_holding(database, [str(ADA)]) == set()
    async with database.reading() as reader:
        left = [tuple(row) for row in await reader.execute(
            select(RepositoryContributor.login, Repository.anonymous_count)
            .join(Repository, Repository.id == RepositoryContributor.repository_id)
        )]
        kept = await reader.scalar(select(func.count()).select_from(Contribution))
    assert (left, kept, await _weeks(database)) == ([("bob", 2)], 2, weeks)
    assert weeks == {(date(2024, 4, 29), 0): 2, (date(2024, 4, 29), BOB): 1, (date(2023, 1, 30), 0): 2}


async def test_with_another_secret_nobody_new_is_named(
    database: Database, settings: Settings, github: FakeGitHub
) -> None:
    async with database.writing() as session:
        await _a_project_with_it(session, github)
        person = await _ada_signs_in(session)
    await look(database, github)
    async with database.writing() as session:
        await erase_person(session, person_id=person.id, now=NOW)
    moved_settings = settings.model_copy(update={"secret_key": SecretStr("another" * 8)})
    moved = Database(moved_settings)
    github.add_contributor(NAME, 103, "carol", 9)
    await _pushed(moved, github, day="2024-05-02")
    async with moved.reading() as reader:
        found = [await noted_with_other_secret(reader, settings=one) for one in (settings, moved_settings)]
    await moved.close()
    assert found == [0, 1]
    async with database.reading() as reader:
        assert list(await reader.scalars(select(RepositoryContributor.login))) == ["bob"]
