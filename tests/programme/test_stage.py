"""The running order, the caller's and the timekeeper's pages over HTTP, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from registry.accounts.queries import Actor
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.events.models import Event, EventHelper
from registry.events.rules import EventState, HelperTask
from registry.people.models import Person
from registry.programme.commands import mark_slot, move_slot
from registry.programme.models import Slot, StageClock
from registry.programme.rules import SlotMove, SlotState, StageSession
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalKind, ProposalState
from registry.settings import Settings
from tests.factories import a_credit, a_person, a_project, a_proposal, a_slot, an_event
from tests.pages import links, main_of, page_of, words
from tests.visits import Visit

HERE = "/events/now/stage"
LONG = "把每一次公民參與的會議紀錄自動整理成人人都能查詢與比較的開放資料並且說明它們怎麼影響了政策的決定"


@pytest.fixture
async def caller(visit: Visit, database: Database) -> Visit:
    """A helper of the event, who is nothing else."""
    async with database.writing() as session:
        hour, now = timedelta(hours=1), datetime.now(UTC)
        event = await an_event(session, slug="now", name={"en": "Now"}, starts_at=now - hour, ends_at=now + hour)
        for number, kind in enumerate([ProposalKind.PITCH] * 3 + [ProposalKind.TALK, ProposalKind.WORKSHOP], start=1):
            project = await a_project(session, name={"en": f"Project {number}"})
            await a_proposal(session, event=event, project=project, title={"en": f"Title {number}"}, kind=kind,
                             slug=f"p{number}")
        draft = await a_project(session)
        await a_proposal(session, event=event, project=draft, slug="draft", state=ProposalState.DRAFT)
    await visit.play("proposer")
    async with database.writing() as session:
        person = (await session.scalars(select(Person).where(Person.slug == "example-newcomer"))).one()
        session.add(EventHelper(event_id=event.id, person_id=person.id, task=HelperTask.CALLER))
    return visit


async def _press(visit: Visit, deed: str, slot: int = 0, page: str = HERE, **fields: Any) -> int:
    where = f"{HERE}/slots/{slot}/{deed}" if slot else f"{HERE}/{deed}"
    return (await visit.submit(page, where, **fields)).status_code


async def _order(database: Database, part: StageSession = StageSession.PITCHES) -> list[tuple[str, int, str]]:
    """(proposal or title, position, state) of each slot of a session."""
    async with database.reading() as reader:
        rows = await reader.execute(
            select(Proposal.slug, Slot.title, Slot.position, Slot.state)
            .outerjoin(Proposal, Proposal.id == Slot.proposal_id).where(Slot.session == part).order_by(Slot.position)
        )
        return [(slug or title["en"], position, state.value) for slug, title, position, state in rows]


async def _ids(database: Database) -> dict[str, int]:
    async with database.reading() as reader:
        rows = await reader.execute(select(Proposal.slug, Slot.id).join(Proposal, Proposal.id == Slot.proposal_id))
        return {row.slug: row.id for row in rows}


async def _positions(database: Database) -> dict[str, int | None]:
    """The place of each proposal as the event's public page shows it."""
    async with database.reading() as reader:
        return {row.slug: row.position for row in await reader.execute(select(Proposal.slug, Proposal.position))}


async def _audit(database: Database) -> list[str]:
    async with database.reading() as reader:
        return list(await reader.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.subject == "event", AuditEntry.actor == "person:example-newcomer").order_by(AuditEntry.id)
        ))


async def test_a_helper_fills_orders_calls_and_marks_and_each_change_has_one_audit_row(
    caller: Visit, database: Database
) -> None:
    assert await _press(caller, "pitches/fill") == 303
    assert await _order(database) == [("p1", 1, "waiting"), ("p2", 2, "waiting"), ("p3", 3, "waiting")]
    assert await _press(caller, "pitches/fill") == 303
    slot = await _ids(database)
    assert await _press(caller, "move", slot["p3"], before=slot["p1"]) == 303
    assert await _press(caller, "mark", slot["p3"], move="call") == 303
    assert await _press(caller, "mark", slot["p1"], move="miss") == 303
    assert await _press(caller, "minutes", slot["p2"], minutes="4") == 303
    assert await _order(database) == [("p3", 1, "on_stage"), ("p2", 2, "waiting"), ("p1", 3, "absent")]
    assert await _press(caller, "mark", slot["p2"], move="call") == 303
    assert await _press(caller, "mark", slot["p2"], move="call") == 303
    assert await _order(database) == [("p3", 1, "done"), ("p2", 2, "on_stage"), ("p1", 3, "absent")]
    assert await _press(caller, "clock", slot["p2"], move="start") == 303
    assert await _audit(database) == [
        "running order filled", "running order changed", "slot on stage", "slot absent", "slot length set",
        "slot on stage", "clock started",
    ]
    async with database.reading() as reader:
        clock = (await reader.execute(select(StageClock.slot_id, StageClock.state, StageClock.seconds_left))).one()
    assert await _positions(database) == {"p3": 1, "p2": 2, "p1": 3, "p4": None, "p5": None, "draft": None}
    assert tuple(clock) == (slot["p2"], "running", 240)


async def test_whoever_is_on_stage_is_locked_and_the_refusal_shows_the_order_as_it_is(
    caller: Visit, database: Database
) -> None:
    await _press(caller, "pitches/fill")
    slot = await _ids(database)
    await _press(caller, "mark", slot["p1"], move="call")
    answer = await caller.submit(HERE, f"{HERE}/slots/{slot['p1']}/move", before="", part="pitches")
    assert (answer.status_code, "no longer possible" in words(main_of(answer.text))) == (409, True)
    assert words(main_of(answer.text)).index("Title 1") < words(main_of(answer.text)).index("Title 2")
    assert await _press(caller, "remove", slot["p1"]) == 409
    assert await _press(caller, "clock", slot["p2"], move="start") == 409
    assert await _press(caller, "mark", slot["p1"], move="sing") == 400
    assert await _press(caller, "mark", 2**31 - 1, move="call") == 404
    json = await caller.client.post(
        f"{HERE}/slots/{slot['p1']}/remove", headers={"accept": "application/json"},
        data={"form_token": (await _token(caller))},
    )
    assert (json.status_code, json.json()["detail"]) == (
        409, "Whoever is on stage cannot be taken out. End their turn first."
    )


async def _token(visit: Visit) -> str:
    return (await visit.client.get(HERE)).text.split('name="form_token" value="', 1)[1].split('"', 1)[0]


async def test_talks_come_after_pitches_and_a_slot_may_have_no_proposal(caller: Visit, database: Database) -> None:
    await _press(caller, "pitches/fill")
    await _press(caller, "talks/fill", proposal="p4")
    add = f"{HERE}/pitches/add"
    refused = await caller.fill(add, add, presenter="Ada", minutes="0")
    assert (refused.status_code, 'value="Ada"' in refused.text) == (400, True)
    added = await caller.fill(add, add, **{"title-en": "A guest", "presenter": "Ada", "minutes": "2"})
    assert added.status_code == 303
    await _press(caller, "remove", (await _ids(database))["p2"])
    assert await _order(database) == [("p1", 1, "waiting"), ("p3", 2, "waiting"), ("A guest", 3, "waiting")]
    assert await _order(database, StageSession.TALKS) == [("p4", 1, "waiting")]
    assert await _positions(database) == {"p1": 1, "p3": 2, "p2": None, "p4": 4, "p5": None, "draft": None}
    page = words(main_of(await page_of(caller.client, f"{HERE}?part=pitches")))
    assert ("Ada · 2 minutes" in page, "not yet in the order Title 2" in page) == (True, True)
    order = [title for title in ("Title 1", "Title 3", "Title 4", "Title 2") if title in words(
        main_of(await page_of(caller.client, "/events/now")))]
    assert order == ["Title 1", "Title 3", "Title 4", "Title 2"]


async def test_the_order_of_demos_leaves_the_places_of_pitches_alone(caller: Visit, database: Database) -> None:
    await _press(caller, "pitches/fill")
    await _press(caller, "demos/fill", proposal="p3")
    await _press(caller, "demos/fill", proposal="p1")
    assert await _order(database, StageSession.DEMOS) == [("p3", 1, "waiting"), ("p1", 2, "waiting")]
    async with database.reading() as reader:
        demos = list(await reader.scalars(
            select(Slot.id).where(Slot.session == StageSession.DEMOS).order_by(Slot.position)
        ))
    await _press(caller, "remove", demos[0])
    await _press(caller, "mark", demos[1], move="miss")
    assert await _order(database, StageSession.DEMOS) == [("p1", 1, "absent")]
    positions = await _positions(database)
    assert [positions[slug] for slug in ("p1", "p2", "p3")] == [1, 2, 3]


async def test_only_helpers_and_organisers_run_the_stage(caller: Visit, database: Database) -> None:
    pages = [HERE, f"{HERE}/caller", f"{HERE}/timer", f"{HERE}/pitches/add"]
    assert [(await caller.client.get(page)).status_code for page in pages] == [200] * 4
    assert (await caller.client.get("/events/now/run")).status_code == 403
    assert "/events/now/edit" not in (await caller.client.get(HERE)).text
    async with database.writing() as session:
        await an_event(session, slug="other")
    assert (await caller.client.get("/events/other/stage")).status_code == 403
    await caller.submit("/about", "/sign-out")
    assert [(await caller.client.get(page)).status_code for page in [*pages, f"{HERE}/live/order"]] == [403] * 5
    assert (await caller.client.post(f"{HERE}/slots/1/move")).status_code == 403
    await caller.play("organiser")
    assert [(await caller.client.get(page)).status_code for page in pages] == [200] * 4


async def test_the_caller_sees_now_next_and_the_one_after(caller: Visit, database: Database) -> None:
    await _press(caller, "pitches/fill")
    slot = await _ids(database)
    await _press(caller, "mark", slot["p1"], move="call")
    page = words(main_of(await page_of(caller.client, f"{HERE}/caller")))
    assert page.index("Now on stage Title 1") < page.index("Up next Title 2") < page.index("The one after Title 3")
    assert "“Next comes Title 2: please come to the front.”" in page
    answer = await caller.submit(f"{HERE}/caller", f"{HERE}/slots/{slot['p2']}/mark", move="miss", back="caller")
    assert answer.headers["location"] == f"{HERE}/caller"
    page = words(main_of(await page_of(caller.client, f"{HERE}/caller")))
    assert ("Up next Title 3" in page, "Absent so far Title 2" in page) == (True, True)


async def test_the_public_page_says_who_is_on_stage_now(caller: Visit, database: Database) -> None:
    await _press(caller, "pitches/fill")
    slot = await _ids(database)
    here = "/events/now"
    assert "On stage now" not in words(main_of(await page_of(caller.client, here)))
    await _press(caller, "mark", slot["p2"], move="call")
    assert links(await page_of(caller.client, here), "/proposals/p2")[0] == ("/proposals/p2", "Title 2")
    assert "On stage now: Title 2" in words(main_of(await page_of(caller.client, here)))
    async with database.writing() as session:
        (await session.scalars(select(Event))).one().ends_at = datetime.now(UTC)
    assert "On stage now" not in words(main_of(await page_of(caller.client, here)))
    async with database.writing() as session:
        (await session.scalars(select(Event))).one().ends_at = datetime.now(UTC) + timedelta(hours=1)
    await _press(caller, "mark", slot["p2"], move="finish")
    assert "On stage now" not in words(main_of(await page_of(caller.client, here)))


@pytest.fixture
def client(visit: Visit) -> Any:
    """The client whose statements are counted."""
    return visit.client


@pytest.mark.parametrize("slots", [1, 3])
async def test_a_page_of_the_stage_takes_one_statement_beside_the_sessions_two(
    visit: Visit, database: Database, statements: list[str], slots: int
) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="now")
        for _ in range(slots):
            project = await a_project(session)
            await a_slot(session, event=event, proposal=await a_proposal(session, event=event, project=project))
    await visit.play("organiser")
    taken = []
    for page in ("stage", "stage/caller", "stage/timer", "screen/pitch", "screen/agenda", "screen/tables"):
        statements.clear()
        await page_of(visit.client, f"/events/now/{page}")
        taken.append(len(statements))
    assert taken == [3] * 6


async def test_screens_name_nobody_who_wants_no_name_and_nothing_hidden(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="now", name={"en": "Now"})
        person = await a_person(session, display_name="Canary Name")
        proposals = []
        for anonymous in (True, False):
            project = await a_project(session, name={"zh-Hant": LONG})
            proposals.append(await a_proposal(
                session, event=event, project=project, is_anonymous=anonymous, title={"zh-Hant": LONG, "en": "English"}
            ))
            await a_credit(session, proposal=proposals[-1], person=person)
        slots = [await a_slot(session, event=event, proposal=one) for one in proposals]
    here = "/events/now/screen/pitch"
    pages = []
    for slot in slots:
        async with database.writing() as session:
            await mark_slot(session, slug="now", slot_id=slot.id, move=SlotMove.CALL, **_by())
        pages.append(await page_of(visit.client, here))
    assert [("Canary Name" in page, LONG in page, "English" in page, "<svg" in page) for page in pages] == [
        (False, True, True, True), (True, True, True, True)
    ]
    async with database.writing() as session:
        proposal = (await session.scalars(select(Proposal).where(Proposal.id == proposals[1].id))).one()
        proposal.state = ProposalState.WITHDRAWN
    page = await page_of(visit.client, here)
    assert ("Canary Name" in page, LONG in page, "withdrawn" in page) == (False, False, True)
    async with database.writing() as session:
        (await session.scalars(select(Event))).one().state = EventState.DRAFT
    assert [(await visit.client.get(f"/events/now/screen/{name}")).status_code for name in (
        "pitch", "agenda", "tables", "pitch/live", "agenda/live", "tables/live"
    )] == [404] * 6


def _by() -> dict[str, Any]:
    return {"by": Actor(person_id=1, slug="someone"), "now": datetime.now(UTC)}


async def test_two_organisers_who_reorder_at_once_lose_nobody_and_both_moves_hold(
    settings: Settings, database: Database
) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="now")
        slots = [await a_slot(session, event=event, position=place) for place in range(1, 13)]
    ids = [slot.id for slot in slots]
    others = [Database(settings) for _ in range(2)]

    async def organiser(own: Database, mine: list[int]) -> None:
        """Turns their half of the order around, one move at a time."""
        for slot in mine[1:]:
            async with own.writing() as session:
                first = (await session.scalars(
                    select(Slot.id).where(Slot.id.in_(mine)).order_by(Slot.position).limit(1)
                )).one()
                await move_slot(session, slug="now", slot_id=slot, before=first, **_by())

    try:
        await asyncio.gather(organiser(others[0], ids[:6]), organiser(others[1], ids[6:]))
    finally:
        for one in others:
            await one.close()
    async with database.reading() as reader:
        order = (await reader.execute(select(Slot.id, Slot.position).order_by(Slot.position))).all()
        revision = await reader.scalar(select(StageClock.revision))
        audited = list(await reader.scalars(select(AuditEntry.action)))
    assert [position for _, position in order] == list(range(1, 13))
    assert [slot for slot, _ in order] == [*reversed(ids[:6]), *reversed(ids[6:])]
    assert (revision, audited) == (11, ["running order changed"] * 10)


async def test_two_who_call_at_once_put_one_on_stage_and_skip_nobody(settings: Settings, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="now")
        slots = [await a_slot(session, event=event, position=place) for place in range(1, 4)]
    others = [Database(settings) for _ in range(2)]

    async def call(own: Database) -> None:
        async with own.writing() as session:
            await mark_slot(session, slug="now", slot_id=slots[0].id, move=SlotMove.CALL, **_by())

    try:
        await asyncio.gather(*(call(own) for own in others for _ in range(4)))
    finally:
        for one in others:
            await one.close()
    async with database.reading() as reader:
        states = list(await reader.scalars(select(Slot.state).order_by(Slot.position)))
        audited = list(await reader.scalars(select(AuditEntry.action)))
    assert (states, audited) == (
        [SlotState.ON_STAGE, SlotState.WAITING, SlotState.WAITING], ["slot on stage"]
    )
