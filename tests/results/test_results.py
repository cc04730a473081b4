"""Results that owners write and are asked for, videos that organisers match, and the pages that tell of an event."""

from datetime import UTC, date, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.accounts.personas import Persona, person_played
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.events.models import Event, EventHelper
from registry.events.rules import DayMessage, HelperTask
from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind
from registry.people.models import Contribution, Membership
from registry.ports import Workplace
from registry.projects.models import Link, Need, Project, Update
from registry.projects.rules import LinkKind, NeedState, Standing
from registry.proposals.models import Proposal
from registry.results.commands import remind_owners
from registry.results.report import escaped
from registry.settings import Settings
from registry.stages.models import StageChange, StandingChange
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_membership, a_need, a_person, a_project, a_proposal, a_registration, an_event
from tests.pages import main_of, words
from tests.visits import Visit, another_visit, filled

ENDED = datetime(2026, 7, 25, 10, tzinfo=UTC)


@pytest.fixture
async def wells(database: Database) -> Proposal:
    """A pitch of the demo's owner at an event of July 2026, that looks for a designer."""
    async with database.writing() as session:
        event = await an_event(session, slug="summer", starts_on=date(2026, 7, 25), name={"en": "Summer"})
        project = await a_project(session, slug="maps", name={"en": "Maps of wells", "zh-Hant": "水井地圖"})
        proposal = await a_proposal(session, event=event, project=project, position=1)
        await a_need(session, project=project, key="designer", proposal_id=proposal.id)
        owner = await person_played(session, persona=Persona.OWNER, now=ENDED)
        await a_membership(session, project=project, person=owner)
        await a_credit(session, proposal=proposal, person=owner)
    return proposal


async def _result(database: Database) -> dict[str, str]:
    async with database.reading() as reader:
        return await reader.scalar(select(Proposal.result)) or {}


async def _needs(database: Database) -> dict[str, NeedState]:
    async with database.reading() as reader:
        return dict((await reader.execute(select(Need.key, Need.state))).all())


@postgresql_in_trust
async def test_an_owner_writes_the_result_in_both_languages_and_whom_is_sought(
    visit: Visit, wells: Proposal, database: Database
) -> None:
    await visit.play("owner")
    page = f"/proposals/{wells.slug}/result"
    fields = {"result-en": "We drew ten wells.", "result-zh-Hant": "畫了十口井。", "sought": ["tech"]}
    answer = await visit.fill(page, page, **fields)
    assert answer.headers["location"] == f"/proposals/{wells.slug}?done=result-written"
    assert await _result(database) == {"en": "We drew ten wells.", "zh-Hant": "畫了十口井。"}
    assert await _needs(database) == {"designer": NeedState.CLOSED, "tech": NeedState.OPEN}
    async with database.reading() as reader:
        actions = list(await reader.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions[-2:] == ["result written", "project edited"]
    for path in ("/events/summer", "/events/summer/report", f"/proposals/{wells.slug}"):
        assert "We drew ten wells." in words(main_of((await visit.client.get(path)).text))


@postgresql_in_trust
async def test_a_result_of_more_than_150_words_comes_back_as_it_was_typed(
    visit: Visit, wells: Proposal, database: Database
) -> None:
    await visit.play("owner")
    page = f"/proposals/{wells.slug}/result"
    answer = await visit.fill(page, page, **{"result-zh-Hant": "井" * 151, "result-en": "well " * 150})
    assert (answer.status_code, "井" * 151 in answer.text) == (400, True)
    assert "Use at most 150 words. These are 151." in words(main_of(answer.text))
    assert await _result(database) == {}
    assert (await visit.fill(page, page, **{"result-zh-Hant": "井" * 150})).status_code == 303
    other = await visit.fill(page, page, revision="1", **{"result-en": "Mine"})
    assert (other.status_code, "井" * 150 in other.text) == (409, True)


@postgresql_in_trust
async def test_only_those_of_the_pitch_write_its_result_once_the_event_has_begun(
    visit: Visit, wells: Proposal, database: Database
) -> None:
    page = f"/proposals/{wells.slug}/result"
    stranger = await another_visit(visit.client).play("proposer")
    assert (await stranger.submit("/about", page, revision="1", **{"result-en": "Canary"})).status_code == 403
    await visit.play("owner")
    async with database.writing() as session:
        event = (await session.scalars(select(Event))).one()
        event.starts_at, event.ends_at = (datetime.now(UTC) + timedelta(days=days) for days in (1, 2))
    assert (await visit.fill(page, page, **{"result-en": "Canary"})).status_code == 409
    assert await _result(database) == {}


async def test_an_initiator_who_is_not_of_the_project_leaves_its_needs_alone(
    visit: Visit, wells: Proposal, database: Database
) -> None:
    async with database.writing() as session:
        (await session.scalars(select(Membership))).one().left_on = date(2026, 7, 26)
        await a_membership(
            session, project=(await session.scalars(select(Project))).one(), person=await a_person(session)
        )
    await visit.play("owner")
    page = f"/proposals/{wells.slug}/result"
    assert 'name="sought"' not in (await visit.client.get(page)).text
    await visit.fill(page, page, **{"result-en": "Done", "sought": ["tech"]})
    assert await _result(database) == {"en": "Done"}
    assert await _needs(database) == {"designer": NeedState.OPEN}


async def test_owners_are_asked_twice_and_then_left_alone(
    wells: Proposal, settings: Settings, database: Database
) -> None:
    async with database.writing() as session:
        done = await a_proposal(
            session, event=(await session.scalars(select(Event))).one(), project=await a_project(session),
            result={"en": "Done"},
        )
        pitcher = await a_person(session, claimed_at=ENDED)
        lonely = await a_proposal(
            session, event=(await session.scalars(select(Event))).one(), project=await a_project(session)
        )
        for proposal in (done, lonely):
            await a_credit(session, proposal=proposal, person=pitcher)
        owner_id = await session.scalar(select(Membership.person_id))
    workplace = Workplace(settings, database, lambda: ENDED)
    told = []
    for days in (2, 3, 4, 9, 10, 11, 29, 40):
        await remind_owners(workplace, ENDED + timedelta(days=days))
        async with database.reading() as reader:
            told.append(await reader.scalar(select(func.count()).select_from(Notice)))
    assert told == [0, 2, 2, 2, 4, 4, 4, 4]
    async with database.reading() as reader:
        notices = set((await reader.execute(select(Notice.person_id, Notice.kind, Notice.path))).all())
    assert notices == {
        (owner_id, NoticeKind.RESULT_ASKED, f"/proposals/{wells.slug}/result"),
        (pitcher.id, NoticeKind.RESULT_ASKED, f"/proposals/{lonely.slug}/result"),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_is_asked_for_results_where_organisers_silenced_it(
    wells: Proposal, settings: Settings, database: Database
) -> None:
    workplace = Workplace(settings, database, lambda: ENDED)
    told = []
    for silenced in ([DayMessage.RESULTS.value], [DayMessage.CUES.value, DayMessage.DEMOS.value]):
        async with database.writing() as session:
            (await session.scalars(select(Event))).one().silenced = silenced
        await remind_owners(workplace, ENDED + timedelta(days=3))
        async with database.reading() as reader:
            told.append(list(await reader.scalars(select(Notice.path))))
    assert told == [[], [f"/proposals/{wells.slug}/result"]]


async def test_videos_are_matched_shown_and_kept_only_where_confirmed(
    visit: Visit, wells: Proposal, database: Database
) -> None:
    async with database.writing() as session:
        rain = await a_proposal(
            session, event=(await session.scalars(select(Event))).one(),
            project=await a_project(session, name={"en": "Rain radar"}), position=2,
        )
    await visit.play("organiser")
    here, save = "/events/summer/after", "/events/summer/after/videos"
    pasted = "水井地圖 | https://youtu.be/aaa\nRain raddar https://youtu.be/bbb\nClosing https://youtu.be/ccc"
    page = await visit.submit(here, here, list=pasted, kind="demo")
    text = words(main_of(page.text))
    assert [text.count(one) for one in ("certain", "likely: please look", "no pitch found")] == [2, 1, 1]
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(Link)) == 0
    answer = await visit.client.post(save, data=filled(page, save, **{"keep-1": "yes"}))
    assert answer.headers["location"] == "/events/summer?done=videos-kept#pitches"
    await visit.client.post(save, data=filled(page, save, form_key="another"))
    async with database.reading() as reader:
        links = (await reader.execute(
            select(Link.proposal_id, Link.url, Link.kind, Link.label).order_by(Link.id)
        )).all()
        actions = list(await reader.scalars(
            select(AuditEntry.subject_id).where(AuditEntry.action == "videos added").order_by(AuditEntry.id)
        ))
    assert links == [
        (wells.id, "https://youtu.be/aaa", LinkKind.VIDEO, "Demo: 水井地圖"),
        (rain.id, "https://youtu.be/bbb", LinkKind.VIDEO, "Demo: Rain raddar"),
    ]
    assert actions == [wells.id, rain.id]
    assert "Demo: 水井地圖" in words(main_of((await visit.client.get("/events/summer")).text))
    refused = await visit.client.post(save, data=filled(page, save, form_key="third", **{"keep-2": "yes"}))
    assert (refused.status_code, "https://youtu.be/ccc" in refused.text) == (400, True)
    assert (await visit.submit(here, here, list="no link at all")).status_code == 400


@postgresql_in_trust
async def test_the_report_names_all_that_is_public_and_nobody_else(
    visit: Visit, wells: Proposal, database: Database
) -> None:
    async with database.writing() as session:
        event = (await session.scalars(select(Event))).one()
        for name, is_public in (("Helpful Ho", True), ("Canary Kao", False)):
            session.add(EventHelper(
                event_id=event.id, task=HelperTask.TIMEKEEPER,
                person_id=(await a_person(session, display_name=name, is_public=is_public)).id,
            ))
        hidden = await a_project(session, name={"en": "Canary project"}, hidden_at=ENDED)
        await a_proposal(session, event=event, project=hidden)
        await a_registration(
            session, event=event, badge_name="Canary guest", checked_in_at=ENDED, is_newcomer=True,
            keywords=["designer"],
        )
        await a_registration(session, event=event, badge_name="Canary two")
        session.add(Link(proposal_id=wells.id, url="https://youtu.be/x(1)", kind=LinkKind.VIDEO, label="<b>*film*"))
    page = words(main_of((await visit.client.get("/events/summer/report")).text))
    answer = await visit.client.get("/events/summer/report.md")
    assert answer.headers["content-type"].startswith("text/markdown")
    for text in (page, answer.text):
        assert "Canary" not in text
        assert "Helpful Ho" in text
        assert "Maps of wells" in text
    assert "Registered 2 Checked in 1 New here 1 Came before 0 Disciplines" in page
    assert "- \\<b\\>\\*film\\*: <https://youtu.be/x%281%29>" in answer.text
    event_page = words(main_of((await visit.client.get("/events/summer")).text))
    assert "Checked in 1 New here 1" in event_page
    assert "What became of these projects" in event_page


def test_nothing_that_people_wrote_becomes_markdown() -> None:
    assert escaped("# [x](javascript:alert(1))\n- <script> `a` *b*") == (
        "\\# \\[x\\](javascript:alert(1)) - \\<script\\> \\`a\\` \\*b\\*"
    )
    assert escaped("1. first") == "1\\. first"
    assert escaped("- a") == "\\- a"


@postgresql_in_trust
async def test_what_became_of_projects_is_told_with_days_and_what_is_unknown_is_said(
    visit: Visit, wells: Proposal, database: Database
) -> None:
    async with database.writing() as session:
        project = (await session.scalars(select(Project))).one()
        later = await an_event(session, slug="autumn", starts_on=date(2026, 9, 26))
        await a_proposal(session, event=later, project=project)
        session.add_all([
            StageChange(project_id=project.id, to_stage="prototype", reason="", changed_at=ENDED + timedelta(days=20)),
            StageChange(
                project_id=project.id, to_stage="product", reason="", changed_at=ENDED + timedelta(days=21),
                is_imported=True,
            ),
            StandingChange(
                project_id=project.id, from_standing=Standing.ACTIVE, to_standing=Standing.RETIRED, reason="",
                changed_at=ENDED + timedelta(days=300),
            ),
            *(Update(project_id=project.id, posted_at=ENDED + timedelta(days=days)) for days in (1, 5, 400)),
            Contribution(project_id=project.id, kind="joined", source="table", happened_on=date(2026, 7, 25)),
            Contribution(project_id=project.id, kind="code", source="said", happened_on=date(2026, 8, 1)),
            Contribution(project_id=project.id, kind="code", source="github", happened_on=date(2026, 8, 2)),
        ])
        quiet = await a_project(session, name={"en": "Quiet one"})
        await a_proposal(session, event=(await session.scalars(select(Event).where(Event.slug == "summer"))).one(),
                         project=quiet, position=2)
    page = words(main_of((await visit.client.get("/events/summer/later")).text))
    first, second = page.split("Quiet one")
    for found in (
        "Pitched again Sep 26, 2026", "Posted 2 updates, the last one Jul 30, 2026",
        "One contribution is on record Aug 2, 2026", "Aug 14, 2026",
    ):
        assert found in first, (found, first)
    assert "Product" not in first
    assert "Pitched again" not in second
    assert "After 3 months Oct 25, 2026 Nothing is known" in second


async def test_the_pages_of_an_event_make_as_many_statements_with_three_pitches_as_with_one(
    client: AsyncTestClient, statements: list[str], wells: Proposal, database: Database
) -> None:
    counted = []
    async with database.writing() as session:
        await a_registration(session, event=(await session.scalars(select(Event))).one())
    for _round in range(2):
        for path in ("", "/report", "/report.md", "/later"):
            statements.clear()
            assert (await client.get(f"/events/summer{path}")).status_code == 200
            counted.append(len(statements))
        async with database.writing() as session:
            event = (await session.scalars(select(Event))).one()
            for _pitch in range(2):
                await a_proposal(session, event=event, project=await a_project(session))
                await a_registration(session, event=event)
    assert counted[:4] == counted[4:]
    assert counted[:4] == [4, 6, 6, 6]
