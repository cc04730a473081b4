"""Bringing what GitHub says of projects' repositories into the record, a few dozen at a time.

A repository is asked for first, with the ETag of the last time: what is unchanged costs nothing and is not written.
What is in the changed ones is then asked for together, and their contributors where something was pushed. Each batch
is written in one transaction when it is read whole, so that a process that dies loses at most its last batch, and
nothing is counted twice: what was found replaces what was known.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from integrations.github.answers import AnsweredContributor, AnsweredInside, AnsweredRepository
from integrations.github.client import Absent, AccessRefused, GitHubClient, LimitReached
from integrations.github.forge import GitHubForge
from integrations.github.history import WeeksRead, read_again_from, read_weeks
from registry.database.engine import Database
from registry.exchange.fields.text import public_line
from registry.languages import in_its_language
from registry.ports import ForgeUnreachable, Workplace
from registry.repositories.commands import (
    link_repositories,
    note_absent,
    note_unchanged,
    record_repositories,
    want_repositories,
)
from registry.repositories.files.fields import web_address
from registry.repositories.files.formats import LONGEST_SUMMARY, FilesRead, Stated, read_files, together
from registry.repositories.findings import (
    ChangeFound,
    ContributorFound,
    IssueFound,
    ReadmeFound,
    ReleaseFound,
    RepositoryFound,
    RepositoryLook,
)
from registry.repositories.queries import (
    RepositoryDue,
    names_known,
    projects_linked,
    repositories_of,
    repository_links,
)
from registry.repositories.readme import render_readme
from registry.repositories.rules import Evidence, RepositoryState, evidence_in, is_bot, turn_at

FORGE = "github"
BY = "system:github"
BATCH = 50
FAILURES_UNTIL_STOP = 3
"""As many repositories one after the other that GitHub cannot tell of: then it is GitHub, and not the repository."""
AGAIN_AFTER_FAILURE = timedelta(hours=1)
_SEEN_AT = {
    Evidence.RELEASE: "/releases", Evidence.GOOD_FIRST_ISSUE: "/issues", Evidence.TWO_PEOPLE: "/graphs/contributors",
}
"""Where in a repository some evidence is to be seen; the rest is on its first page."""
CATCHES_UP = 6
"""Turns that a worker that was held up makes up for; whoever missed more waits for the next turn."""


class SyncReport(msgspec.Struct):
    """How a synchronisation went; ``stopped_by`` is what ended it early, the rest is asked for later."""

    total: int
    looked_at: int = 0
    changed: int = 0
    absent: int = 0
    failed: int = 0
    stopped_by: LimitReached | AccessRefused | ForgeUnreachable | None = None


class _Batch(msgspec.Struct):
    """What reading a batch gave: each repository of it stands in one of the lists, or is left over."""

    found: list[tuple[RepositoryDue, RepositoryFound]] = []
    absent: list[tuple[RepositoryDue, RepositoryState]] = []
    unchanged: list[RepositoryDue] = []
    failed: list[RepositoryDue] = []
    stopped_by: LimitReached | AccessRefused | ForgeUnreachable | None = None

    def left_over(self, due: Sequence[RepositoryDue]) -> list[RepositoryDue]:
        """The repositories that were not come to."""
        done = {
            one.id for one in (
                *(one for one, _ in self.found), *(one for one, _ in self.absent), *self.unchanged, *self.failed
            )
        }
        return [one for one in due if one.id not in done]


class GitHubSync:
    """Keeps the record of repositories on GitHub; accounts named in ``bots`` are no contributors."""

    def __init__(self, client: GitHubClient, forge: GitHubForge, *, bots: Collection[str] = ()) -> None:
        self._client = client
        self._forge = forge
        self._bots = frozenset(bots)
        self._last_turn: int | None = None
        self._failures = 0

    async def take_turn(self, workplace: Workplace, now: datetime) -> None:
        """Job: look at the repositories whose turn it is.

        Raises:
            AccessRefused, ForgeUnreachable: GitHub does not let us, or does not answer; asked again later.
        """
        turn = turn_at(now)
        first = turn if self._last_turn is None else max(self._last_turn + 1, turn - CATCHES_UP)
        self._last_turn = turn
        await self.link(workplace.database, now=now)
        async with workplace.database.reading() as reader:
            known = await repositories_of(reader, forge=FORGE)
        due = [one for one in known if one.is_due(turns=range(first, turn + 1), now=now)]
        report = await self.look_at(workplace.database, due, now=now)
        if isinstance(report.stopped_by, AccessRefused | ForgeUnreachable):
            raise report.stopped_by

    async def link(self, database: Database, *, now: datetime) -> None:
        """Bring which projects have which repositories up to date with their links; writes only what differs."""
        async with database.reading() as reader:
            links = [
                (project_id, name, url) for project_id, url in await repository_links(reader)
                if (name := self._forge.name_of(url))
            ]
            known = await names_known(reader, forge=FORGE)
            linked = await projects_linked(reader, forge=FORGE)
        if linked != {(project_id, known.get(name.casefold())) for project_id, name, _ in links}:
            async with database.writing() as session:
                await link_repositories(session, forge=FORGE, links=links, now=now)

    async def look_at(
        self, database: Database, due: Sequence[RepositoryDue], *, now: datetime,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> SyncReport:
        """Look at repositories and write down what changed; those that could not be asked for come again later."""
        report = SyncReport(len(due))
        for start in range(0, len(due), BATCH):
            batch = due[start:start + BATCH]
            read = await asyncio.to_thread(self._read, batch)
            report.looked_at += len(read.found) + len(read.absent) + len(read.unchanged)
            report.changed += len(read.found)
            report.absent += len(read.absent)
            report.failed += len(read.failed)
            report.stopped_by = read.stopped_by
            left = [*read.left_over(batch), *due[start + BATCH:]] if read.stopped_by else []
            await _write(database, read, left, now=now)
            on_progress(report.looked_at, report.total)
            if read.stopped_by:
                break
        return report

    def _read(self, due: Sequence[RepositoryDue]) -> _Batch:
        read = _Batch()
        try:
            changed = [(one, *answer) for one in due if (answer := self._look(one, read))]
            insides = self._client.insides([repository.full_name for _, repository, _ in changed])
            pushed = {
                repository.full_name: one for one, repository, _ in changed
                if one.read_at is None or one.pushed_at != repository.pushed_at
            }
            weeks = read_weeks(self._client, {
                name: read_again_from(one.pushed_at) if one.read_at else None for name, one in pushed.items()
            }, bots=self._bots)
            for (one, repository, etag), inside in zip(changed, insides, strict=True):
                contributors = None
                if repository.full_name in pushed:
                    contributors = self._client.contributors(repository.full_name)
                read.found.append((one, self._found(
                    repository, etag, inside, contributors, weeks.get(repository.full_name)
                )))
        except Absent:  # gone between two questions: the next look will tell
            pass
        except (LimitReached, AccessRefused, ForgeUnreachable) as trouble:
            read.stopped_by = trouble
        return read

    def _look(self, one: RepositoryDue, read: _Batch) -> tuple[AnsweredRepository, str | None] | None:
        # What could not be seen is told whole when it can be again: it may be as it was, and "unchanged" says nothing.
        etag = one.etag if one.state is RepositoryState.PRESENT else None
        try:
            answer = self._client.repository(one.full_name, etag=etag)
        except Absent as error:
            read.absent.append((one, error.state))
            answer = None
        except ForgeUnreachable:
            self._failures += 1
            if self._failures >= FAILURES_UNTIL_STOP:
                self._failures = 0
                raise
            read.failed.append(one)
            return None
        else:
            if answer is None:
                read.unchanged.append(one)
        self._failures = 0
        return answer

    def _found(
        self, repository: AnsweredRepository, etag: str | None, inside: AnsweredInside | None,
        contributors: list[AnsweredContributor] | None, weeks: WeeksRead | None,
    ) -> RepositoryFound:
        inside = inside or AnsweredInside()
        releases = [
            ReleaseFound(one.tag_name, one.name, one.url, one.published_at) for one in inside.releases.nodes
            if one.published_at and not one.is_draft
        ]
        issues = [
            IssueFound(one.number, one.title, one.url, [label.name for label in one.labels.nodes], one.created_at)
            for one in inside.issues.nodes
        ]
        named, anonymous = _counted(repository, contributors, self._bots)
        shown = evidence_in(
            inside.file_names, readme=inside.readme_text, has_release=bool(releases), has_first_issue=bool(issues),
            committer_count=len(named or ()) + (anonymous or 0),
        )
        return RepositoryFound(
            forge_id=repository.id, full_name=repository.full_name, url=repository.html_url, etag=etag,
            pushed_at=repository.pushed_at, updated_at=repository.updated_at, description=repository.description,
            homepage=repository.homepage or None,
            language=repository.language, licence=_licence(repository) or None,
            topics=repository.topics, star_count=repository.stargazers_count, fork_count=repository.forks_count,
            is_archived=repository.archived, is_fork=repository.fork, default_branch=repository.default_branch,
            evidence={one: repository.html_url + _SEEN_AT.get(one, "") for one in shown},
            releases=releases, issues=issues, readme=_readme(repository, inside), files=_files(repository, inside),
            contributors=named, anonymous_count=anonymous, weeks=weeks.weeks if weeks else None,
            weeks_since=weeks.since if weeks else None,
            changes=[
                ChangeFound(one.number, one.title, one.url, one.merged_at) for one in inside.pull_requests.nodes
                if not (one.author and is_bot(one.author.login, one.author.kind, bots=self._bots))
            ],
        )


def _licence(repository: AnsweredRepository) -> str:
    identifier = repository.license.spdx_id if repository.license else None
    return "" if identifier in {None, "NOASSERTION"} else identifier or ""


def _readme(repository: AnsweredRepository, inside: AnsweredInside) -> ReadmeFound | None:
    if not inside.readme_text.strip():
        return None
    branch = repository.default_branch or "HEAD"
    return ReadmeFound(
        inside.readme_name, render_readme(inside.readme_text, url=repository.html_url, branch=branch)
    )


def _files(repository: AnsweredRepository, inside: AnsweredInside) -> FilesRead:
    """What the files say, and what GitHub itself says where they say nothing."""
    read = read_files(inside.files)
    summary = public_line(repository.description or "")[:LONGEST_SUMMARY]
    by_github = Stated(
        summary=in_its_language(summary), site=web_address(repository.homepage or ""), code_licence=_licence(repository)
    )
    return FilesRead(together(read.stated, by_github), read.faults)


def _counted(
    repository: AnsweredRepository, contributors: list[AnsweredContributor] | None, bots: Collection[str]
) -> tuple[list[ContributorFound] | None, int | None]:
    """The accounts with commits, each once by its number, without programs; and how many authors have no account."""
    if contributors is None:
        return None, None
    named = {
        one.id: ContributorFound(
            one.id, one.login, one.contributions, f"{repository.html_url}/commits?{urlencode({'author': one.login})}"
        ) for one in contributors
        if one.id is not None and one.login and not is_bot(one.login, one.type, bots=bots)
    }
    return list(named.values()), sum(one.id is None for one in contributors)


async def _write(database: Database, read: _Batch, left: Sequence[RepositoryDue], *, now: datetime) -> None:
    """Write a batch in one transaction; nothing where nothing is to be written."""
    unwanted = [one.id for one in read.unchanged if one.wanted_at is not None]
    later = now + AGAIN_AFTER_FAILURE
    resumes_at = read.stopped_by.resumes_at if isinstance(read.stopped_by, LimitReached) else later
    left_ids = [one.id for one in left if one.wanted_at is None or one.wanted_at <= now]
    if not (read.found or read.absent or read.failed or unwanted or left_ids):
        return
    async with database.writing() as session:
        looks = [RepositoryLook(one.id, found, one.wanted_at) for one, found in read.found]
        await record_repositories(session, looks=looks, by=BY, now=now)
        for one, state in read.absent:
            await note_absent(session, repository_id=one.id, state=state, wanted_at=one.wanted_at, by=BY, now=now)
        if unwanted:
            await note_unchanged(session, ids=unwanted)
        for ids, at in (([one.id for one in read.failed], later), (left_ids, resumes_at)):
            if ids:
                await want_repositories(session, ids=ids, at=at)
