"""What a look at a repository found, in the registry's words: what an integration hands to the commands."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from registry.repositories.files.formats import FilesRead, Stated
from registry.repositories.rules import Evidence, RepositoryStanding


class ContributorFound(msgspec.Struct, frozen=True):
    """An account with commits, and where they can be seen."""

    account_id: int
    login: str
    commit_count: int
    commits_url: str | None = None


class WeekFound(msgspec.Struct, frozen=True):
    """How many commits an account made in the week that begins on a Monday; 0 is everyone without an account."""

    week: date
    account_id: int
    commit_count: int


class ChangeFound(msgspec.Struct, frozen=True):
    """A pull request that was merged."""

    number: int
    title: str
    url: str
    merged_at: datetime


class ReleaseFound(msgspec.Struct, frozen=True):
    """A published release."""

    tag: str
    name: str | None
    url: str
    published_at: datetime


class IssueFound(msgspec.Struct, frozen=True):
    """An open issue to start with."""

    number: int
    title: str
    url: str
    labels: list[str]
    opened_at: datetime


class ReadmeFound(msgspec.Struct, frozen=True):
    """The README of a repository: its name there, and itself as HTML that is safe to show."""

    name: str
    html: str


class RepositoryTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a forge tells of a repository by itself."""

    forge_id: int
    url: str
    standing: RepositoryStanding


class RepositoryFound(msgspec.Struct, frozen=True, kw_only=True):
    """A repository read whole. ``evidence`` says where each fact can be seen, ``updated_at`` as of when all this is.

    ``contributors`` (and ``anonymous_count``) are none where they were not asked for or not told: those known stay.
    So is ``weeks``; it has the weeks from ``weeks_since`` on (none: all there are), those known from before stay.
    """

    forge_id: int
    full_name: str
    url: str
    etag: str | None
    pushed_at: datetime | None
    updated_at: datetime | None = None
    description: str | None = None
    homepage: str | None = None
    language: str | None = None
    licence: str | None = None
    topics: list[str] = []
    star_count: int = 0
    fork_count: int = 0
    is_archived: bool = False
    is_fork: bool = False
    default_branch: str | None = None
    evidence: Mapping[Evidence, str] = {}
    releases: list[ReleaseFound] = []
    issues: list[IssueFound] = []
    readme: ReadmeFound | None = None
    files: FilesRead = FilesRead(Stated(), [])
    contributors: list[ContributorFound] | None = None
    anonymous_count: int | None = None
    weeks: list[WeekFound] | None = None
    weeks_since: date | None = None
    changes: list[ChangeFound] = []


class RepositoryLook(msgspec.Struct, frozen=True):
    """What a look at our row of a repository found; ``wanted_at`` is the wish that it answers: a later one stays."""

    repository_id: int
    found: RepositoryFound
    wanted_at: datetime | None = None
