"""An access token from its making to its end, and where it may never be seen."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, update

from registry.accounts.commands import hash_token
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.exchange.archive import LEFT_OUT
from registry.tokens.models import AccessToken
from registry.tokens.rules import MOST_TOKENS, Scope, is_use_worth_noting, scopes_in
from tests.conftest import on_one_database
from tests.pages import main_of, words
from tests.privacy.columns import columns_holding
from tests.tokens.scripts import Script, a_script, make_token
from tests.visits import Visit, another_visit

NOW = datetime(2026, 7, 25, tzinfo=UTC)


async def test_a_token_is_shown_once_kept_as_a_hash_and_revoked_at_once(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    script = await a_script(visit, Scope.READ, Scope.PROPOSALS)
    me = await script.send("GET", "/me")
    page = (await visit.client.get("/account/tokens")).text
    inbox = words((await visit.client.get("/inbox")).text)
    data = (await visit.client.get("/account/data")).text

    assert (me.json()["id"], me.json()["scopes"]) == ("example-newcomer", ["proposals:write", "read"])
    assert me.headers["cache-control"] == "private, no-store"
    assert "A new access token, “my laptop”, can act in your name." in inbox
    assert f"{script.token[:11]}…" in page
    assert "Pitch, and change, submit or withdraw pitches" in page
    for told in (page, inbox, data):
        assert script.token not in told
        assert hash_token(script.token) not in told
    assert await columns_holding(database, [script.token]) == set()
    assert await columns_holding(database, [hash_token(script.token)]) == {"access_tokens.token_hash"}
    assert "access_tokens" in LEFT_OUT
    async with database.reading() as reader:
        made_at, ends_at = (await reader.execute(select(AccessToken.created_at, AccessToken.expires_at))).one()
    assert ends_at - made_at == timedelta(days=90)

    stranger = await another_visit(visit.client).play("owner")
    revoke = re.search(r"/account/tokens/\d+/revoke", page)
    assert revoke
    assert (await stranger.submit("/account/tokens", revoke[0])).status_code == 404
    assert (await script.send("GET", "/me")).status_code == 200
    assert (await visit.submit("/account/tokens", revoke[0])).status_code == 303
    ended = await script.send("GET", "/me")
    assert (ended.status_code, ended.headers["www-authenticate"]) == (401, "Bearer")
    async with database.reading() as reader:
        rows = (await reader.execute(
            select(AuditEntry.action, AuditEntry.changes).where(AuditEntry.action.startswith("token"))
            .order_by(AuditEntry.id)
        )).all()
    assert [(row.action, row.changes["token"]) for row in rows] == [
        ("token made", [None, script.token[:11]]), ("token revoked", [script.token[:11], None]),
    ]


@on_one_database
async def test_a_form_sent_twice_makes_one_token_and_what_is_wrong_comes_back(
    visit: Visit, database: Database
) -> None:
    await visit.play("proposer")
    refused = await make_token(visit, name="", days="4000")
    page = words(main_of(refused.text))
    assert refused.status_code == 400
    assert "Choose at least one thing that the token is for." in page
    sent = {"name": "twice", "scopes": "read", "days": "7", "form_key": "the same"}
    answers = [await visit.submit("/account/tokens", "/account/tokens", **sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 303]
    async with database.writing() as session:
        (only,) = list(await session.scalars(select(AccessToken)))
        session.add_all(
            AccessToken(
                token_hash=str(number), person_id=only.person_id, name="x", shown="keng_", scopes="read",
                created_at=only.created_at, expires_at=only.expires_at,
            ) for number in range(MOST_TOKENS - 1)
        )
    assert (await make_token(visit, Scope.READ)).status_code == 409


@on_one_database
async def test_what_is_no_good_token_lets_nobody_in_and_a_cookie_writes_nothing(
    visit: Visit, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await visit.play("owner")
    script = await a_script(visit, *Scope)
    good = script.token
    wrongs: list[Any] = [
        f"Bearer {good}x", f"Bearer {good[:-1]}", f"Basic {good}", good, "Bearer", "Bearer keng_", f"Bearer  x{good}",
        f"Bearer keng_{'é' * 9}".encode("latin-1"), f"Bearer keng_{'a' * 5000}",
    ]
    for wrong in wrongs:
        answer = await script.client.get("/api/v1/me", headers={"Authorization": wrong})
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), wrong
    assert (await script.client.get("/api/v1/me", headers={"Authorization": f"bearer {good}"})).status_code == 200
    cookie = await visit.client.post("/api/v1/proposals", json={"title": {"en": "Mine"}})
    assert (cookie.status_code, (await visit.client.get("/api/v1/me")).status_code) == (401, 401)
    assert await Visit(script.client).name() is None
    async with database.writing() as session:
        await session.execute(update(AccessToken).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    ended = await script.send("GET", "/me")
    refused = await script.client.post(f"/api/v1/proposals?token={good[:20]}", content=b"{")
    assert (ended.status_code, refused.status_code) == (401, 401)
    assert "Ended" in words((await visit.client.get("/account/tokens")).text)
    assert good not in caplog.text + ended.text + refused.text


@on_one_database
async def test_the_last_use_is_written_once_an_hour(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    script = await a_script(visit, Scope.READ)

    async def used_after(script: Script) -> datetime | None:
        assert (await script.send("GET", "/me")).status_code == 200
        async with database.reading() as reader:
            return (await reader.execute(select(AccessToken.last_used_at))).scalar_one()

    first, second = await used_after(script), await used_after(script)
    assert first is not None
    assert first == second
    old = first - timedelta(hours=2)
    async with database.writing() as session:
        await session.execute(update(AccessToken).values(last_used_at=old))
    assert (await used_after(script) or old) > old


@given(some.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_use_is_worth_noting_when_the_last_note_is_older_than_an_hour(since: timedelta) -> None:
    assert is_use_worth_noting(NOW - since, now=NOW) is (since > timedelta(hours=1))
    assert is_use_worth_noting(None, now=NOW)


def test_a_scope_that_is_gone_lets_nothing_happen() -> None:
    assert scopes_in("read proposals:write everything") == {Scope.READ, Scope.PROPOSALS}
    assert scopes_in("") == frozenset()


@on_one_database
async def test_who_wants_to_be_erased_has_no_token_any_more(visit: Visit) -> None:
    await visit.play("proposer")
    script = await a_script(visit, Scope.READ)
    name = await visit.name()
    assert (await visit.submit("/account/erase", "/account/erase", name=name)).status_code == 303
    assert (await script.send("GET", "/me")).status_code == 401
