"""What GitHub answers, as far as we read it; every other field is left alone."""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

Asked = TypeVar("Asked")

REPOSITORY_INSIDE = """\
fragment Inside on Repository {
  databaseId
  root: object(expression: "HEAD:") { ... on Tree { entries { name type } } }
  readme: object(expression: "HEAD:README.md") { ...Text }
  readmeLower: object(expression: "HEAD:readme.md") { ...Text }
  g0v: object(expression: "HEAD:g0v.json") { ...Text }
  civic: object(expression: "HEAD:civic.json") { ...Text }
  publiccode: object(expression: "HEAD:publiccode.yml") { ...Text }
  citation: object(expression: "HEAD:CITATION.cff") { ...Text }
  allContributors: object(expression: "HEAD:.all-contributorsrc") { ...Text }
  releases(first: 10, orderBy: {field: CREATED_AT, direction: DESC}) {
    nodes { tagName name url publishedAt isDraft isPrerelease }
  }
  issues(
    first: 20, states: OPEN, labels: ["good first issue", "help wanted"],
    orderBy: {field: UPDATED_AT, direction: DESC}
  ) { nodes { number title url createdAt labels(first: 10) { nodes { name } } } }
  pullRequests(first: 20, states: MERGED, orderBy: {field: UPDATED_AT, direction: DESC}) {
    nodes { number title url mergedAt author { __typename login } }
  }
}
fragment Text on Blob { text }
"""
HISTORY_INSIDE = """\
{
  defaultBranchRef { target { ... on Commit {
    history(first: 100, since: $%(since)s, after: $%(after)s) {
      pageInfo { hasNextPage endCursor }
      nodes { committedDate author { name user { databaseId login } } }
    }
  } } }
}"""


class AnsweredLicence(msgspec.Struct, frozen=True):
    """A licence as GitHub recognises it."""

    spdx_id: str | None = None


class AnsweredRepository(msgspec.Struct, frozen=True):
    """``GET /repos/{owner}/{repo}``."""

    id: int
    full_name: str
    html_url: str
    private: bool = False
    description: str | None = None
    homepage: str | None = None
    topics: list[str] = []
    language: str | None = None
    license: AnsweredLicence | None = None
    stargazers_count: int = 0
    forks_count: int = 0
    archived: bool = False
    fork: bool = False
    default_branch: str | None = None
    pushed_at: datetime | None = None
    updated_at: datetime | None = None


class AnsweredContributor(msgspec.Struct, frozen=True):
    """``GET /repos/{owner}/{repo}/contributors``; without an id somebody whose e-mail belongs to no account."""

    contributions: int
    type: str = ""
    id: int | None = None
    login: str | None = None


class _Named(msgspec.Struct, frozen=True):
    name: str


class _Labels(msgspec.Struct, frozen=True):
    nodes: list[_Named] = []


class AnsweredIssue(msgspec.Struct, frozen=True, rename="camel"):
    """An open issue with one of the labels that were asked for."""

    number: int
    title: str
    url: str
    created_at: datetime
    labels: _Labels = _Labels()


class AnsweredRelease(msgspec.Struct, frozen=True, rename="camel"):
    """A release; a draft has not been published."""

    tag_name: str
    url: str
    name: str | None = None
    published_at: datetime | None = None
    is_draft: bool = False
    is_prerelease: bool = False


class AnsweredActor(msgspec.Struct, frozen=True):
    """Whoever did something; ``kind`` is ``User``, ``Bot``, ..."""

    login: str = ""
    kind: str = msgspec.field(name="__typename", default="")


class AnsweredChange(msgspec.Struct, frozen=True, rename="camel"):
    """A pull request that was merged; nobody's when the account is gone."""

    number: int
    title: str
    url: str
    merged_at: datetime
    author: AnsweredActor | None = None


class _Changes(msgspec.Struct, frozen=True):
    nodes: list[AnsweredChange] = []


class AnsweredUser(msgspec.Struct, frozen=True, rename="camel"):
    """The account that a commit's e-mail address belongs to."""

    database_id: int
    login: str = ""


class AnsweredAuthor(msgspec.Struct, frozen=True):
    """Who wrote a commit; without a user somebody whose address belongs to no account, or a program."""

    name: str | None = None
    user: AnsweredUser | None = None


class AnsweredCommit(msgspec.Struct, frozen=True, rename="camel"):
    """A commit of the default branch."""

    committed_date: datetime
    author: AnsweredAuthor | None = None


class _PageEnd(msgspec.Struct, frozen=True, rename="camel"):
    has_next_page: bool = False
    end_cursor: str | None = None


class AnsweredHistory(msgspec.Struct, frozen=True, rename="camel"):
    """A page of the commits of the default branch, the last first."""

    nodes: list[AnsweredCommit] = []
    page_info: _PageEnd = _PageEnd()


class _Target(msgspec.Struct, frozen=True):
    history: AnsweredHistory = AnsweredHistory()


class _Branch(msgspec.Struct, frozen=True):
    target: _Target | None = None


class AnsweredBranch(msgspec.Struct, frozen=True, rename="camel"):
    """What was asked of one repository's history; an empty one has no branch."""

    default_branch_ref: _Branch | None = None

    @property
    def history(self) -> AnsweredHistory:
        """Its page of commits."""
        branch = self.default_branch_ref
        return branch.target.history if branch and branch.target else AnsweredHistory()


class _Root(msgspec.Struct, frozen=True):
    entries: list[_Named] = []


class _Blob(msgspec.Struct, frozen=True):
    text: str | None = None


class _Releases(msgspec.Struct, frozen=True):
    nodes: list[AnsweredRelease] = []


class _Issues(msgspec.Struct, frozen=True):
    nodes: list[AnsweredIssue] = []


class AnsweredInside(msgspec.Struct, frozen=True, rename="camel"):
    """What the fragment asks of one repository; an empty one has no root."""

    releases: _Releases = _Releases()
    issues: _Issues = _Issues()
    pull_requests: _Changes = _Changes()
    root: _Root | None = None
    readme: _Blob | None = None
    readme_lower: _Blob | None = None
    g0v: _Blob | None = None
    civic: _Blob | None = None
    publiccode: _Blob | None = None
    citation: _Blob | None = None
    all_contributors: _Blob | None = None

    @property
    def file_names(self) -> list[str]:
        """What lies at the top of the repository."""
        return [entry.name for entry in self.root.entries] if self.root else []

    @property
    def readme_name(self) -> str:
        """What the README is called, where it is Markdown and text."""
        return "README.md" if self.readme and self.readme.text else "readme.md"

    @property
    def readme_text(self) -> str:
        """That README; empty where there is none."""
        blob = self.readme if self.readme and self.readme.text else self.readme_lower
        return (blob.text or "") if blob else ""

    @property
    def files(self) -> dict[str, str]:
        """The files that tell of the project, by name, as far as they are there and text."""
        blobs = {
            "g0v.json": self.g0v, "civic.json": self.civic, "publiccode.yml": self.publiccode,
            "CITATION.cff": self.citation, ".all-contributorsrc": self.all_contributors,
        }
        return {name: blob.text for name, blob in blobs.items() if blob and blob.text}


class AnsweredError(msgspec.Struct, frozen=True):
    """What GraphQL says went wrong."""

    type: str = ""


class AnsweredQuery(msgspec.Struct, Generic[Asked], frozen=True):
    """An answer of GraphQL: what was asked of repositories, by alias."""

    data: dict[str, Asked | None] | None = None
    errors: list[AnsweredError] = []


class AnsweredLimit(msgspec.Struct, frozen=True):
    """What is left of one limit."""

    limit: int
    remaining: int
    reset: int


class AnsweredResources(msgspec.Struct, frozen=True):
    """The limits that we live by."""

    core: AnsweredLimit
    graphql: AnsweredLimit


class AnsweredLimits(msgspec.Struct, frozen=True):
    """``GET /rate_limit``."""

    resources: AnsweredResources
