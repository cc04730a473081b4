"""Sessions: who is signed in, for how long, on which browsers, and what that costs."""

from datetime import timedelta

import pytest
from litestar.testing import AsyncTestClient
from pydantic import SecretStr
from sqlalchemy import select, text, update

from registry.accounts.models import SignInSession
from registry.app import create_app
from registry.database.engine import Database
from registry.people.models import Person
from registry.search.queries import search
from registry.settings import Mode, Settings
from tests.conftest import postgresql_in_trust
from tests.fakes.sign_in import FakeGitHubSignIn
from tests.visits import Visit, another_visit


async def _age(database: Database, *, started: timedelta = timedelta(), seen: timedelta = timedelta()) -> None:
    async with database.writing() as session:
        one = (await session.scalars(select(SignInSession))).one()
        one.started_at -= started
        one.last_seen_at -= seen


@postgresql_in_trust
async def test_the_database_keeps_no_token(visit: Visit, database: Database) -> None:
    token = (await visit.sign_in()).cookies["keng_session"]
    async with database.reading() as reader:
        row = (await reader.execute(select(SignInSession))).one()
    assert token not in map(str, row)


@postgresql_in_trust
async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visit: Visit, settings: Settings) -> None:
    answer = await visit.sign_in()
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("keng_session="))
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=7776000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


@postgresql_in_trust
async def test_the_cookie_stays_on_https_where_the_site_does(settings: Settings) -> None:
    secure = settings.model_copy(update={"base_url": "https://testserver.local"})
    async with AsyncTestClient(create_app(secure), base_url="https://testserver.local") as client:
        client.follow_redirects = False
        answer = await Visit(client).submit("/sign-in", "/sign-in/as/owner")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("keng_session="))
    assert "Secure" in cookie.split("; ")


@pytest.mark.parametrize(("started", "seen", "name"), [
    (timedelta(days=89), timedelta(days=13), "Ada Example"), (timedelta(), timedelta(days=14), None),
    (timedelta(days=90), timedelta(), None),
])
async def test_a_session_ends_unused_or_old(
    visit: Visit, database: Database, started: timedelta, seen: timedelta, name: str | None
) -> None:
    await visit.sign_in()
    await _age(database, started=started, seen=seen)
    assert await visit.name() == name


async def test_use_is_noted_once_a_day(visit: Visit, database: Database, statements: list[str]) -> None:
    await visit.sign_in()
    for age, writes in ((timedelta(hours=23), 0), (timedelta(hours=2), 1), (timedelta(), 0)):
        await _age(database, seen=age)
        statements.clear()
        await visit.client.get("/about")
        assert len([one for one in statements if one.startswith("UPDATE")]) == writes


@postgresql_in_trust
async def test_a_visitor_costs_no_query_and_a_member_two(visit: Visit, statements: list[str]) -> None:
    statements.clear()
    await visit.client.get("/about")
    assert statements == []
    await visit.sign_in()
    statements.clear()
    await visit.client.get("/about")
    assert len([one for one in statements if one.startswith("SELECT")]) == 2


@postgresql_in_trust
async def test_nobody_stores_what_a_member_sees(visit: Visit) -> None:
    before = await visit.client.get("/about")
    await visit.sign_in()
    answers = [await visit.client.get(path) for path in (
        "/about", "/account", "/no-such-page", "/search/suggestions?q=a", "/robots.txt",
    )]
    assert "no-store" not in before.headers["cache-control"]
    assert [answer.headers["cache-control"] for answer in answers] == ["private, no-store"] * 5


@postgresql_in_trust
async def test_pages_kept_in_memory_hold_nothing_of_a_member_or_of_a_form(settings: Settings) -> None:
    keeping = create_app(settings.model_copy(update={"page_cache": True}))
    async with AsyncTestClient(keeping, base_url=settings.base_url) as visitor:
        member = another_visit(visitor)
        await member.submit("/sign-in", "/sign-in/as/owner")
        names = [await Visit(visitor).name(), await member.name(), await Visit(visitor).name(), await member.name()]
        forms = [(await visitor.get("/sign-in")).text]
        visitor.cookies.clear()
        forms.append((await visitor.get("/sign-in")).text)
    assert names == [None, "Demo Owner 範例坑主"] * 2
    assert forms[0] != forms[1]


@postgresql_in_trust
async def test_an_error_page_knows_who_reads_it(visit: Visit) -> None:
    await visit.sign_in()
    answer = await visit.client.get("/no-such-page", headers={"accept": "text/html"})
    assert (answer.status_code, "Ada Example" in answer.text) == (404, True)


async def test_without_its_table_of_sessions_the_site_is_still_read(visit: Visit, database: Database) -> None:
    await visit.sign_in()
    async with database.writing() as session:
        await session.execute(text("DROP TABLE sessions"))
    answer = await visit.client.get("/about")
    assert (answer.status_code, "Ada Example" in answer.text) == (200, False)


@postgresql_in_trust
async def test_a_person_sees_their_browsers_and_ends_one(
    visit: Visit, other_visit: Visit, database: Database
) -> None:
    await visit.sign_in()
    other_visit.client.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    await other_visit.sign_in()
    page = (await visit.client.get("/account")).text
    assert ("Firefox · Linux" in page, page.count("this one")) == (True, 1)
    async with database.reading() as reader:
        other = await reader.scalar(select(SignInSession.id).order_by(SignInSession.id.desc()).limit(1))
    await visit.submit("/account", f"/account/sessions/{other}/end")
    assert (await visit.name(), await other_visit.name()) == ("Ada Example", None)


@postgresql_in_trust
async def test_signing_out_everywhere_else_keeps_this_browser(visit: Visit, other_visit: Visit) -> None:
    await visit.sign_in()
    await other_visit.sign_in()
    await visit.submit("/account", "/account/sessions/end-others")
    assert (await visit.name(), await other_visit.name()) == ("Ada Example", None)


async def test_nobody_ends_another_person_s_session(
    visit: Visit, other_visit: Visit, github: FakeGitHubSignIn, database: Database
) -> None:
    await visit.sign_in()
    async with database.reading() as reader:
        mine = await reader.scalar(select(SignInSession.id))
    github.signed_in_as = {"id": 2, "login": "mallory", "name": None}
    await other_visit.sign_in()
    await other_visit.submit("/account", f"/account/sessions/{mine}/end")
    await other_visit.submit("/account", "/account/sessions/end-others")
    assert await visit.name() == "Ada Example"


@postgresql_in_trust
async def test_signing_out_ends_the_session_in_the_database(visit: Visit, database: Database) -> None:
    token = (await visit.sign_in()).cookies["keng_session"]
    answer = await visit.submit("/about", "/sign-out")
    visit.client.cookies.set("keng_session", token)
    assert (answer.headers["location"], await visit.name()) == ("/", None)


async def test_a_name_is_changed_and_shown_only_when_its_person_wants(visit: Visit, database: Database) -> None:
    await visit.sign_in()
    assert (await visit.submit("/account", "/account/name", name="  Countess   Ada ")).status_code == 303
    assert await visit.name() == "Countess Ada"
    await visit.submit("/account", "/account/name", name="Ada", is_public="on")
    async with database.reading() as reader:
        assert (await reader.execute(select(Person.display_name, Person.is_public))).one() == ("Ada", True)
        assert (await search(reader, "Ada", limit=1)).total == 1
    await visit.submit("/account", "/account/name", name="Ada")
    async with database.reading() as reader:
        assert (await search(reader, "Ada", limit=1)).total == 0


@postgresql_in_trust
@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
async def test_an_impossible_name_changes_nothing(visit: Visit, name: str) -> None:
    await visit.sign_in()
    assert (await visit.submit("/account", "/account/name", name=name)).status_code == 400
    assert await visit.name() == "Ada Example"


async def test_a_person_whose_name_is_hidden_still_signs_in(visit: Visit, database: Database) -> None:
    await visit.sign_in()
    async with database.writing() as session:
        await session.execute(update(Person).values(hidden_at=Person.created_at))
    assert await visit.name() == "Ada Example"


@postgresql_in_trust
async def test_the_parts_of_the_demo_have_their_rights(visit: Visit) -> None:
    names = {}
    for part in ("proposer", "owner", "organiser", "administrator"):
        await visit.submit("/sign-in", f"/sign-in/as/{part}")
        names[part] = await visit.name()
    assert names == {
        "proposer": "Demo Newcomer 範例新手", "owner": "Demo Owner 範例坑主",
        "organiser": "Demo Organiser 範例揪松團", "administrator": "Demo Administrator 範例管理員",
    }
    assert (await visit.submit("/sign-in", "/sign-in/as/emperor")).status_code == 404


@postgresql_in_trust
async def test_outside_demo_mode_nobody_plays_a_part(settings: Settings) -> None:
    production = settings.model_copy(update={"mode": Mode.PRODUCTION, "secret_key": SecretStr("s" * 40)})
    async with AsyncTestClient(create_app(production), base_url=settings.base_url) as client:
        page = (await client.get("/sign-in")).text
        answer = await Visit(client).submit("/sign-in", "/sign-in/as/administrator")
    assert ("/sign-in/as/" in page, "demo" in page, answer.status_code) == (False, False, 404)
