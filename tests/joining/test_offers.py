"""Offering help and answering, from both sides, over HTTP; what is private stays so."""

from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.accounts.queries import Actor
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.errors import Conflict
from registry.inbox.models import Notice
from registry.joining.commands import OfferedHelp, offer_help
from registry.joining.models import Offer
from registry.joining.rules import MOST_OPEN_OFFERS, OfferState
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider, MembershipRole
from registry.projects.models import Need
from registry.projects.rules import LinkKind, NeedState
from tests.conftest import postgresql_in_trust
from tests.factories import a_link, a_membership, a_need, a_person, a_project
from tests.pages import page_of, words
from tests.visits import Visit, another_visit, filled

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HELP = "/projects/map/help"


@pytest.fixture
async def owner(client: AsyncTestClient, database: Database) -> Visit:
    """The browser of the owner of a project at ``/projects/map`` that wants a designer."""
    owner = await another_visit(client).play("owner")
    async with database.writing() as session:
        project = await a_project(session, slug="map", name={"en": "Map"})
        await a_need(session, project=project, line={"en": "Draw a legend"})
        person = await session.scalar(select(Person).where(Person.slug == "example-proposer"))
        assert person is not None
        await a_membership(session, project=project, person=person)
    return owner


async def _rows(database: Database, *columns: Any) -> list[tuple[Any, ...]]:
    async with database.reading() as reader:
        return [tuple(row) for row in await reader.execute(select(*columns).order_by(columns[0].table.c.id))]


async def _offer(visit: Visit, **fields: Any) -> None:
    """Offer help with the form."""
    answer = await visit.fill(HELP, HELP, **{"need": "designer", "note": "I draw maps.", "hours": "3", **fields})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/offers?done=offered")


async def _offers(database: Database) -> list[tuple[Any, ...]]:
    return await _rows(database, Offer.id, Offer.state)


@postgresql_in_trust
async def test_a_visitor_is_led_to_sign_in_and_comes_back_to_the_form_as_it_was_asked_for(
    visit: Visit, owner: Visit
) -> None:
    page = await page_of(visit.client, "/projects/map")
    assert 'href="/projects/map/help?need=designer"' in page
    away = await visit.client.get(f"{HELP}?need=designer&hours=3")
    assert away.headers["location"] == "/sign-in?return=%2Fprojects%2Fmap%2Fhelp%3Fneed%3Ddesigner%26hours%3D3"
    back = await visit.submit(away.headers["location"], "/sign-in/as/proposer", **{
        "return": "/projects/map/help?need=designer&hours=3"
    })
    form = filled(await visit.client.get(back.headers["location"]), HELP)
    assert (form["need"], form["hours"]) == (["designer"], ["3"])


async def test_an_offer_is_accepted_and_its_person_becomes_a_contributor(
    visit: Visit, owner: Visit, database: Database
) -> None:
    await visit.play("proposer")
    await _offer(visit)
    ((offer_id, _state),) = await _offers(database)
    waiting = words(await page_of(owner.client, "/account/offers/waiting"))
    assert "Demo Newcomer 範例新手 offers help waits for an answer Map Design 3 hours a week" in waiting
    path = f"/projects/map/offers/{offer_id}"
    answer = await owner.fill(path, path, to="accepted", words="Start with the legend.", fills_need="yes")
    assert answer.headers["location"] == "/projects/map/offers?done=offer-answered"
    own = words(await page_of(visit.client, "/account/offers"))
    assert "accepted" in own
    assert "Start with the legend." in own
    joined = await _rows(database, Membership.role, Membership.joined_on, Membership.left_on)
    assert joined[1:] == [(MembershipRole.CONTRIBUTOR, datetime.now(UTC).date(), None)]
    assert await _rows(database, Need.state) == [(NeedState.FILLED,)]
    notices = await _rows(database, Notice.kind, Notice.path)
    assert [(kind.value, path) for kind, path in notices] == [
        ("help_offered", path), ("help_accepted", "/account/offers"),
    ]
    actions = [row for row in await _rows(database, AuditEntry.action, AuditEntry.actor) if "help" in row[0]]
    assert actions == [
        ("help offered", "person:example-newcomer"), ("help accepted", "person:example-proposer"),
    ]


async def test_nothing_that_the_two_write_is_public_or_in_the_audit(
    client: AsyncTestClient, visit: Visit, owner: Visit, database: Database
) -> None:
    await visit.play("proposer")
    await _offer(visit, note="Canary note")
    ((offer_id, _state),) = await _offers(database)
    path = f"/projects/map/offers/{offer_id}"
    await owner.fill(path, path, to="declined", words="Canary answer")
    audits = await _rows(database, AuditEntry.changes)
    assert (len(audits) > 1, "Canary" in repr(audits)) == (True, False)
    for public in ("/projects/map", "/people/example-newcomer", "/api/v1/projects/map"):
        assert "Canary" not in (await visit.client.get(public)).text
    stranger = await another_visit(client).play("proposer")
    assert (await stranger.client.get(path)).status_code == 403
    other = await another_visit(client).play("administrator")
    async with database.writing() as session:
        await a_project(session, slug="other")
    assert (await other.client.get(f"/projects/other/offers/{offer_id}")).status_code == 404


async def test_nobody_is_declined_in_silence(visit: Visit, owner: Visit, database: Database) -> None:
    await visit.play("proposer")
    await _offer(visit)
    ((offer_id, _state),) = await _offers(database)
    path = f"/projects/map/offers/{offer_id}"
    refused = await owner.fill(path, path, to="declined")
    assert (refused.status_code, "Nobody is turned away in silence" in refused.text) == (400, True)
    assert await _offers(database) == [(offer_id, OfferState.OPEN)]
    await owner.client.post(path, data=filled(refused, path, to="declined", reason="found"))
    own = words(await page_of(visit.client, "/account/offers"))
    assert "Somebody came shortly before you, and one is enough for this." in own
    again = await owner.submit("/account", path, to="accepted")
    assert (again.status_code, "answered or taken back meanwhile" in again.text) == (409, True)


async def test_an_offer_kept_for_later_can_still_be_accepted_or_taken_back(
    visit: Visit, owner: Visit, database: Database
) -> None:
    await visit.play("proposer")
    await _offer(visit)
    ((offer_id, _state),) = await _offers(database)
    path = f"/projects/map/offers/{offer_id}"
    await owner.fill(path, path, to="thanked")
    assert await _offers(database) == [(offer_id, OfferState.THANKED)]
    assert "kept for later" in await page_of(owner.client, "/projects/map/offers")
    withdraw = f"/account/offers/{offer_id}/withdraw"
    assert (await owner.submit("/account", withdraw)).status_code == 404
    assert (await visit.fill("/account/offers", withdraw)).headers["location"] == "/account/offers?done=offer-withdrawn"
    assert await _offers(database) == [(offer_id, OfferState.WITHDRAWN)]
    assert (await owner.submit("/account", path, to="accepted")).status_code == 409


@postgresql_in_trust
async def test_what_was_typed_comes_back_with_what_is_wrong(visit: Visit, owner: Visit, database: Database) -> None:
    await visit.play("proposer")
    refused = await visit.fill(HELP, HELP, note=" ", hours="many", need="king", account="99")
    assert refused.status_code == 400
    faults = {name for name in ("need", "note", "hours", "account") if f'id="{name}-wrong"' in refused.text}
    assert faults == {"need", "note", "hours"}
    assert filled(refused, HELP)["hours"] == ["many"]
    assert await _offers(database) == []


@postgresql_in_trust
async def test_one_offer_for_a_need_waits_and_its_form_counts_once(
    visit: Visit, owner: Visit, database: Database
) -> None:
    await visit.play("proposer")
    form = filled(await visit.client.get(HELP), HELP, need="designer", note="Me")
    assert [(await visit.client.post(HELP, data=form)).status_code for _ in range(2)] == [303, 303]
    second = await visit.fill(HELP, HELP, need="designer", note="Me again")
    assert (second.status_code, "the answer is still to come" in second.text) == (409, True)
    assert len(await _offers(database)) == 1
    await visit.fill(HELP, HELP, need="", note="Or anything else")
    assert len(await _offers(database)) == 2
    assert (await owner.fill(HELP, HELP, note="Me")).status_code == 409


@postgresql_in_trust
async def test_nobody_offers_to_everybody(database: Database) -> None:
    async with database.writing() as session:
        person = await a_person(session)
        by = Actor(person_id=person.id, slug=person.slug, name=person.display_name)
        for _ in range(MOST_OPEN_OFFERS):
            await a_project(session, slug=f"p{_}")
            await offer_help(session, slug=f"p{_}", offered=OfferedHelp(need="", note="Me"), by=by, now=NOW)
        await a_project(session, slug="more")
        with pytest.raises(Conflict, match="10 of your offers wait"):
            await offer_help(session, slug="more", offered=OfferedHelp(need="", note="Me"), by=by, now=NOW)


@postgresql_in_trust
async def test_an_account_is_shown_to_the_project_only_when_it_was_chosen(
    visit: Visit, owner: Visit, database: Database
) -> None:
    await visit.play("proposer")
    async with database.writing() as session:
        person = (await session.scalars(select(Person).where(Person.slug == "example-newcomer"))).one()
        session.add(Identity(person_id=person.id, provider=IdentityProvider.GITHUB, subject="1", login="canary-login"))
    await _offer(visit)
    await visit.fill(HELP, HELP, note="Reach me", account=await _account(database))
    (first, _state), (second, _other) = await _offers(database)
    pages = [await page_of(owner.client, f"/projects/map/offers/{one}") for one in (first, second)]
    assert ["canary-login" in page for page in pages] == [False, True]


async def _account(database: Database) -> str:
    return str((await _rows(database, Identity.id))[0][0])


async def test_a_project_without_an_owner_says_so_and_organisers_see_the_offer(
    client: AsyncTestClient, visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="map", name={"en": "Map"})
        await a_membership(session, project=project, person=await a_person(session))
        await a_link(session, project=project, kind=LinkKind.CHAT, url="https://chat.example.org/map")
    await visit.play("proposer")
    form = await page_of(visit.client, HELP)
    assert "Nobody who looks after this project has an account here yet." in form
    assert 'href="https://chat.example.org/map"' in form
    await visit.fill(HELP, HELP, note="Me")
    waits = [
        "offers help" in words(await page_of((await another_visit(client).play(part)).client,
                                             "/account/offers/waiting"))
        for part in ("owner", "organiser", "administrator")
    ]
    assert waits == [False, True, True]


async def test_lists_of_offers_cost_the_same_however_long_they_are(
    visit: Visit, owner: Visit, database: Database, statements: list[str]
) -> None:
    pages = ["/projects/map/offers", "/account/offers/waiting", "/account/offers", HELP]
    costs: dict[int, list[int]] = {}
    for count in (1, 3):
        async with database.writing() as session:
            project_id, owner_id = (await session.execute(select(Membership.project_id, Membership.person_id))).one()
            while len((await session.scalars(select(Offer.id))).all()) < 2 * count:
                person = await a_person(session)
                session.add_all([
                    Offer(project_id=project_id, person_id=person.id, need_key="designer", note="Me"),
                    Offer(project_id=project_id, person_id=owner_id, need_key=f"x{person.id}", note="Me"),
                ])
                await session.flush()
        costs[count] = []
        for path in pages:
            statements.clear()
            assert (await owner.client.get(path)).status_code == 200
            costs[count].append(len(statements))
    assert costs[1] == costs[3]
    assert max(costs[3]) <= 8


async def test_the_list_reads_on_from_page_to_page(visit: Visit, owner: Visit, database: Database) -> None:
    async with database.writing() as session:
        project_id = (await session.scalars(select(Membership.project_id))).one()
        for number in range(21):
            person = await a_person(session, display_name=f"Helper {number}")
            session.add(Offer(project_id=project_id, person_id=person.id, need_key="", note="Me"))
            await session.flush()
    assert "Helper 0 offers help" in words(await page_of(owner.client, "/projects/map/offers?page=2"))
    assert (await owner.client.get("/projects/map/offers?page=3")).status_code == 404


async def test_people_who_offer_a_role_are_found_only_when_they_show_themselves(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        await a_person(session, display_name="Ada", offers=["designer", "ux"])
        await a_person(session, display_name="Canary", offers=["designer"], is_public=False)
        await a_person(session, display_name="Bo", offers=["ui"])
    page = words(await page_of(visit.client, "/people?offers=designer"))
    assert ("Ada" in page, "Canary" in page, "Bo" in page, "1 person" in page) == (True, False, False, True)
    assert "Nobody fits" in await page_of(visit.client, "/people?offers=%25")
