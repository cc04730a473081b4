"""Signing in with GitHub and Slack, and every way to abuse it."""

import asyncio
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from registry.accounts.models import SignInSession
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.people.models import Identity, Person
from registry.roster.models import RosterMember
from tests.accounts.conftest import ADA, BO, query_of
from tests.conftest import postgresql_in_trust
from tests.factories import a_project
from tests.fakes.http import Reply
from tests.fakes.sign_in import FakeGitHubSignIn, FakeSlackSignIn
from tests.visits import Visit, agree


async def _count(database: Database, model: Any) -> int:
    async with database.reading() as reader:
        return int(await reader.scalar(select(func.count()).select_from(model)) or 0)


def _problem(location: str) -> str | None:
    assert location.startswith(("/sign-in?", "/account?"))
    return query_of(location).get("problem")


@pytest.mark.parametrize("provider", ["github", "slack"])
async def test_a_newcomer_signs_in_and_comes_back_to_where_they_were(
    visit: Visit, database: Database, provider: str
) -> None:
    answer = await visit.sign_in(provider, return_path="/projects?stage=idea")
    assert (answer.status_code, answer.headers["location"]) == (303, "/projects?stage=idea")
    assert await visit.name() == ("Ada Example" if provider == "github" else "Ada")
    async with database.reading() as reader:
        assert (await reader.execute(select(Person.is_public, Identity.subject).join(
            Identity, Identity.person_id == Person.id
        ))).all() == [(False, "1" if provider == "github" else "T1:U1")]


async def test_signing_in_again_finds_the_same_person(
    visit: Visit, other_visit: Visit, github: FakeGitHubSignIn, database: Database
) -> None:
    await visit.sign_in()
    github.signed_in_as = {**ADA, "login": "ada-renamed"}
    await other_visit.sign_in()
    assert (await _count(database, Person), await _count(database, SignInSession)) == (1, 2)


async def test_a_newcomer_in_two_browsers_at_once_is_one_person(
    visit: Visit, other_visit: Visit, database: Database
) -> None:
    backs = [agree(await one.leave()) for one in (visit, other_visit)]
    answers = await asyncio.gather(visit.client.get(backs[0]), other_visit.client.get(backs[1]))
    assert {answer.status_code for answer in answers} == {303}
    assert (await _count(database, Person), await _count(database, Identity)) == (1, 1)


@postgresql_in_trust
async def test_every_change_of_an_account_is_in_the_audit_log_once(visit: Visit, database: Database) -> None:
    await visit.sign_in("github")
    await visit.link("slack")
    async with database.reading() as reader:
        identity_id = await reader.scalar(select(func.max(Identity.id)))
    await visit.submit("/account", f"/account/unlink/{identity_id}")
    await visit.submit("/account", "/account/name", name="Countess")
    async with database.reading() as reader:
        assert (await reader.execute(select(AuditEntry.actor, AuditEntry.action).order_by(AuditEntry.id))).all() == [
            ("person:ada", "joined"), ("person:ada", "identity linked"), ("person:ada", "identity unlinked"),
            ("person:ada", "name changed"),
        ]


async def test_two_accounts_of_one_name_are_two_people(
    visit: Visit, other_visit: Visit, github: FakeGitHubSignIn, database: Database
) -> None:
    await visit.sign_in()
    github.signed_in_as = {**ADA, "id": 99}
    await other_visit.sign_in()
    async with database.reading() as reader:
        assert sorted(await reader.scalars(select(Person.slug))) == ["ada", "ada-2"]


@postgresql_in_trust
async def test_the_same_name_at_another_provider_is_another_person(
    visit: Visit, other_visit: Visit, database: Database
) -> None:
    await visit.sign_in("github")
    await other_visit.sign_in("slack")
    assert await _count(database, Person) == 2


@postgresql_in_trust
async def test_linking_makes_one_person_of_two_accounts(visit: Visit, other_visit: Visit, database: Database) -> None:
    await visit.sign_in("github")
    assert (await visit.link("slack")).headers["location"] == "/account"
    await other_visit.sign_in("slack")
    assert (await _count(database, Person), await other_visit.name()) == (1, "Ada Example")


async def test_an_account_of_someone_else_is_not_linked(visit: Visit, other_visit: Visit, database: Database) -> None:
    await other_visit.sign_in("slack")
    await visit.sign_in("github")
    answer = await visit.link("slack")
    assert _problem(answer.headers["location"]) == "taken"
    assert "already belongs to someone else" in (await visit.client.get(answer.headers["location"])).text
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count(Identity.person_id.distinct()))) == 2


@postgresql_in_trust
async def test_a_link_begun_by_one_is_not_finished_by_the_next_on_the_same_browser(
    visit: Visit, github: FakeGitHubSignIn, database: Database
) -> None:
    await visit.sign_in("github")
    begun = await visit.submit("/account", "/account/link/slack")
    state = visit.client.cookies["keng_sign_in"]
    github.signed_in_as = BO
    await visit.sign_in("github")
    visit.client.cookies.set("keng_sign_in", state)
    answer = await visit.client.get(agree(begun.headers["location"]), headers={"cookie": f"keng_sign_in={state}"})
    assert _problem(answer.headers["location"]) == "expired"
    assert await _count(database, Identity) == 2


async def test_an_unlinked_account_signs_in_no_more_and_the_last_one_stays(visit: Visit, database: Database) -> None:
    await visit.sign_in("github")
    await visit.link("slack")
    async with database.reading() as reader:
        first, second = (await reader.scalars(select(Identity.id).order_by(Identity.id))).all()
    assert (await visit.submit("/account", f"/account/unlink/{first}")).status_code == 303
    answer = await visit.submit("/account", f"/account/unlink/{second}")
    assert (answer.status_code, await _count(database, Identity)) == (400, 1)


# The twelve attacks stand in tests/trust/sign_ins.py; here is what else is refused, and what is said then.


async def test_a_made_up_state_is_refused_even_with_its_cookie(visit: Visit) -> None:
    answer = await visit.client.get(
        "/sign-in/github/callback?code=x&state=invented", headers={"cookie": "keng_sign_in=invented"}
    )
    assert _problem(answer.headers["location"]) == "expired"


async def test_who_declines_at_the_provider_is_told_and_keeps_the_way_back(visit: Visit) -> None:
    state = query_of(await visit.leave(return_path="/events"))["state"]
    answer = await visit.client.get(f"/sign-in/github/callback?error=access_denied&state={state}")
    page = (await visit.client.get(answer.headers["location"])).text
    assert _problem(answer.headers["location"]) == "declined"
    assert ("You did not let GitHub tell us" in page, 'name="return" value="/events"' in page) == (True, True)


async def test_an_error_of_the_provider_is_never_shown_raw(visit: Visit) -> None:
    state = query_of(await visit.leave())["state"]
    answer = await visit.client.get(
        f"/sign-in/github/callback?error=server_error&error_description=<script>&code=x&state={state}"
    )
    page = (await visit.client.get(answer.headers["location"])).text
    assert (_problem(answer.headers["location"]), "<script>" in page.split("<main")[1]) == ("refused", False)


@postgresql_in_trust
async def test_each_sign_in_has_a_new_token_and_ends_the_old(visit: Visit, database: Database) -> None:
    first = (await visit.sign_in()).cookies["keng_session"]
    second = (await visit.sign_in()).cookies["keng_session"]
    assert (first != second, await _count(database, SignInSession)) == (True, 1)


@postgresql_in_trust
@pytest.mark.parametrize("wrong", [
    {"iss": "https://evil.example"}, {"aud": "another-application"}, {"nonce": "of-another-sign-in"},
    {"https://slack.com/team_id": "T2"}, {"exp": 1_600_000_000}, {"https://slack.com/user_id": ""},
])
async def test_a_token_of_slack_that_is_not_for_us_is_refused(
    visit: Visit, slack: FakeSlackSignIn, database: Database, wrong: dict[str, Any]
) -> None:
    slack.wrong = wrong
    answer = await visit.sign_in("slack")
    assert (_problem(answer.headers["location"]), await _count(database, SignInSession)) == ("refused", 0)


@postgresql_in_trust
async def test_a_token_signed_with_another_key_is_refused(
    visit: Visit, slack: FakeSlackSignIn, database: Database
) -> None:
    slack.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    answer = await visit.sign_in("slack")
    assert (_problem(answer.headers["location"]), await _count(database, SignInSession)) == ("refused", 0)


@postgresql_in_trust
async def test_an_unsigned_token_is_refused(visit: Visit, slack: FakeSlackSignIn, database: Database) -> None:
    slack.fail_next("/api/openid.connect.token", Reply({
        "ok": True, "access_token": "x", "token_type": "Bearer",
        "id_token": "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3NsYWNrLmNvbSJ9.",
    }))
    answer = await visit.sign_in("slack")
    assert (_problem(answer.headers["location"]), await _count(database, SignInSession)) == ("refused", 0)


@pytest.mark.parametrize("reply", [
    Reply({"message": "down"}, 500), Reply({"message": "slow down"}, 429), Reply(raw=b"<html>not json"),
    Reply([1, 2]), Reply({"id": "one"}),
])
async def test_a_provider_out_of_order_gives_a_clear_page_and_the_next_try_works(
    visit: Visit, github: FakeGitHubSignIn, database: Database, reply: Reply
) -> None:
    github.fail_next("/user", reply)
    answer = await visit.sign_in(return_path="/events")
    assert _problem(answer.headers["location"]) == "unreachable"
    assert "GitHub does not answer" in (await visit.client.get(answer.headers["location"])).text
    assert (await visit.sign_in(return_path="/events")).headers["location"] == "/events"


async def test_a_provider_that_is_not_set_up_does_not_exist(visit: Visit) -> None:
    answers = [await visit.submit("/sign-in", "/sign-in/email"), await visit.client.get("/sign-in/email/callback")]
    assert [answer.status_code for answer in answers] == [404, 404]


@postgresql_in_trust
async def test_an_account_that_has_left_the_workspace_signs_nobody_in(visit: Visit, database: Database) -> None:
    assert (await visit.sign_in("slack")).headers["location"] == "/"
    await visit.submit("/account", "/sign-out")
    now = datetime.now(UTC)
    async with database.writing() as session:
        session.add(RosterMember(chat="slack", subject="T1:U1", display_name="Ada", is_gone=True, changed_at=now,
                                 seen_at=now))
    answer = await visit.sign_in("slack")
    assert answer.headers["location"].startswith("/sign-in?problem=left")
    assert "no longer in the community&#39;s workspace" in (await visit.client.get(answer.headers["location"])).text
    assert await visit.name() is None


async def test_the_page_says_what_for_one_signs_in_and_names_nothing_that_is_hidden(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        await a_project(session, slug="pit", name={"en": "The pit"})
        await a_project(session, slug="gone", name={"en": "Canary"}, hidden_at=datetime(2026, 1, 2, tzinfo=UTC))

    async def said(path: str) -> str:
        return unescape((await visit.client.get("/sign-in", params={"return": path})).text)

    assert "Sign in to offer help to “The pit”." in await said("/projects/pit/help?need=1")
    assert "Once you are signed in you are back at “The pit”." in await said("/projects/pit")
    assert "Sign in to pitch." in await said("/pitch?event=day")
    for path in ("/projects/gone/help", "/projects/none/help", "//evil.example/projects/pit/help", "/projects", "/"):
        page = await said(path)
        assert ("Canary" in page, "<strong>" in page.split("page-header__lead")[1][:20]) == (False, False), path
