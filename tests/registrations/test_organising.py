"""Organisers look after registrations: the list, its sheet, the badges, the meals, and what is forgotten."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.events.models import Event
from registry.ports import Workplace
from registry.registrations.commands.retention import forget_guests
from registry.registrations.rules import RegistrationState, name_size
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_registration
from tests.pages import facts, links, main_of, words
from tests.registrations.open_events import an_open_event, registrations
from tests.visits import Visit

WAITING, CANCELLED = RegistrationState.WAITING, RegistrationState.CANCELLED
HERE = "/events/day/registrations"


async def _guests(database: Database) -> Event:
    """Four registrations: a newcomer, one who is in, one who waits, one who cancelled."""
    event = await an_open_event(database, capacity=2)
    now = datetime.now(UTC)
    async with database.writing() as session:
        await a_registration(
            session, event=event, badge_name="=cmd()", code="secret-1", meal="meat", is_newcomer=True,
            keywords=["@sum", "貓"], photo_consent=False, mail_address="canary@example.org",
        )
        await a_registration(session, event=event, badge_name="小明", code="secret-2", meal="none", checked_in_at=now)
        await a_registration(session, event=event, badge_name="Late", code="secret-3", state=WAITING, waiting_since=now)
        await a_registration(session, event=event, badge_name="Gone", code="secret-4", state=CANCELLED, meal="meat")
    return event


def _names(html: str) -> list[str]:
    return [words(name) for name in re.findall(r'guest__name">(.*?)<', html)]


@pytest.mark.parametrize(("query", "names"), [
    ("", ["=cmd()", "Gone", "Late", "小明"]), ("?state=confirmed", ["=cmd()", "小明"]), ("?state=waiting", ["Late"]),
    ("?state=in", ["小明"]), ("?state=out", ["=cmd()"]), ("?newcomer=yes", ["=cmd()"]), ("?q=la", ["Late"]),
    ("?q=%25", []), ("?state=nothing", []),
])
async def test_the_list_is_filtered_by_state_newcomer_and_name(
    visit: Visit, database: Database, query: str, names: list[str]
) -> None:
    await _guests(database)
    await visit.play("organiser")
    html = (await visit.client.get(f"{HERE}{query}")).text
    assert sorted(_names(html)) == sorted(names)
    shown = facts(main_of(html))
    assert (shown["Have a place"], shown["Waiting"], shown["Newcomers"], shown["Are in"], shown["With meat"]) == (
        "2 / 2", "1", "1", "1", "1",
    )
    assert f"{HERE}.csv{query}" in [address for address, _words in links(html, HERE)]


async def test_the_sheet_opens_in_a_spreadsheet_and_runs_no_formula(visit: Visit, database: Database) -> None:
    event = await _guests(database)
    await visit.play("organiser")
    answer = await visit.client.get(f"{HERE}.csv?state=confirmed")
    assert (answer.headers["content-type"], answer.content[:3]) == ("text/csv; charset=utf-8", b"\xef\xbb\xbf")
    assert answer.headers["cache-control"] == "private, no-store"
    head, first, second = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert dict(zip(head[:7], first[:7], strict=True)) == {
        "Name on the badge": "'=cmd()", "State": "Has a place", "Keywords": "'@sum, 貓", "Newcomer": "Yes",
        "Pictures": "No", "Meal": "With meat", "E-mail address": "canary@example.org",
    }
    checked_in = (await registrations(database))[1].checked_in_at
    assert checked_in
    assert second[-1] == f"{checked_in + timedelta(hours=8):%Y-%m-%d %H:%M}"
    assert event.timezone == "Asia/Taipei"


@postgresql_in_trust
async def test_guests_are_told_to_organisers_alone(visit: Visit, database: Database) -> None:
    await _guests(database)
    for part in (None, "proposer"):
        if part:
            await visit.play(part)
        for address in (HERE, f"{HERE}.csv", "/events/day/badges", "/events/day/door", "/events/day/door/guests"):
            answer = await visit.client.get(address)
            assert (answer.status_code, "canary" in answer.text, "小明" in answer.text) == (403, False, False), address
        for address in ("/events/day", "/events/day/register", "/api/v1/events/day", "/people"):
            answer = await visit.client.get(address)
            assert (answer.status_code, "canary" in answer.text, "小明" in answer.text) == (200, False, False), address


@postgresql_in_trust
async def test_a_badge_stands_for_each_who_has_a_place_with_marks_and_code(visit: Visit, database: Database) -> None:
    await _guests(database)
    await visit.play("organiser")
    html = (await visit.client.get("/events/day/badges")).text
    badges = [words(part) for part in html.split('<li class="badge">')[1:]]
    assert [("Newcomer" in one, "No pictures" in one) for one in badges] == [(True, True), (False, False)]
    assert "@sum 貓" in badges[0]
    assert html.count('class="badge__code"') == 2
    assert "Late" not in main_of(html)


@pytest.mark.parametrize(("name", "size"), [
    ("Ada Lovelace", "large"), ("王小明", "large"), ("一二三四五六七八", "large"), ("一二三四五六七八九", "medium"),
    ("名" * 30, "small"), ("", "large"),
])
def test_a_long_name_stands_smaller_on_its_badge(name: str, size: str) -> None:
    assert name_size(name) == size


async def test_organisers_set_the_meals_that_guests_choose_from(visit: Visit, database: Database) -> None:
    await an_open_event(database, meals=[])
    await visit.play("organiser")
    here = "/events/day/meals"
    page = await visit.client.get(here)
    assert 'value="Vegetarian"' in page.text
    answer = await visit.fill(here, here, **{"text-0-en": "Noodles", "text-1-en": "", "text-1-zh-Hant": ""})
    assert answer.headers["location"] == "/events/day/run?done=saved"
    form = (await visit.client.get("/events/day/register")).text
    offered = re.findall(r'<option value="([\w-]*)">([^<]*)<', form.split('id="meal"')[1].split("</select>")[0])
    assert offered == [("", "Please choose"), ("vegetarian", "Noodles"), ("none", "No meal, thank you")]


async def test_what_only_the_day_needed_is_forgotten_when_its_time_is_over(
    database: Database, settings: Settings
) -> None:
    event = await _guests(database)
    workplace = Workplace(settings, database, lambda: datetime.now(UTC))
    for days, is_kept in ((settings.guests_kept_days - 1, True), (settings.guests_kept_days + 1, False)):
        await forget_guests(workplace, event.ends_at + timedelta(days=days))
        first = (await registrations(database))[0]
        assert (first.mail_address, first.meal, first.keywords) == (
            ("canary@example.org", "meat", ["@sum", "貓"]) if is_kept else (None, None, [])
        )
        assert (first.badge_name, first.photo_consent) == ("=cmd()", False)


@postgresql_in_trust
async def test_the_lists_ask_as_much_for_three_as_for_one(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    event = await an_open_event(database)
    client.follow_redirects = False
    visit = await Visit(client).play("organiser")
    asked: dict[str, list[int]] = {}
    for number in (1, 2):
        async with database.writing() as session:
            for _one in range(number):
                await a_registration(session, event=event)
        for address in (HERE, "/events/day/badges", "/events/day/door?code=none", "/events/day/door/guests"):
            statements.clear()
            await visit.client.get(address)
            asked.setdefault(address, []).append(len(statements) - 2)  # the session's own two
    assert asked == {
        HERE: [3, 3], "/events/day/badges": [2, 2], "/events/day/door?code=none": [4, 4],
        "/events/day/door/guests": [2, 2],
    }
