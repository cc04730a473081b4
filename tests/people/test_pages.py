import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.app import create_app
from registry.database.engine import Database
from registry.people.models import Contribution, Identity
from registry.people.rules import IdentityProvider, MembershipRole
from registry.search.commands import rebuild
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_membership, a_person, a_project, a_proposal, an_event
from tests.pages import page_of

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def names_in(page: str) -> list[str]:
    return re.findall(r'class="person-card__name"><a href="[^"]*">([^<]*)', page)


async def test_people_stand_in_order_of_names_whatever_the_capitals(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        for name in ("bob", "Carol", "Ada", "王小明"):
            await a_person(session, display_name=name)
        await a_person(session, display_name="Canary", hidden_at=LONG_AGO)
        await a_person(session, display_name="Canary", is_public=False)
    assert names_in(await page_of(client, "/people")) == ["Ada", "bob", "Carol", "王小明"]


async def test_the_list_filters_by_name_and_part_with_counts(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project, hidden = await a_project(session), await a_project(session, hidden_at=LONG_AGO)
        for name, role, where in (
            ("Lin A", MembershipRole.OWNER, project), ("Lin B", MembershipRole.CONTRIBUTOR, project),
            ("Wu", MembershipRole.OWNER, project), ("Lin C", MembershipRole.OWNER, hidden),
        ):
            await a_membership(session, project=where, person=await a_person(session, display_name=name), role=role)
        await a_person(session, display_name="Chen", bio={"en": "Lin is a friend."})
        await rebuild(session)
    page = await page_of(client, "/people?q=LIN&role=owner")
    assert names_in(page) == ["Lin A"]
    counts = re.findall(r'<a class="filter-group__choice"[^>]*>(\w+)\s*<span class="filter-group__count">(\d+)', page)
    assert counts == [("Owner", "1"), ("Contributor", "1")]
    assert 'data-total="3"' in await page_of(client, "/people?q=lin")


@pytest.mark.parametrize("query", ["role=king", "q=nobody", "q=%25", "q=_"])
async def test_a_filter_that_fits_nobody_offers_the_way_back(
    database: Database, client: AsyncTestClient, query: str
) -> None:
    async with database.writing() as session:
        await a_person(session, display_name="Lin")
    page = await page_of(client, f"/people?{query}")
    assert names_in(page) == []
    assert "Nobody fits" in page


async def test_a_person_shows_public_parts_only(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        person = await a_person(
            session, slug="lin", display_name="Lin", bio={"en": "Likes maps"}, offers=["designer"], claimed_at=LONG_AGO
        )
        for provider in IdentityProvider:
            session.add(Identity(
                person_id=person.id, provider=provider, subject="canary-1", login="canary@example.org", is_public=True,
            ))
        project = await a_project(session, slug="map", name={"en": "Map"})
        await a_membership(session, project=project, person=person, role=MembershipRole.MAINTAINER)
        hidden = await a_project(session, name={"en": "Canary project"}, hidden_at=LONG_AGO)
        await a_membership(session, project=hidden, person=person)
        event = await an_event(session, name={"en": "Twelfth"})
        for slug, is_anonymous in (("seen", False), ("canary-pitch", True)):
            pitch = await a_proposal(session, event=event, project=project, slug=slug, is_anonymous=is_anonymous)
            await a_credit(session, proposal=pitch, person=person)
        for day, kind, confirmed in (
            (date(2019, 1, 1), "review", LONG_AGO), (date(2019, 2, 1), "review", LONG_AGO),
            (date(2018, 2, 1), "canary", None),
        ):
            session.add(Contribution(
                person_id=person.id, project_id=project.id, kind=kind, source="github", happened_on=day,
                confirmed_at=confirmed,
            ))
    page = await page_of(client, "/people/lin")
    for expected in (
        "<h1>Lin</h1>", "Likes maps", 'href="/needs/designer"', '<a href="/projects/map">Map</a>', "Maintainer",
        'href="/proposals/seen"', "Twelfth", "Reviews 2",
    ):
        assert expected in page, expected
    assert re.findall("canary", page, re.IGNORECASE) == []
    assert 'id="claim"' not in page


@postgresql_in_trust
async def test_an_imported_name_says_how_to_claim_or_hide_it(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    async with database.writing() as session:
        await a_person(session, slug="lin")
    (tmp_path / "community.toml").write_text(
        'name.en = "Lab"\nlanguages = ["en"]\ncontact = "mailto:keng@example.org"\n', encoding="utf-8"
    )
    with_contact = settings.model_copy(update={"community_dir": tmp_path})
    async with AsyncTestClient(create_app(with_contact)) as client:
        page = await page_of(client, "/people/lin")
    assert 'id="claim"' in page
    assert '<a href="mailto:keng@example.org">' in page


async def test_hidden_people_are_not_found_and_old_addresses_lead_on(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        await a_person(session, slug="hidden", hidden_at=LONG_AGO)
        await a_person(session, slug="private", is_public=False)
        person = await a_person(session, slug="new")
        session.add(SlugRedirect(subject=Subject.PERSON, old_slug="old", subject_id=person.id))
    assert (await client.get("/people/hidden")).status_code == 410
    assert (await client.get("/people/private")).status_code == 404
    answer = await client.get("/people/old", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/people/new")
