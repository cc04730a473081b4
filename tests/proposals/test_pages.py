"""The page of one pitch, and the list of all of them."""

from datetime import UTC, date, datetime

import pytest
from litestar.testing import AsyncTestClient

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.proposals.rules import ProposalKind, ProposalState
from registry.search.commands import rebuild
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_need, a_person, a_project, a_proposal, an_event
from tests.pages import facts, head, linked_data, links, main_of, words

HIDDEN = {"hidden_at": datetime(2026, 1, 1, tzinfo=UTC), "hidden_reason": "asked"}


async def test_all_that_was_said_then_is_on_the_page(client: AsyncTestClient, database: Database) -> None:
    said = {
        "why": {"en": "Nobody can read the budget."}, "who": {"en": "Citizens."}, "how": {"zh-Hant": "畫成圖。"},
        "difficulties": {"en": "PDF."}, "similar_projects": "Open Spending", "data_sources": "The city's tables",
        "interests": "None", "notes": "Bring a laptop", "needs_text": "someone who draws",
        "result": {"en": "A first map."}, "continued": True, "is_open_source": True, "is_for_education": True,
        "code_licence": "MIT", "content_licence": "CC0-1.0", "kind": ProposalKind.TALK, "position": 0,
    }
    async with database.writing() as session:
        event = await an_event(session, slug="day", name={"en": "The day"}, starts_on=date(2012, 12, 1))
        await a_proposal(
            session, event=event, project=await a_project(session, slug="budget"), slug="pitch",
            title={"en": "Budget", "zh-Hant": "預算"}, summary={"en": "We draw it."}, **said,
        )

    html = (await client.get("/proposals/pitch")).text

    read = words(main_of(html))
    for part in (
        "Budget 預算 We draw it.", "The problem Nobody can read the budget.", "For whom Citizens.",
        "The approach 畫成圖。", "Difficulties PDF.", "Similar projects Open Spending",
        "Data it uses The city's tables",
        "Disclosure of interests None", "Notes Bring a laptop", "Whom it looked for someone who draws",
        "What came of the day A first map. Its people said then that they would go on.",
    ):
        assert part in read
    assert '<span lang="zh-Hant">畫成圖。</span>' in html
    told = facts(html)
    assert {name: told[name] for name in (
        "Kind", "Pitched at", "Day", "Place in the running order", "Licence of the code", "Licence of the content",
        "Open source", "For education", "Stage",
    )} == {
        "Kind": "Short talk", "Pitched at": "The day", "Day": "December 1, 2012", "Place in the running order": "0",
        "Licence of the code": "MIT", "Licence of the content": "CC0-1.0", "Open source": "Yes",
        "For education": "Yes", "Stage": "Explore",
    }


async def test_a_bare_pitch_says_that_only_its_title_is_known(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await a_proposal(session, event=await an_event(session), project=await a_project(session), slug="bare")

    assert "Only the title of this pitch is on record." in words((await client.get("/proposals/bare")).text)


async def test_the_other_pitches_of_the_project_follow_in_time(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        project = await a_project(session)
        other = await a_project(session)
        for year in (2015, 2013, 2014):
            event = await an_event(session, starts_on=date(year, 1, 3), name={"en": f"Event of {year}"})
            await a_proposal(session, event=event, project=project, slug=f"in-{year}")
            await a_proposal(session, event=event, project=other)
        draft = await an_event(session, state=EventState.DRAFT)
        await a_proposal(session, event=draft, project=project)

    html = (await client.get("/proposals/in-2014")).text

    assert links(html, "/proposals/in-")[:2] == [
        ("/proposals/in-2013", "Event of 2013"), ("/proposals/in-2015", "Event of 2015"),
    ]
    assert {address for address, _words in links(html, "/proposals/in-")[2:]} == {
        f"/proposals/in-2014/{part}" for part in ("poster", "qr.svg", "history")
    }
    assert "Event of 2014 this pitch" in words(html)


async def test_people_are_named_as_they_may_be(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event, project = await an_event(session), await a_project(session)
        pitch = await a_proposal(session, event=event, project=project, slug="named")
        claimed = await a_person(
            session, slug="claimed", display_name="Own name", claimed_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        written = await a_person(session, slug="written", display_name="Person 7")
        for person in (
            written, claimed, await a_person(session, display_name="Hidden", **HIDDEN),
            await a_person(session, display_name="Private", is_public=False),
        ):
            credit = await a_credit(session, proposal=pitch, person=person)
            credit.name_as_written = f"{person.display_name} as written"
        secret = await a_proposal(session, event=event, project=project, slug="secret", is_anonymous=True)
        await a_credit(session, proposal=secret, person=claimed)

    named, secret_page = [(await client.get(f"/proposals/{slug}")).text for slug in ("named", "secret")]

    assert links(named, "/people/") == [("/people/written", "Person 7 as written"), ("/people/claimed", "Own name")]
    assert links(secret_page, "/people/") == []
    assert facts(secret_page)["Who pitched"] == "someone who stays anonymous"
    assert [name for name in ("Hidden", "Private") if name in named] == []
    assert "Own name" not in secret_page


@postgresql_in_trust
async def test_what_is_not_public_has_no_page_and_is_not_listed(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event, project = await an_event(session), await a_project(session)
        await a_proposal(session, event=event, project=project, slug="shown")
        await a_proposal(session, event=event, project=project, slug="hidden", **HIDDEN)
        await a_proposal(session, event=event, project=project, slug="draft", state=ProposalState.DRAFT)
        await a_proposal(session, event=event, project=project, slug="gone", state=ProposalState.WITHDRAWN)
        await a_proposal(session, event=event, project=await a_project(session, **HIDDEN), slug="of-hidden-project")
        await a_proposal(session, event=await an_event(session, **HIDDEN), project=project, slug="at-hidden-event")

    listed = links((await client.get("/proposals")).text, "/proposals/")
    assert [href for href, _ in listed] == ["/proposals/shown"]
    assert (await client.get("/proposals/hidden")).status_code == 410
    for slug in ("draft", "gone", "of-hidden-project", "at-hidden-event"):
        assert (await client.get(f"/proposals/{slug}")).status_code == 404


async def test_an_old_address_leads_to_the_new_one(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        pitch = await a_proposal(session, event=await an_event(session), project=await a_project(session), slug="new")
        session.add(SlugRedirect(subject=Subject.PROPOSAL, old_slug="old", subject_id=pitch.id))

    moved = await client.get("/proposals/old", follow_redirects=False)

    assert (moved.status_code, moved.headers["location"]) == (301, "/proposals/new")


async def test_search_engines_read_who_made_it_and_where(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="day", name={"en": "Day"}, starts_on=date(2012, 12, 1))
        pitch = await a_proposal(session, event=event, project=await a_project(session, slug="map"), slug="pitch",
                                 title={"en": "</script><b>"})
        await a_credit(session, proposal=pitch, person=await a_person(session, slug="mei", display_name="Mei"))

    html = (await client.get("/proposals/pitch")).text

    described = linked_data(html)
    assert described["name"] == "</script><b>"
    assert described["creator"] == [{"@type": "Person", "name": "Mei", "url": "http://127.0.0.1:8000/people/mei"}]
    assert described["recordedAt"]["startDate"] == "2012-12-01"
    assert head(html, "og:title") == ["</script><b>"]


async def _some_pitches(database: Database) -> None:
    async with database.writing() as session:
        early = await an_event(session, slug="early", starts_on=date(2013, 1, 5))
        late = await an_event(session, slug="late", starts_on=date(2020, 1, 4))
        budget = await a_project(session, name={"zh-Hant": "中央政府總預算"})
        taxi = await a_project(session, name={"en": "Taxi"}, summary={"en": "Rides"})
        await a_need(session, project=taxi, key="designer")
        await a_proposal(session, event=early, project=budget, slug="b1", position=2)
        await a_proposal(session, event=early, project=taxi, slug="t1", position=1, summary={"en": "Share a RIDE"})
        await a_proposal(session, event=late, project=taxi, slug="t2", kind=ProposalKind.TALK)
        await rebuild(session)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["t2", "t1", "b1"]),
        ("?sort=oldest", ["t1", "b1", "t2"]),
        ("?event=early", ["t1", "b1"]),
        ("?year=2020", ["t2"]),
        ("?need=designer", ["t2", "t1"]),
        ("?need=designer&year=2013", ["t1"]),
        ("?kind=talk", ["t2"]),
        ("?q=預算", ["b1"]),
        ("?q=预算", ["b1"]),
        ("?q=ride", ["t1"]),
        ("?q=_", []),
        ("?need=nonsense", []),
        ("?event=nonsense", []),
        ("?year=0", []),
    ],
)
async def test_filters_find_their_pitches(
    client: AsyncTestClient, database: Database, query: str, slugs: list[str]
) -> None:
    await _some_pitches(database)

    found = links((await client.get(f"/proposals{query}")).text, "/proposals/")

    assert [href.removeprefix("/proposals/") for href, _ in found] == slugs


async def test_each_choice_shows_what_it_would_find_instead(client: AsyncTestClient, database: Database) -> None:
    await _some_pitches(database)

    choices = links((await client.get("/proposals?year=2013")).text, "/proposals?")

    assert [choice for choice in choices if "sort=" not in choice[0]] == [
        ("/proposals?year=2013&kind=pitch", "Pitch 2"),
        ("/proposals?year=2013&need=designer", "Design 1"),
        ("/proposals?year=2020", "2020 1"),
    ]


@pytest.mark.parametrize("pitches", [1, 3])
async def test_pages_take_as_many_statements_for_three_pitches_as_for_one(
    client: AsyncTestClient, database: Database, statements: list[str], pitches: int
) -> None:
    async with database.writing() as session:
        project = await a_project(session)
        for number in range(pitches):
            pitch = await a_proposal(session, event=await an_event(session), project=project, slug=f"p{number}")
            await a_credit(session, proposal=pitch, person=await a_person(session))
    for address, count in (("/proposals", 3), ("/proposals/p0", 2)):
        statements.clear()

        await client.get(address)

        assert len(statements) == count
