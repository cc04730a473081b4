"""The commits of repositories by week and account, read a page at a time for a few dozen repositories together."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from integrations.github.answers import AnsweredCommit
from integrations.github.client import GitHubClient
from registry.ports import ForgeUnreachable
from registry.repositories.findings import WeekFound
from registry.repositories.rules import NOBODY_NAMED, is_bot

TOGETHER = 25
MOST_PAGES = 10
"""Of a hundred commits each: the last thousand commits of a repository are counted."""
FAILURES_UNTIL_STOP = 2
READ_AGAIN = timedelta(weeks=26)
"""Merging brings commits that are older than the merge; older ones than this are not looked for again."""


class WeeksRead(msgspec.Struct, frozen=True):
    """The weeks of a repository, all from ``since`` on; none: all there are."""

    weeks: list[WeekFound]
    since: date | None


def read_weeks(
    client: GitHubClient, since: Mapping[str, datetime | None], *, bots: Collection[str]
) -> dict[str, WeeksRead]:
    """The weeks of repositories by full name; each from the week of a moment on, or whole.

    A repository whose commits GitHub cannot tell in time is left out: what is known of it stays.

    Raises:
        AccessRefused, LimitReached: as for every question.
    """
    read: dict[str, WeeksRead] = {}
    names = list(since)
    for start in range(0, len(names), TOGETHER):
        for name, (commits, is_whole) in _commits(client, {one: since[one] for one in names[start:start + TOGETHER]}):
            read[name] = _weeks(commits, since=since[name], is_whole=is_whole, bots=bots)
    return read


def read_again_from(pushed_at: datetime | None) -> datetime | None:
    """The moment from which commits are asked for again after a push."""
    if pushed_at is None:
        return None
    monday = _monday((pushed_at - READ_AGAIN).date())
    return datetime(monday.year, monday.month, monday.day, tzinfo=pushed_at.tzinfo)


def _commits(
    client: GitHubClient, since: Mapping[str, datetime | None]
) -> Iterable[tuple[str, tuple[list[AnsweredCommit], bool]]]:
    """The commits of each repository, the last first, and whether they are all."""
    found: dict[str, list[AnsweredCommit]] = {name: [] for name in since}
    after: dict[str, str | None] = dict.fromkeys(since)
    for _ in range(MOST_PAGES):
        asked = [(name, since[name], cursor) for name, cursor in after.items()]
        try:
            pages = client.histories(asked)
        except ForgeUnreachable:
            if len(since) > 1:
                yield from _one_by_one(client, since)
            return
        after = {}
        for (name, _, _), page in zip(asked, pages, strict=True):
            found[name] += page.nodes if page else []
            if page and page.page_info.has_next_page:
                after[name] = page.page_info.end_cursor
        if not after:
            break
    yield from ((name, (commits, name not in after)) for name, commits in found.items())


def _one_by_one(
    client: GitHubClient, since: Mapping[str, datetime | None]
) -> Iterable[tuple[str, tuple[list[AnsweredCommit], bool]]]:
    """As above, where GitHub could not tell of all together: one of them may be too much for it."""
    failures = 0
    for name, moment in since.items():
        told = list(_commits(client, {name: moment}))
        yield from told
        failures += not told
        if failures == FAILURES_UNTIL_STOP:
            return


def _weeks(
    commits: list[AnsweredCommit], *, since: datetime | None, is_whole: bool, bots: Collection[str]
) -> WeeksRead:
    counts: Counter[tuple[date, int]] = Counter()
    for commit in commits:
        account = _account(commit, bots)
        if account is not None:
            counts[_monday(commit.committed_date.date()), account] += 1
    first = since.date() if since else None
    if not is_whole:
        first = _monday(min(commit.committed_date for commit in commits).date()) + timedelta(weeks=1)
    return WeeksRead(
        [WeekFound(week, account, count) for (week, account), count in sorted(counts.items())
         if first is None or week >= first], first,
    )


def _account(commit: AnsweredCommit, bots: Collection[str]) -> int | None:
    """Whose a commit is: an account's, nobody's who is named, or (none) a program's, which does not count."""
    author = commit.author
    name = author.user.login if author and author.user else (author.name or "") if author else ""
    if is_bot(name, "", bots=bots):
        return None
    return author.user.database_id if author and author.user else NOBODY_NAMED


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
