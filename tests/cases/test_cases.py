"""A case study from its beginning to a correction, over HTTP; and the pages and places that know of it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.accounts.personas import Persona, person_played
from registry.activity.models import AuditEntry
from registry.cases.content import Moment, NumberSaid
from registry.cases.models import AxisAnswer, CaseComment, CaseStudy, CaseWriter
from registry.cases.queries import all_published_cases, published_case
from registry.cases.rules import Axis
from registry.database.engine import Database
from registry.exchange.commands import export_record, import_source
from registry.exchange.formats import Format
from registry.inbox.models import Notice
from registry.privacy.commands import erase_person
from registry.projects.models import Project
from registry.repositories.models import ProjectRepository, Repository, RepositoryContributor
from tests.conftest import postgresql_in_trust
from tests.factories import a_case, a_credit, a_membership, a_person, a_project, a_proposal, an_event
from tests.pages import main_of, page_of, words
from tests.visits import Visit, another_visit

NOW = datetime(2026, 7, 25, 10, tzinfo=UTC)
DRAFT = "/cases/wells/draft"


@pytest.fixture
async def wells(database: Database) -> Project:
    """A project of the demo's owner of which the record, its people and the synchronisation know something."""
    async with database.writing() as session:
        event = await an_event(session, slug="summer", starts_on=date(2020, 7, 25), name={"en": "Summer"})
        project = await a_project(
            session, slug="wells", name={"en": "Wells", "zh-Hant": "水井"}, summary={"en": "A map of wells."}
        )
        pitch = await a_proposal(session, event=event, project=project, result={"en": "We drew ten wells."})
        await a_credit(session, proposal=pitch, person=await a_person(session, display_name="Pitching Pan"))
        owner = await person_played(session, persona=Persona.OWNER, now=NOW)
        await a_membership(session, project=project, person=owner)
        repository = Repository(
            forge="github", full_name="wells/map", name_key="wells/map", url="https://github.com/wells/map",
            star_count=12, read_at=NOW,
        )
        session.add(repository)
        await session.flush()
        session.add_all([
            ProjectRepository(project_id=project.id, repository_id=repository.id),
            RepositoryContributor(repository_id=repository.id, account_id=1, login="a", commit_count=40),
            *(
                AxisAnswer(project_id=project.id, axis=axis, choices=[choice], answered_on=date(2023, 2, 11))
                for axis, choice in ((Axis.GOALS, "product"), (Axis.TIME, "product 5 year"))
            ),
        ])
    return project


async def test_a_case_study_goes_from_what_is_known_to_a_corrected_version(
    visit: Visit, wells: Project, database: Database
) -> None:
    organiser = await another_visit(visit.client).play("organiser")
    stranger = await another_visit(visit.client).play("proposer")
    await visit.play("owner")
    begun = await visit.fill("/projects/wells/case", "/projects/wells/case")
    assert begun.headers["location"] == f"{DRAFT}?done=case-begun"
    draft = words(main_of((await visit.client.get(DRAFT)).text))
    for known in (
        "Pitched at Summer", "2020-07-25", "Pitching Pan", "We drew ten wells.", "12", "40", "5 years", "水井",
        "accounts with commits in wells/map",
    ):
        assert known in draft
    assert (await stranger.client.get(DRAFT)).status_code == 403
    assert (await visit.client.get("/cases/wells")).status_code == 404
    assert (await visit.submit("/about", "/projects/wells/case")).status_code == 409

    text = f"{DRAFT}/problem"
    assert (await visit.fill(text, text, **{"text-en": "About 3,000 wells had no map."})).status_code == 303
    assert (await visit.fill(text, text, revision="1", **{"text-en": "Mine"})).status_code == 409
    assert (await visit.fill(DRAFT, "/cases/wells/review")).status_code == 303
    assert "Case studies to review" in (await organiser.client.get("/desk")).text
    await organiser.fill(DRAFT, "/cases/wells/comments", part="problem", comment="Who counted them?")
    refused = await organiser.fill(DRAFT, "/cases/wells/publish")
    assert refused.status_code == 400
    assert "A number without a source: “About 3,000 wells had no map.”" in words(main_of(refused.text))
    assert (await visit.submit(DRAFT, "/cases/wells/publish", revision="9")).status_code == 403

    numbers = f"{DRAFT}/numbers"
    row = {"number-5-value": "3000", "number-5-what-en": "wells", "number-5-source": "https://example.org/wells"}
    wrong = await visit.fill(numbers, numbers, **row, **{"number-5-as_of": "2999-01-01"})
    assert (wrong.status_code, "This day is still to come." in wrong.text) == (400, True)
    assert (await visit.fill(numbers, numbers, **row, **{"number-5-as_of": "2020-07-01"})).status_code == 303
    axes = f"{DRAFT}/axes"
    await visit.fill(axes, axes, complexity="solo", team=["ngo", "student"])
    async with database.reading() as reader:
        number = await reader.scalar(select(CaseComment.id))
    assert (await visit.fill(DRAFT, f"/cases/wells/comments/{number}/settle")).status_code == 303
    published = await organiser.fill(DRAFT, "/cases/wells/publish")
    assert published.headers["location"] == "/cases/wells?done=case-published"

    page = words(main_of((await stranger.client.get("/cases/wells")).text))
    assert "About 3,000 wells had no map." in page
    assert "Missing in part:" in page
    assert "Demo Owner" in page
    assert "Who counted them?" not in page
    assert "Read it" in words((await stranger.client.get("/projects/wells/case")).text)
    assert "/cases/wells" in (await stranger.client.get("/projects/wells/stage")).text
    record = (await stranger.client.get("/api/v1/cases?complexity=solo&team=student")).json()["items"][0]
    assert (record["id"], record["version"], record["numbers"][-1]["as_of"]) == ("wells", 1, "2020-07-01")
    assert (await stranger.client.get("/api/v1/cases?complexity=several-people")).json()["items"] == []
    found = await stranger.client.get("/search?q=had no map&kind=case")
    assert "/cases/wells" in found.text
    async with database.reading() as reader:
        kinds = set(await reader.scalars(select(Notice.kind)))
        actions = list(await reader.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("case %")).order_by(AuditEntry.id)
        ))
    assert {"case_in_review", "case_commented", "case_published"} <= kinds
    assert actions == [
        "case begun", "case changed", "case sent for review", "case commented", "case changed", "case changed",
        "case comment settled", "case published",
    ]


async def test_a_correction_is_told_and_what_stood_there_before_can_be_read(
    visit: Visit, wells: Project, database: Database
) -> None:
    async with database.writing() as session:
        pan = await a_person(session, slug="pan", display_name="Pitching Pan")
        before = {"problem": {"en": "It had no map. By [Pan](/people/pan)."}}
        await a_case(session, slug="wells", project=wells, content={"sections": before})
    organiser = await another_visit(visit.client).play("organiser")
    stranger = another_visit(visit.client).client
    await visit.play("owner")
    text = f"{DRAFT}/problem"
    await visit.fill(text, text, **{"text-en": "On no map. By [Pan](/people/pan).", "text-zh-Hant": "沒有地圖。"})
    assert "On no map" not in (await stranger.get("/cases/wells")).text
    await visit.fill(DRAFT, "/cases/wells/review")
    assert (await organiser.fill(DRAFT, "/cases/wells/publish")).status_code == 400
    await organiser.fill(DRAFT, "/cases/wells/publish", **{"note-en": "Some had a map."})
    assert "Corrected: Some had a map." in words(main_of((await stranger.get("/cases/wells")).text))
    change = words(main_of((await stranger.get("/cases/wells/versions/2")).text))
    assert ("Added: 沒有地圖" in change, "Removed: It had" in change) == (True, True)
    async with database.writing() as session:
        await erase_person(session, person_id=pan.id, now=NOW)
    for path in ("/cases/wells", "/cases/wells?version=1"):
        read = words(main_of((await stranger.get(path)).text))
        assert ("Pan" in read, "By a contributor." in read) == (False, True)
    await organiser.fill("/moderate?about=/cases/wells", "/moderate/hide", reason="Wrong")
    for path in ("/cases/wells", "/api/v1/cases/wells", "/cases/wells/versions", "/cases/wells/versions/1"):
        assert (await stranger.get(path)).status_code in {404, 410}
    assert "/cases/wells" not in (await stranger.get("/search?q=map&kind=case")).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_case_is_sent_back_with_a_reason_handed_on_and_dropped(
    visit: Visit, wells: Project, database: Database
) -> None:
    organiser = await another_visit(visit.client).play("organiser")
    writer = await another_visit(visit.client).play("proposer")
    await writer.fill("/projects/wells/case", "/projects/wells/case")
    await writer.fill(DRAFT, "/cases/wells/review")
    assert (await organiser.fill(DRAFT, "/cases/wells/send-back", reason=" ")).status_code == 400
    assert (await organiser.fill(DRAFT, "/cases/wells/send-back", reason="Ask the farmers")).status_code == 303
    assert "Ask the farmers" in words(main_of((await writer.client.get(DRAFT)).text))
    assert "Case study" not in words((await visit.client.get("/cases")).text).replace("Case studies", "")
    await visit.play("owner")
    assert "Wells" in words(main_of((await visit.client.get("/cases")).text))
    slug = "example-organiser"
    async with database.writing() as session:
        slug = (await person_played(session, persona=Persona.ORGANISER, now=NOW)).slug
    assert (await visit.fill(DRAFT, "/cases/wells/writers", person="no-such-person")).status_code == 404
    assert (await visit.fill(DRAFT, "/cases/wells/writers", person=slug)).status_code == 303
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(CaseWriter)) == 2
    assert (await writer.fill(DRAFT, "/cases/wells/discard")).headers["location"] == "/cases?done=discarded"
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(CaseStudy)) == 0


async def test_the_list_narrows_by_axis_and_two_to_four_are_compared(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    async with database.writing() as session:
        await a_case(session, slug="one", choices={Axis.TEAM: "ngo"}, title={"en": "Case one"}, content={"numbers": [
            NumberSaid(what={"en": "wells"}, value="7", as_of=date(2020, 1, 1), source="https://example.org"),
        ]})
    await page_of(client, "/cases")
    statements.clear()
    await page_of(client, "/cases")
    alone = len(statements)
    async with database.writing() as session:
        await a_case(
            session, slug="two", choices={Axis.TEAM: "student"}, title={"en": "Case two"},
            content={"timeline": [Moment(on=date(2012, 12, 1), what={"en": "B"})]},
        )
        await a_case(session, slug="three", choices={Axis.DIGITAL: "half"})
        await a_case(session, slug="four", choices={Axis.TEAM: "student"}, hidden_at=NOW)
        await a_case(session, slug="five", choices={Axis.TEAM: "student"}, version=None)
    statements.clear()
    whole = await page_of(client, "/cases")
    assert (len(statements), "3 case studies" in words(whole)) == (alone, True)
    assert alone <= 4
    students = await page_of(client, "/cases?team=student")
    assert [slug for slug in ("one", "two", "three", "four", "five") if f'href="/cases/{slug}"' in students] == ["two"]
    compared = words(main_of(await page_of(client, "/cases/compare?case=two&case=one&case=three")))
    assert compared.index("Case two") < compared.index("Case one")
    assert "Dec 1, 2012" in compared
    drawn = main_of(await page_of(client, "/cases/compare?case=two&case=one"))
    assert 'aria-label="Who is behind it: not said"' in drawn
    for few in ("case=one", "case=one&case=two&case=three&case=four&case=five", ""):
        assert (await client.get(f"/cases/compare?{few}")).status_code == 400
    for wrong in ("case=one&case=five", "case=one&case=four"):
        assert (await client.get(f"/cases/compare?{wrong}")).status_code == 404
    assert (await client.get("/cases?page=2")).status_code == 404


@postgresql_in_trust
async def test_an_export_brings_a_case_study_back_whole(database: Database, tmp_path: Path) -> None:
    async with database.writing() as session:
        case = await a_case(session, slug="one", content={
            "sections": {"problem": {"en": "**Much**", "zh-Hant": "很多"}}, "credits": ["Lin"],
            "numbers": [NumberSaid(
                what={"en": "wells"}, value="7", as_of=date(2020, 1, 1), source="https://example.org/",
            )],
            "timeline": [Moment(on=date(2012, 12, 1), what={"en": "Begun"}, url="/events/summer")],
        })
        writer = await a_person(session, slug="writer")
        session.add(CaseWriter(case_id=case.id, person_id=writer.id, since=NOW))
        await a_case(session, slug="draft", title={"en": "Case draft"}, version=None)
    async with database.reading() as reader:
        before = await published_case(reader, "one")
        assert [one.slug for one in await all_published_cases(reader, offset=0, limit=9)] == ["one"]
    for format_, reads in ((Format.JSON, "json"), (Format.CSV, "csv")):
        folder = tmp_path / reads
        await export_record(database, to=format_, folder=folder)
        assert "Case draft" not in (folder / f"cases.{reads}").read_text(encoding="utf-8")
        async with database.writing() as session:
            await session.delete((await session.scalars(select(CaseStudy).where(CaseStudy.slug == "one"))).one())
        for created in (1, 0):
            report = await import_source(database, source=format_, path=folder, now=NOW, timezone="Asia/Taipei")
            assert [one.created for one in report.loaded if one.subject == "case"] == [created]
        async with database.reading() as reader:
            after = await published_case(reader, "one")
        assert before is not None
        assert after is not None
        assert (after.provenance[-1].source, after.provenance[-1].file) == (reads, f"cases.{reads}")
        assert (after.content, after.writers, after.project_slug) == (
            before.content, before.writers, before.project_slug
        )
        assert after.html == {"problem": {"en": "<p><strong>Much</strong></p>\n", "zh-Hant": "<p>很多</p>\n"}}
