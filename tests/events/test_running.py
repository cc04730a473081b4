"""Organisers run an event: made from the last one, edited, published, with venue, agenda, conduct and team."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.events.models import AgendaEntry, Event, Room, WorkTable
from registry.events.rules import AgendaKind, EventMove, EventState, moves_from, state_after
from tests.conftest import on_one_database, postgresql_in_trust
from tests.factories import a_person, a_project, a_work_table, an_event
from tests.pages import main_of, words
from tests.visits import Visit

CANARY = "Secretdraft"


@pytest.fixture
async def organiser(visit: Visit) -> Visit:
    return await visit.play("organiser")


async def _event(database: Database, slug: str) -> Event:
    async with database.writing() as session:
        return (await session.scalars(select(Event).where(Event.slug == slug))).one()


async def _actions(database: Database, event: Event) -> list[str]:
    async with database.reading() as reader:
        return list(await reader.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.subject == "event", AuditEntry.subject_id == event.id).order_by(AuditEntry.id)
        ))


async def _last_event(database: Database) -> Event:
    """Event 66, with a room, a taken table and a part of the day."""
    async with database.writing() as session:
        event = await an_event(
            session, slug="hackath66n", number=66, starts_on=date(2026, 7, 25), is_all_day=False,
            name={"zh-Hant": "第陸拾陸次", "en": "Hackathon 66: Youth"},
            conduct=[{"key": "kind", "text": {"en": "Be kind"}}],
        )
        room = Room(event_id=event.id, name={"en": "Hall"})
        session.add(room)
        await session.flush()
        project = await a_project(session)
        await a_work_table(session, event=event, label="A1", room_id=room.id, project_id=project.id)
        session.add(AgendaEntry(
            event_id=event.id, kind=AgendaKind.PITCHES, title={}, note={}, room_id=room.id,
            starts_at=datetime(2026, 7, 25, 2, tzinfo=UTC), ends_at=datetime(2026, 7, 25, 3, tzinfo=UTC),
        ))
    return event


async def test_the_next_event_is_made_from_the_last_one_in_one_form(organiser: Visit, database: Database) -> None:
    await _last_event(database)
    answer = await organiser.fill("/events/new?day=2026-09-26", "/events/new", **{"name-en": CANARY})
    assert answer.headers["location"] == "/events/hackath67n/run?done=event-drafted"
    event = await _event(database, "hackath67n")
    assert (event.state, event.number, event.name, event.starts_on, event.conduct) == (
        EventState.DRAFT, 67, {"zh-Hant": "第陸拾柒次", "en": CANARY}, date(2026, 9, 26),
        [{"key": "kind", "text": {"en": "Be kind"}}],
    )
    async with database.reading() as reader:
        tables = (await reader.execute(
            select(WorkTable.label, WorkTable.project_id, Room.name)
            .join(Room, Room.id == WorkTable.room_id).where(WorkTable.event_id == event.id)
        )).all()
        agenda = (await reader.execute(
            select(AgendaEntry.kind, AgendaEntry.starts_at).where(AgendaEntry.event_id == event.id)
        )).all()
    assert tables == [("A1", None, {"en": "Hall"})]
    assert agenda == [(AgendaKind.PITCHES, datetime(2026, 9, 26, 2, tzinfo=UTC))]
    assert await _actions(database, event) == ["event created"]


async def test_a_draft_is_seen_by_organisers_alone_until_it_is_published(
    organiser: Visit, database: Database
) -> None:
    await _last_event(database)
    await organiser.fill("/events/new", "/events/new", **{"name-en": CANARY, "slug": "next"})
    public = ("/", "/events", "/events/next", "/events/calendar?year=2026", f"/search?q={CANARY}", "/sitemap.xml",
              "/api/v1/events", f"/api/v1/search?q={CANARY}")
    run = await organiser.client.get("/events/next/run")
    assert (run.status_code, CANARY in run.text) == (200, True)
    await organiser.submit("/about", "/sign-out")
    for address in public:
        answer = await organiser.client.get(address)
        assert CANARY not in main_of(answer.text).replace(f"q={CANARY}", "").replace(f'value="{CANARY}"', "") if (
            "<main" in answer.text and "search" not in address
        ) else f'"{CANARY}"' not in answer.text.replace(f'value="{CANARY}"', ""), address
    assert (await organiser.client.get("/events/next")).status_code == 404
    assert (await organiser.client.get("/events/next/run")).status_code == 403
    await organiser.play("organiser")
    await organiser.submit("/events/next/run", "/events/next/state", move="published")
    assert CANARY in (await organiser.client.get("/events/next")).text
    assert CANARY in words(main_of((await organiser.client.get(f"/search?q={CANARY}")).text))
    assert await _actions(database, await _event(database, "next")) == ["event created", "event published"]


async def test_what_cannot_be_taken_comes_back_filled_with_each_complaint(
    organiser: Visit, database: Database
) -> None:
    await _last_event(database)
    answer = await organiser.fill(
        "/events/new", "/events/new", ends_at="2020-01-01T09:00", capacity="none", timezone="Mars/Base",
        online_url="javascript:alert(1)", **{"name-en": "Kept"},
    )
    assert answer.status_code == 400
    wrong = set(re.findall(r'id="([\w-]+)-wrong"', answer.text))
    assert wrong == {"ends_at", "capacity", "timezone", "online_url"}
    assert 'value="Kept"' in answer.text
    async with database.reading() as reader:
        assert list(await reader.scalars(select(Event.slug))) == ["hackath66n"]


@on_one_database
async def test_pitches_are_taken_until_a_day_that_organisers_announce(organiser: Visit, database: Database) -> None:
    await _last_event(database)
    path, closes = "/events/hackath66n/edit", "proposals_close_at"
    late = await organiser.fill(path, path, **{closes: "2026-07-26T09:00"})
    assert (late.status_code, set(re.findall(r'id="([\w-]+)-wrong"', late.text))) == (400, {closes})
    assert (await organiser.fill(path, path, **{closes: "2026-07-20T23:59"})).status_code == 303
    event = await _event(database, "hackath66n")
    assert event.proposals_close_at == datetime(2026, 7, 20, 15, 59, tzinfo=UTC)
    assert 'value="2026-07-20T23:59"' in (await organiser.client.get(path)).text


async def test_two_organisers_who_edit_at_once_see_both_versions(organiser: Visit, database: Database) -> None:
    await _last_event(database)
    other = dict(await _form(organiser, "/events/hackath66n/edit"))
    await organiser.fill("/events/hackath66n/edit", "/events/hackath66n/edit", address="First street")
    answer = await organiser.client.post("/events/hackath66n/edit", data=other | {"address": "Second street"})
    assert (answer.status_code, "First street" in answer.text, "Second street" in answer.text) == (409, True, True)
    assert (await _event(database, "hackath66n")).address == "First street"


async def _form(visit: Visit, page: str) -> dict[str, str]:
    from tests.visits import filled  # noqa: PLC0415

    return filled(await visit.client.get(page), page)


async def test_a_table_that_somebody_took_stays_and_no_label_stands_twice(
    organiser: Visit, database: Database
) -> None:
    event = await _last_event(database)
    here = "/events/hackath66n/venue"
    refused = await organiser.fill(here, here, **{"tables-0": "B1"})
    assert (refused.status_code, "A1" in refused.text) == (400, True)
    refused = await organiser.fill(here, here, **{"name-1-en": "Attic", "tables-1": "A1"})
    assert refused.status_code == 400
    done = await organiser.fill(here, here, **{"tables-0": "A1, A2，A3", "name-1-en": "Attic", "tables-1": "B1"})
    assert done.status_code == 303
    async with database.reading() as reader:
        tables = (await reader.execute(
            select(Room.name, WorkTable.label, WorkTable.project_id.is_not(None))
            .join(Room, Room.id == WorkTable.room_id)
            .where(WorkTable.event_id == event.id).order_by(Room.position, WorkTable.position)
        )).all()
    assert [(name["en"], label, bool(is_taken)) for name, label, is_taken in tables] == [
        ("Hall", "A1", True), ("Hall", "A2", False), ("Hall", "A3", False), ("Attic", "B1", False),
    ]


async def test_an_agenda_is_kept_in_order_and_an_hour_that_does_not_exist_is_refused(
    organiser: Visit, database: Database
) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="berlin", timezone="Europe/Berlin", starts_on=date(2026, 3, 29))
    here = "/events/berlin/agenda"
    refused = await organiser.fill(here, here, **{
        "starts_at-0": "2026-03-29T02:30", "ends_at-0": "2026-03-29T04:00", "kind-0": "pitches",
    })
    assert (refused.status_code, "The clocks jump" in refused.text) == (400, True)
    done = await organiser.fill(here, here, **{
        "starts_at-0": "2026-03-29T11:00", "ends_at-0": "2026-03-29T12:00", "kind-0": "work",
        "starts_at-1": "2026-03-29T09:00", "ends_at-1": "2026-03-29T10:00", "kind-1": "pitches", "title-1-en": "Go",
    })
    assert done.status_code == 303
    async with database.reading() as reader:
        agenda = (await reader.execute(
            select(AgendaEntry.kind, AgendaEntry.title, AgendaEntry.starts_at)
            .where(AgendaEntry.event_id == event.id).order_by(AgendaEntry.starts_at)
        )).all()
    assert agenda == [
        (AgendaKind.PITCHES, {"en": "Go"}, datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (AgendaKind.WORK, {}, datetime(2026, 3, 29, 9, tzinfo=UTC)),
    ]
    page = main_of((await organiser.client.get("/events/berlin")).text)
    assert ("Go" in page, "9:00" in page, "Europe/Berlin" in page) == (True, True, True)


async def test_the_code_of_conduct_starts_from_the_handbook_and_keeps_its_keys(
    organiser: Visit, database: Database
) -> None:
    async with database.writing() as session:
        await an_event(session, slug="first")
    here = "/events/first/conduct/edit"
    done = await organiser.fill(here, here, **{"text-0-en": "Changed", "text-1-en": "", "text-1-zh-Hant": ""})
    assert done.status_code == 303
    conduct = (await _event(database, "first")).conduct
    assert [one["key"] for one in conduct] == ["respect", "listen", "pictures", "help"]
    assert conduct[0]["text"]["en"] == "Changed"


@postgresql_in_trust
async def test_an_organiser_of_one_event_runs_that_one_alone(organiser: Visit, database: Database) -> None:
    async with database.writing() as session:
        await an_event(session, slug="mine")
        await an_event(session, slug="other")
        await a_person(session, slug="example-newcomer")
    here = "/events/mine/team"
    assert (await organiser.fill(here, here, person="nobody-here", task="caller")).status_code == 400
    for task in ("organiser", "caller"):
        assert (await organiser.fill(here, here, person="example-newcomer", task=task)).status_code == 303
    await organiser.submit("/about", "/sign-out")
    newcomer = await organiser.play("proposer")
    pages = [await newcomer.client.get(f"/events/{slug}/run") for slug in ("mine", "other")]
    assert [page.status_code for page in pages] == [200, 403]
    assert (await newcomer.client.get("/events/new")).status_code == 403
    await newcomer.submit(here, f"{here}/remove", person="example-newcomer", task="organiser")
    assert (await newcomer.client.get("/events/mine/run")).status_code == 403


@pytest.mark.parametrize("state", EventState)
def test_only_the_moves_of_the_table_change_a_state(state: EventState) -> None:
    assert {move: state_after(state, move) for move in EventMove if state_after(state, move)} == {
        EventState.DRAFT: {EventMove.PUBLISH: EventState.PUBLISHED},
        EventState.PUBLISHED: {EventMove.UNPUBLISH: EventState.DRAFT, EventMove.CANCEL: EventState.CANCELLED},
        EventState.CANCELLED: {EventMove.PUBLISH: EventState.PUBLISHED},
    }[state]
    assert moves_from(state) == [move for move in EventMove if state_after(state, move)]


async def test_a_move_that_cannot_be_made_says_so(organiser: Visit, database: Database) -> None:
    async with database.writing() as session:
        await an_event(session, slug="here", state=EventState.CANCELLED)
    answer = await organiser.submit("/events/here/run", "/events/here/state", move="cancelled")
    assert answer.status_code == 409
