"""What is known of a project's repositories, for its pages; and a person's commits, for theirs."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Date, Integer, String, and_, cast, extract, func, select
from sqlalchemy import bindparam as given

from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized
from registry.people.models import Contribution, Identity, Person
from registry.people.rules import IdentityProvider
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.repositories.credit import COMMITS, FORGE
from registry.repositories.files.formats import Stated
from registry.repositories.models import (
    CommitWeek,
    MergedChange,
    ProjectRepository,
    Repository,
    RepositoryAlias,
    RepositoryContributor,
    RepositoryRelease,
    StarterIssue,
)
from registry.repositories.rules import NOBODY_NAMED, RepositoryState

REPOSITORIES_SHOWN = 50
CONTRIBUTORS_SHOWN = 500
RELEASES_SHOWN = 100
CHANGES_SHOWN = 200
ISSUES_SHOWN = 50
PROJECTS_SHOWN = 100
MONTHS_A_QUARTER = 3


class FormerName(msgspec.Struct, frozen=True):
    """A name that a repository had before."""

    name: str


class RepositorySeen(msgspec.Struct, frozen=True):
    """A repository as the forge told of it at ``read_at``; none when nothing is known of it but its address."""

    id: int
    full_name: str
    url: str
    state: RepositoryState
    description: str | None
    language: str | None
    is_archived: bool
    anonymous_count: int
    pushed_at: datetime | None
    read_at: datetime | None
    stated: Stated
    former_names: list[FormerName]


class ContributorSeen(msgspec.Struct, frozen=True):
    """An account with commits; the person whose it is where they signed in with it and show themselves."""

    login: str
    commit_count: int
    commits_url: str | None
    person_slug: str | None
    person_name: str | None

    @property
    def name(self) -> str:
        """What it is called here."""
        return self.person_name or self.login


class ReleaseSeen(msgspec.Struct, frozen=True):
    """A published release."""

    full_name: str
    tag: str
    name: str | None
    url: str
    published_at: datetime


class ChangeSeen(msgspec.Struct, frozen=True):
    """Work that was taken in."""

    full_name: str
    number: int
    title: str
    url: str
    merged_at: datetime


class IssueSeen(msgspec.Struct, frozen=True):
    """An open issue to start with."""

    title: str
    url: str
    labels: list[str]
    opened_at: datetime


class WeekSeen(msgspec.Struct, frozen=True):
    """How many commits a week has."""

    week: date
    count: int


class QuarterSeen(msgspec.Struct, frozen=True):
    """How many accounts have commits in a quarter of a year."""

    year: int
    quarter: int
    count: int


class ProjectCode(msgspec.Struct, frozen=True):
    """All that is known of a project's repositories; people in order of their names, all else the latest first.

    Weeks and quarters that have commits, the first one first.
    """

    repositories: list[RepositorySeen]
    contributors: list[ContributorSeen]
    releases: list[ReleaseSeen]
    changes: list[ChangeSeen]
    issues: list[IssueSeen]
    weeks: list[WeekSeen]
    quarters: list[QuarterSeen]

    @property
    def anonymous_count(self) -> int:
        """How many more have commits who have no account, or do not want to be named."""
        return sum(one.anonymous_count for one in self.repositories)

    @property
    def thanks(self) -> dict[str, int]:
        """For what its repositories thank people besides: kinds of contribution, and how many people for each."""
        thanks: Counter[str] = Counter()
        for one in self.repositories:
            thanks.update(one.stated.thanks)
        return dict(sorted(thanks.items()))

    @property
    def read_at(self) -> datetime | None:
        """As of when this is known."""
        return max((one.read_at for one in self.repositories if one.read_at), default=None)


NO_CODE = ProjectCode([], [], [], [], [], [], [])


class CommitsIn(msgspec.Struct, frozen=True):
    """A project to which somebody has commits: in how many weeks, where to see them, as of when this is known."""

    slug: str
    name: Localized
    weeks: int
    first_on: date
    last_on: date
    url: str | None
    read_at: datetime | None


async def project_code(reader: Reader, project_id: int, *, weeks_from: date) -> ProjectCode:
    """What is known of a project's repositories (one statement)."""
    [code] = await _CODE.rows(reader, project_id=project_id, weeks_from=weeks_from)
    return code


async def project_weeks(reader: Reader, project_id: int) -> list[WeekSeen]:
    """All the weeks in which a project has commits, the first one first (one statement)."""
    rows = await reader.execute(_weeks(), {"project_id": project_id})
    return [WeekSeen(*row) for row in rows]


async def project_quarters(reader: Reader, project_id: int) -> list[QuarterSeen]:
    """All the quarters in which accounts have commits, the first one first (one statement)."""
    return [QuarterSeen(*row) for row in await reader.execute(_quarters(), {"project_id": project_id})]


async def own_accounts(reader: Reader, person_id: int) -> list[tuple[int, str]]:
    """The accounts on the forge with which somebody signs in: number and name there (one statement)."""
    rows = await reader.execute(
        select(Identity.subject, Identity.login).where(
            Identity.person_id == person_id, Identity.provider == IdentityProvider.GITHUB
        ).order_by(Identity.id)
    )
    return [(int(row.subject), row.login or row.subject) for row in rows if row.subject.isdecimal()]


async def commits_of(reader: Reader, person_id: int) -> list[CommitsIn]:
    """The projects to which a person has commits that they show, the latest first (one statement)."""
    read_at = (
        select(func.max(Repository.read_at)).join(ProjectRepository, ProjectRepository.repository_id == Repository.id)
        .where(ProjectRepository.project_id == Project.id).correlate(Project).scalar_subquery()
    )
    last_on = func.max(Contribution.happened_on)
    rows = await reader.execute(
        select(
            Project.slug, Project.name, func.count(), func.min(Contribution.happened_on), last_on,
            func.min(Contribution.evidence_url), read_at,
        )
        .join(Project, Project.id == Contribution.project_id)
        .where(
            Contribution.person_id == person_id, Contribution.source == FORGE, Contribution.kind == COMMITS,
            Contribution.is_shown, Project.hidden_at.is_(None),
        )
        .group_by(Project.id, Project.slug, Project.name).order_by(last_on.desc(), Project.id).limit(PROJECTS_SHOWN)
    )
    return [CommitsIn(*row) for row in rows]


def _of_project(*columns: Any) -> AnySelect:
    return (
        select(*columns).select_from(ProjectRepository)
        .join(Repository, Repository.id == ProjectRepository.repository_id)
        .where(ProjectRepository.project_id == given("project_id"))
    )


def _repositories() -> AnySelect:
    former = (
        select(RepositoryAlias.name_key.label("name")).where(RepositoryAlias.repository_id == Repository.id)
        .order_by(RepositoryAlias.name_key).correlate(Repository)
    )
    return _of_project(
        Repository.id, Repository.full_name, Repository.url, Repository.state, Repository.description,
        Repository.language, Repository.is_archived, Repository.anonymous_count, Repository.pushed_at,
        Repository.read_at, Repository.stated, json_rows(former, FormerName).label("former_names"),
    ).order_by(Repository.name_key).limit(REPOSITORIES_SHOWN)


def _contributors() -> AnySelect:
    login = func.max(RepositoryContributor.login)
    is_account = and_(
        Identity.provider == IdentityProvider.GITHUB, Repository.forge == FORGE,
        Identity.subject == cast(RepositoryContributor.account_id, String),
    )
    return (
        _of_project(
            login.label("login"), func.sum(RepositoryContributor.commit_count).label("commit_count"),
            func.min(RepositoryContributor.commits_url).label("commits_url"), Person.slug.label("person_slug"),
            Person.display_name.label("person_name"),
        )
        .join(RepositoryContributor, RepositoryContributor.repository_id == Repository.id)
        .outerjoin(Identity, is_account).outerjoin(Person, and_(Person.id == Identity.person_id, person_is_public()))
        .group_by(RepositoryContributor.account_id, Person.id, Person.slug, Person.display_name)
        .order_by(func.lower(func.coalesce(Person.display_name, login)), RepositoryContributor.account_id)
        .limit(CONTRIBUTORS_SHOWN)
    )


def _issues() -> AnySelect:
    return (
        _of_project(StarterIssue.title, StarterIssue.url, StarterIssue.labels, StarterIssue.opened_at)
        .join(StarterIssue, StarterIssue.repository_id == Repository.id)
        .where(is_open_to_help()).order_by(StarterIssue.opened_at.desc(), StarterIssue.number).limit(ISSUES_SHOWN)
    )


def is_open_to_help() -> Any:
    """Repositories whose issues can be worked on."""
    return and_(Repository.state == RepositoryState.PRESENT, Repository.is_archived.is_(False))


def _weeks(*conditions: Any) -> AnySelect:
    return (
        _of_project(CommitWeek.week, func.sum(CommitWeek.commit_count).label("count"))
        .join(CommitWeek, CommitWeek.repository_id == Repository.id).where(*conditions)
        .group_by(CommitWeek.week).order_by(CommitWeek.week)
    )


def _quarters() -> AnySelect:
    year = cast(extract("year", CommitWeek.week), Integer)
    quarter = (cast(extract("month", CommitWeek.week), Integer) + MONTHS_A_QUARTER - 1) // MONTHS_A_QUARTER
    return (
        _of_project(
            year.label("year"), quarter.label("quarter"), func.count(CommitWeek.account_id.distinct()).label("count")
        )
        .join(CommitWeek, CommitWeek.repository_id == Repository.id).where(CommitWeek.account_id != NOBODY_NAMED)
        .group_by(year, quarter).order_by(year, quarter)
    )


def _code() -> AnySelect:
    releases = (
        _of_project(
            Repository.full_name, RepositoryRelease.tag, RepositoryRelease.name, RepositoryRelease.url,
            RepositoryRelease.published_at,
        )
        .join(RepositoryRelease, RepositoryRelease.repository_id == Repository.id)
        .order_by(RepositoryRelease.published_at.desc(), RepositoryRelease.tag).limit(RELEASES_SHOWN)
    )
    changes = (
        _of_project(
            Repository.full_name, MergedChange.number, MergedChange.title, MergedChange.url, MergedChange.merged_at
        )
        .join(MergedChange, MergedChange.repository_id == Repository.id)
        .order_by(MergedChange.merged_at.desc(), MergedChange.number.desc()).limit(CHANGES_SHOWN)
    )
    weeks = _weeks(CommitWeek.week >= given("weeks_from", type_=Date))
    return select(
        json_rows(_repositories(), RepositorySeen), json_rows(_contributors(), ContributorSeen),
        json_rows(releases, ReleaseSeen), json_rows(changes, ChangeSeen), json_rows(_issues(), IssueSeen),
        json_rows(weeks, WeekSeen), json_rows(_quarters(), QuarterSeen),
    )


_CODE = prepared(_code(), ProjectCode)
