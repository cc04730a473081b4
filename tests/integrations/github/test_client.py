"""Each rule of asking GitHub, over a real socket through PyGithub."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from github import Auth
from typer.testing import CliRunner

from integrations.github.cli import examine
from integrations.github.client import Absent, AccessRefused, GitHubClient, LimitReached, auth_of
from registry.cli import app
from registry.ports import ForgeUnreachable
from registry.repositories.rules import RepositoryState
from registry.settings import Settings
from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.http import Reply

NAME = "g0v/budget-map"
NOW = datetime(2024, 5, 2, 8, tzinfo=UTC)
HTML = Reply(raw=b"<html><title>Unicorn!</title></html>", headers={"Content-Type": "text/html"})


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """GitHub on loopback, with one repository."""
    with FakeGitHub() as fake:
        fake.add_repository(NAME, description="See where taxes go")
        yield fake


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def _client(
    fake: FakeGitHub, *, token: str = TOKEN, kept_free: float = 0.2, seconds: int = 5, clock: Clock | None = None
) -> GitHubClient:
    return GitHubClient(
        api_url=fake.url, auth=Auth.Token(token), kept_free=kept_free, now=clock or Clock(), seconds=seconds,
        seconds_between_writes=0,
    )


def test_what_has_not_changed_is_not_sent_and_not_counted(github: FakeGitHub) -> None:
    client = _client(github)
    first = client.repository(NAME)
    assert first
    assert (first[0].full_name, first[0].description, github.used) == (NAME, "See where taxes go", 1)
    assert client.repository(NAME, etag=first[1]) is None
    assert (github.used, github.requests[f"GET /repos/{NAME}"]) == (1, 2)
    github.repositories[NAME]["description"] = "Taxes"
    changed = client.repository(NAME, etag=first[1])
    assert changed
    assert (changed[0].description, github.used) == ("Taxes", 2)


def test_a_renamed_repository_is_followed_and_a_differently_spelt_one_is_found(github: FakeGitHub) -> None:
    github.rename(NAME, "g0v-tw/taxes")
    for asked in (NAME, "G0V-TW/Taxes"):
        answered = _client(github).repository(asked)
        assert answered
        assert answered[0].full_name == "g0v-tw/taxes"


@pytest.mark.parametrize(("status", "message", "state"), [
    (404, "Not Found", RepositoryState.GONE), (410, "Gone", RepositoryState.GONE),
    (451, "Repository access blocked", RepositoryState.BLOCKED),
    (403, "Resource not accessible by personal access token", RepositoryState.CLOSED),
])
def test_what_is_not_there_says_why(github: FakeGitHub, status: int, message: str, state: RepositoryState) -> None:
    github.refused[NAME] = Reply({"message": message}, status)
    with pytest.raises(Absent) as refusal:
        _client(github).repository(NAME)
    assert refusal.value.state is state


def test_a_private_repository_is_never_told_of(github: FakeGitHub) -> None:
    github.repositories[NAME]["private"] = True
    with pytest.raises(Absent) as refusal:
        _client(github).repository(NAME)
    assert refusal.value.state is RepositoryState.CLOSED


@pytest.mark.parametrize(("reply", "wait"), [
    (Reply({"message": "slow down"}, 429, {"Retry-After": "120"}), timedelta(seconds=120)),
    (Reply({"message": "Too many"}, 429), timedelta(minutes=1)),
    (Reply({"message": "You have exceeded a secondary rate limit."}, 403, {"Retry-After": "30"}),
     timedelta(seconds=30)),
    (Reply({"message": "You have exceeded a secondary rate limit."}, 403), timedelta(minutes=1)),
    (Reply({"message": "API rate limit exceeded"}, 403, {
        "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int((NOW + timedelta(hours=1)).timestamp())),
    }), timedelta(hours=1)),
])
def test_github_is_left_alone_as_long_as_it_asks(github: FakeGitHub, reply: Reply, wait: timedelta) -> None:
    clock = Clock()
    client = _client(github, clock=clock)
    github.fail_next("/repos/.*", reply)
    for moment in (NOW, NOW + wait - timedelta(seconds=1)):
        clock.now = moment
        with pytest.raises(LimitReached) as refusal:
            client.repository(NAME)
        assert refusal.value.resumes_at == NOW + wait
    assert github.requests.total() == 1
    clock.now = NOW + wait
    assert client.repository(NAME)


def test_a_share_of_the_limit_is_left_to_people(github: FakeGitHub) -> None:
    github.limit = 10
    client = _client(github, kept_free=0.5)
    asked = 0
    with pytest.raises(LimitReached):
        for _ in range(10):
            client.repository(NAME)
            asked += 1
    assert (asked, github.used) == (5, 5)


@pytest.mark.parametrize("reply", [
    Reply({"message": "oops"}, 500), Reply({"message": "bad gateway"}, 502), HTML, Reply(raw=b'{"id": 1, "full_na'),
    Reply({"id": 1, "full_name": NAME, "html_url": "x" * 4_000}, is_cut=True), Reply([]), Reply({"id": "1"}),
    Reply({}, 307, {"Location": "/elsewhere"}), Reply({"id": 1}, seconds=1.3),
])
def test_a_forge_out_of_order_is_one_error_after_one_request(github: FakeGitHub, reply: Reply) -> None:
    github.fail_next("/repos/.*", reply)
    with pytest.raises(ForgeUnreachable):
        _client(github, seconds=1).repository(NAME)
    assert github.requests.total() == 1


def test_a_redirect_to_another_host_is_not_followed(github: FakeGitHub) -> None:
    github.fail_next("/repos/.*", Reply({}, 301, {"Location": "http://example.org/repos/a/b"}))
    with pytest.raises(ForgeUnreachable):
        _client(github).repository(NAME)


def test_contributors_come_in_pages_and_at_most_the_first_500(github: FakeGitHub) -> None:
    for number in range(620):
        github.add_contributor(NAME, number, f"person-{number}", 1)
    listed = _client(github).contributors(NAME)
    assert listed
    assert (len(listed), github.used) == (500, 5)


@pytest.mark.parametrize(("refusals", "found"), [(1, ["ada"]), (2, None)])
def test_a_list_too_large_comes_without_anonymous_authors_or_not_at_all(
    github: FakeGitHub, refusals: int, found: list[str] | None
) -> None:
    github.add_contributor(NAME, 1, "ada", 5)
    github.add_anonymous(NAME, "who@example.org", 1)
    large = "The history or contributor list is too large to list contributors for this repository via the API."
    github.fail_next(".*/contributors", Reply({"message": large}, 403), times=refusals)
    listed = _client(github).contributors(NAME)
    assert (listed if listed is None else [one.login for one in listed]) == found


@pytest.mark.parametrize("fault", [None, Reply({"message": "Git Repository is empty."}, 409)])
def test_an_empty_repository_has_no_contributors(github: FakeGitHub, fault: Reply | None) -> None:
    if fault:
        github.fail_next(".*/contributors", fault)
    assert _client(github).contributors(NAME) == []


def test_many_repositories_are_read_in_one_question_whatever_one_of_them_is(github: FakeGitHub) -> None:
    github.add_repository("g0v/open", readme="# Open")
    insides = _client(github).insides(["g0v/open", "g0v/none", NAME])
    assert [inside and inside.readme_text for inside in insides] == ["# Open", None, ""]
    assert github.requests == {"POST /graphql": 1}


@pytest.mark.parametrize(("answer", "error"), [
    ({"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, LimitReached),
    ({"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}, ForgeUnreachable),
])
def test_errors_of_graphql_come_with_status_200(
    github: FakeGitHub, answer: dict[str, Any], error: type[Exception]
) -> None:
    github.fail_next("/graphql", Reply(answer))
    with pytest.raises(error):
        _client(github).insides([NAME])


def test_an_app_reads_as_its_installation(github: FakeGitHub) -> None:
    github.installations["7"] = "ghs_installation"
    key = _private_key()
    settings = Settings(
        github_api_url=github.url, github_app_id="12", github_app_key=key, github_app_installation_id=7
    )
    lines, is_usable = examine(settings, now=NOW)
    assert ([line for line in lines if line.startswith("account")], is_usable) == (
        [f"account: App accepted by {github.url}"], True
    )
    github.installations.clear()
    client = GitHubClient(api_url=github.url, auth=auth_of(settings), kept_free=0, now=Clock())
    with pytest.raises(AccessRefused):
        client.repository(NAME)


def test_the_check_says_what_works_and_what_to_do(github: FakeGitHub) -> None:
    works = Settings(
        github_api_url=github.url, github_token=TOKEN, github_client_id="keng", github_client_secret="secret"
    )
    lines, is_usable = examine(works, now=NOW)
    assert is_usable
    assert lines[0] == "sign-in: works for people with an account on GitHub"
    assert "limit: 5000 of 5000 requests left, full again at 2100-01-01 00:00 UTC" in lines
    lines, is_usable = examine(works.model_copy(update={"github_token": Settings(github_token="old").github_token}),
                               now=NOW)
    assert (is_usable, "KENG_GITHUB_TOKEN" in lines[-1]) == (False, True)
    lines, is_usable = examine(Settings(github_api_url=github.url), now=NOW)
    assert (is_usable, "KENG_GITHUB_TOKEN" in lines[-1]) == (False, True)
    github.fail_next("/rate_limit", HTML)
    lines, is_usable = examine(works, now=NOW)
    assert (is_usable, "KENG_GITHUB_API_URL" in lines[-1]) == (False, True)


def test_the_command_brings_the_verbs_of_integrations(monkeypatch: pytest.MonkeyPatch, github: FakeGitHub) -> None:
    monkeypatch.setenv("KENG_GITHUB_API_URL", github.url)
    monkeypatch.setenv("KENG_GITHUB_TOKEN", TOKEN)
    from registry.settings import load_settings  # noqa: PLC0415

    load_settings.cache_clear()
    shown = CliRunner().invoke(app, ["github", "check"])
    load_settings.cache_clear()
    assert (shown.exit_code, "repositories: public ones can be synchronised" in shown.output) == (0, True)


def _private_key() -> str:
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    pem = RSAKey.generate_key(2048).as_pem(private=True)
    return pem.decode()
