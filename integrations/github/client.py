"""GitHub's API through PyGithub's requester: one way to ask, one set of errors, and a share of the limit kept free.

Calls block: use them in a thread. PyGithub's own classes are not used here, because they take any answer for a
repository (an HTML page, a redirect's) and repeat a failing request eleven times within half a second.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

import msgspec
from github import Auth, Github, GithubException
from requests import RequestException

from integrations.github.answers import (
    HISTORY_INSIDE,
    REPOSITORY_INSIDE,
    AnsweredBranch,
    AnsweredContributor,
    AnsweredHistory,
    AnsweredInside,
    AnsweredLimits,
    AnsweredQuery,
    AnsweredRepository,
)
from registry.counted import note_quota
from registry.ports import ForgeUnreachable, JobTrouble
from registry.repositories.rules import RepositoryState
from registry.settings import Settings
from registry.web.i18n import marked

SECONDS = 20
SECONDS_BETWEEN_WRITES = 1.0
"""GitHub asks for it, and takes GraphQL for a write."""
PAGE_SIZE = 100
MOST_PAGES = 5
"""GitHub names the first 500 contributors of a repository; more have no account there."""
UNTOLD_WAIT = timedelta(minutes=1)
"""How long to leave GitHub alone when it refuses for haste and does not say until when."""
NOT_ACCEPTED = marked(
    "GitHub does not accept the token. Make a new one and set KENG_GITHUB_TOKEN, or check the App's id, key and "
    "installation."
)
NOT_ENOUGH = marked(
    "GitHub does not let this token ask in GraphQL. Give the token read access to public repositories, or the App the "
    "permissions “Contents” and “Issues” (read)."
)
_REFUSALS = frozenset({
    HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY,
})
Answer = TypeVar("Answer")


class LimitReached(Exception):
    """GitHub wants us to wait, or what is left of the limit is kept for people; ``resumes_at`` says until when."""

    def __init__(self, resumes_at: datetime) -> None:
        super().__init__(f"limit reached until {resumes_at:%Y-%m-%d %H:%M} UTC")
        self.resumes_at = resumes_at


class AccessRefused(JobTrouble):
    """GitHub does not accept our token or App; the message is a sentence that says what to do."""


class Absent(Exception):
    """There is nothing that we may see; ``state`` says what GitHub said."""

    def __init__(self, state: RepositoryState) -> None:
        super().__init__(state.value)
        self.state = state


class ChangeRefused(Exception):
    """GitHub will not do what was asked; ``status`` and the message are its own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Limit(NamedTuple):
    """Requests left of a limit, and when it begins anew."""

    left: int
    limit: int
    resets_at: datetime


def auth_of(settings: Settings) -> Auth.Auth | None:
    """How an installation shows itself to GitHub: by its token, else by its App, else not at all.

    The token comes first: an App's token changes each hour, and what GitHub calls unchanged is told to a token.
    """
    if token := settings.github_token.get_secret_value():
        return Auth.Token(token)
    if settings.github_app_id and settings.github_app_installation_id:
        app = Auth.AppAuth(settings.github_app_id, settings.github_app_key.get_secret_value())
        return app.get_installation_auth(settings.github_app_installation_id)
    return None


def _account_of(auth: Auth.Auth | None) -> str:
    if isinstance(auth, Auth.AppInstallationAuth):
        return f"installation {auth.installation_id}"
    return "token" if auth else "nobody"


class GitHubClient:
    """Asks GitHub. ``kept_free`` is the part of each limit that is not used; ``now`` the clock."""

    def __init__(
        self, *, api_url: str, auth: Auth.Auth | None, kept_free: float, now: Callable[[], datetime],
        seconds: int = SECONDS, seconds_between_writes: float = SECONDS_BETWEEN_WRITES,
    ) -> None:
        self._github = Github(
            base_url=api_url, auth=auth, timeout=seconds, retry=None, seconds_between_requests=None,
            seconds_between_writes=seconds_between_writes,
        )
        self._account = _account_of(auth)
        self._kept_free = kept_free
        self._now = now
        self._limits: dict[str, Limit] = {}
        self._resumes_at: datetime | None = None
        self.scopes: tuple[str, ...] | None = None

    def close(self) -> None:
        """Close the connections."""
        self._github.close()

    def limits(self) -> AnsweredLimits:
        """What is left of the limits; costs nothing, and tells whether GitHub accepts us.

        Raises:
            AccessRefused, ForgeUnreachable, LimitReached: as for every question.
        """
        return _read(self._ask("GET", "/rate_limit"), AnsweredLimits)

    def repository(self, full_name: str, *, etag: str | None = None) -> tuple[AnsweredRepository, str | None] | None:
        """What GitHub says of a repository now, with its ETag; none when that is what it said with ``etag``.

        Raises:
            Absent: it is gone, blocked, or not ours to see.
            AccessRefused, ForgeUnreachable, LimitReached: as for every question.
        """
        answered = self._ask("GET", f"/repos/{full_name}", headers={"If-None-Match": etag} if etag else {})
        if answered.status == HTTPStatus.NOT_MODIFIED:
            return None
        repository = _read(answered, AnsweredRepository)
        if repository.private:
            raise Absent(RepositoryState.CLOSED)
        return repository, answered.headers.get("etag")

    def contributors(self, full_name: str) -> list[AnsweredContributor] | None:
        """Who has commits in a repository: at most the first 500, and none where GitHub cannot list them.

        Where they are too many, those without an account are left out.

        Raises:
            Absent, AccessRefused, ForgeUnreachable, LimitReached: as for every question.
        """
        try:
            return self._contributors(full_name, {"anon": "true"})
        except _TooLarge:
            pass
        try:
            return self._contributors(full_name, {})
        except _TooLarge:
            return None

    def _contributors(self, full_name: str, which: Mapping[str, str]) -> list[AnsweredContributor]:
        listed: list[AnsweredContributor] = []
        for page in range(1, MOST_PAGES + 1):
            answered = self._ask(
                "GET", f"/repos/{full_name}/contributors", {"per_page": PAGE_SIZE, "page": page, **which}
            )
            if answered.status in {HTTPStatus.NO_CONTENT, HTTPStatus.CONFLICT}:  # an empty repository
                break
            listed += _read(answered, list[AnsweredContributor])
            if 'rel="next"' not in answered.headers.get("link", ""):
                break
        return listed

    def insides(self, full_names: Sequence[str]) -> list[AnsweredInside | None]:
        """What is in repositories, in one question for all; none for one that is not there.

        Raises:
            AccessRefused, ForgeUnreachable, LimitReached: as for every question.
        """
        return self._of_each(
            full_names, [("{ ...Inside }", {})] * len(full_names), AnsweredInside, also=REPOSITORY_INSIDE
        )

    def histories(
        self, asked: Sequence[tuple[str, datetime | None, str | None]]
    ) -> list[AnsweredHistory | None]:
        """A page of the commits of repositories, in one question for all; none for one that is not there.

        Each is asked for by its full name: commits since a moment (all if none), after a cursor (the first page if
        none).

        Raises:
            AccessRefused, ForgeUnreachable, LimitReached: as for every question.
        """
        parts = [
            (HISTORY_INSIDE % {"since": f"s{place}", "after": f"c{place}"}, {
                f"s{place}: GitTimestamp": since.isoformat() if since else None, f"c{place}: String": cursor,
            })
            for place, (_, since, cursor) in enumerate(asked)
        ]
        answered = self._of_each([name for name, _, _ in asked], parts, AnsweredBranch)
        return [branch.history if branch else None for branch in answered]

    def _of_each(
        self, full_names: Sequence[str], parts: Sequence[tuple[str, Mapping[str, str | None]]], kind: type[Answer], *,
        also: str = "",
    ) -> list[Answer | None]:
        """What was asked of each repository: its part of the query, with the variables that the part declares."""
        if not full_names:
            return []
        declared: dict[str, str | None] = {}
        asked = []
        for place, (name, (part, variables)) in enumerate(zip(full_names, parts, strict=True)):
            owner, last = name.split("/")
            declared |= {f"o{place}: String!": owner, f"n{place}: String!": last, **variables}
            asked.append(f"r{place}: repository(owner: $o{place}, name: $n{place}) {part}")
        head = ", ".join(f"${one}" for one in declared)
        answered = self._query(
            f"query({head}) {{\n" + "\n".join(asked) + f"\n}}\n{also}",
            {one.partition(":")[0]: value for one, value in declared.items()}, AnsweredQuery[kind],  # type: ignore[valid-type]
        )
        if any(error.type == "RATE_LIMITED" for error in answered.errors):
            raise self._wait_until(self._now() + UNTOLD_WAIT)
        if answered.data is None or any(error.type != "NOT_FOUND" for error in answered.errors):
            raise ForgeUnreachable("GraphQL answered with errors")
        return [answered.data.get(f"r{place}") for place in range(len(full_names))]

    def exchange(
        self, method: str, path: str, kind: type[Answer], *, parameters: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Answer:
        """Ask for something, or change something, at a path that is quoted already.

        Raises:
            Absent: it is not there, or not ours to see.
            ChangeRefused: it is there and GitHub will not do this, or what is asked for contradicts what is there.
            AccessRefused, ForgeUnreachable, LimitReached: as for every question.
        """
        answered = self._ask(method, path, parameters, body=body)
        if answered.status == HTTPStatus.CONFLICT:
            raise ChangeRefused(answered.status, answered.message)
        return _read(answered._replace(text=answered.text or "null"), kind)

    def until(self, moment: datetime) -> timedelta:
        """How long it is until a moment, by the client's clock; never less than a second."""
        return max(moment - self._now(), timedelta(seconds=1))

    def can_query(self) -> None:
        """Whether GitHub lets us ask in GraphQL, as the synchronisation does; silent when it does.

        Raises:
            AccessRefused, ForgeUnreachable, LimitReached: as for every question.
        """
        self._query("query { rateLimit { remaining } }", {}, AnsweredQuery[Any])

    def _query(self, query: str, variables: Mapping[str, str | None], kind: type[Answer]) -> Answer:
        try:
            answered = self._ask(
                "POST", self._github.requester.graphql_url, body={"query": query, "variables": variables}
            )
        except Absent as error:
            raise AccessRefused(NOT_ENOUGH) from error
        return _read(answered, kind)

    def _ask(
        self, method: str, path: str, parameters: Mapping[str, Any] | None = None, *,
        headers: Mapping[str, str] | None = None, body: Any = None,
    ) -> "_Answered":
        is_query = path == self._github.requester.graphql_url
        if path != "/rate_limit":
            self._keep_free("graphql" if is_query else "core")
        try:
            status, got, text = self._github.requester.requestJson(
                method, path, dict(parameters or {}), dict(headers or {}), body
            )
        except GithubException as error:  # an installation's token could not be had: this says nothing of ``path``
            trouble = self._trouble(_Answered(error.status, _lower(error.headers), json.dumps(error.data)))
            raise (AccessRefused(NOT_ACCEPTED) if isinstance(trouble, Absent) else trouble) from error
        # A connection cut or too slow; an address of another host; redirects in a circle (RecursionError).
        except (RequestException, AssertionError, RuntimeError, ValueError) as error:
            raise ForgeUnreachable(type(error).__name__) from error
        answered = _Answered(status, got, text)
        if "x-oauth-scopes" in got:
            self.scopes = tuple(scope.strip() for scope in got["x-oauth-scopes"].split(",") if scope.strip())
        self._note_limit("graphql" if is_query else "core", got)
        if status in {
            HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED,
        } or (status == HTTPStatus.CONFLICT and method == "GET"):
            return answered
        if method != "GET" and not is_query and status in _REFUSALS and self._told_to_wait(answered) is None:
            raise ChangeRefused(status, answered.message)
        raise self._trouble(answered)

    def _trouble(self, answered: "_Answered") -> Exception:
        status, said = answered.status, answered.message.casefold()
        if status == HTTPStatus.UNAUTHORIZED:
            return AccessRefused(NOT_ACCEPTED)
        if status in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
            if "too large" in said:
                return _TooLarge()
            wait = self._told_to_wait(answered)
            return Absent(RepositoryState.CLOSED) if wait is None else self._wait_until(wait)
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return Absent(RepositoryState.GONE)
        if status == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
            return Absent(RepositoryState.BLOCKED)
        return ForgeUnreachable(f"HTTP {status}")

    def _told_to_wait(self, answered: "_Answered") -> datetime | None:
        """Until when GitHub wants us to wait; none when it refuses for another reason."""
        after = answered.headers.get("retry-after", "")
        if after.isdigit():
            return self._now() + timedelta(seconds=int(after))
        if answered.headers.get("x-ratelimit-remaining") == "0":
            return _moment(answered.headers.get("x-ratelimit-reset")) or self._now() + UNTOLD_WAIT
        if answered.status == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in answered.message.casefold():
            return self._now() + UNTOLD_WAIT
        return None

    def _wait_until(self, moment: datetime) -> LimitReached:
        self._resumes_at = moment
        return LimitReached(moment)

    def _keep_free(self, resource: str) -> None:
        now = self._now()
        if self._resumes_at and now < self._resumes_at:
            raise LimitReached(self._resumes_at)
        limit = self._limits.get(resource)
        if limit and now < limit.resets_at and limit.left <= limit.limit * self._kept_free:
            raise LimitReached(limit.resets_at)

    def _note_limit(self, resource: str, headers: Mapping[str, str]) -> None:
        left, limit = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-limit", "")
        resets_at = _moment(headers.get("x-ratelimit-reset"))
        if left.isdigit() and limit.isdigit() and resets_at:
            self._limits[resource] = Limit(int(left), int(limit), resets_at)
            note_quota(self._account, resource, int(left))


class _TooLarge(Exception):
    """GitHub does not list what was asked for, because it is too much."""


class _Answered(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def message(self) -> str:
        """What GitHub says about an error, as far as it says anything."""
        try:
            said = json.loads(self.text)
        except ValueError:
            return ""
        return str(said.get("message", "")) if isinstance(said, dict) else ""


def _read(answered: _Answered, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(answered.text, type=kind)
    except (msgspec.DecodeError, ValueError) as error:
        raise ForgeUnreachable("the answer is not what was asked for") from error


def _moment(seconds: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds and seconds.isdigit() else None


def _lower(headers: Mapping[str, Any] | None) -> dict[str, str]:
    return {key.lower(): str(value) for key, value in (headers or {}).items()}
