import re
from datetime import UTC, date, datetime, timedelta

from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.database.engine import Database
from registry.people.models import Person
from registry.projects.models import Project
from registry.stages.commands import advance_stage, propose_dormant, say_evidence
from registry.stages.models import CheckpointEvidence, DormancyQuestion
from tests.conftest import postgresql_in_trust
from tests.factories import a_link, a_project, a_proposal, an_event
from tests.pages import main_of, page_of, words
from tests.stages.keepers import NOW, a_kept_project, project_of_the_played_owner
from tests.visits import Visit, filled

TODAY = datetime.now(UTC)


def _checkpoint(page: str, key: str) -> str:
    return words(re.findall(rf'<li class="checkpoint[^"]*" id="{key}">(.*?)</li>', page, re.DOTALL)[0])


async def test_what_is_found_and_what_is_said_show_source_place_and_day(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, slug="trees")
        await a_proposal(session, event=await an_event(session, starts_on=date(2020, 5, 2)), project=project)
        await a_link(session, project=project, kind="note", label="Pad", created_at=NOW)
        await say_evidence(
            session, slug="trees", checkpoint="data-sources", note="Land register", url="", by=owner, now=NOW
        )
        session.add_all([
            CheckpointEvidence(project_id=project.id, checkpoint_key="readme", source="sync", noted_at=NOW,
                               url="https://example.org/readme", note="README.md"),
            CheckpointEvidence(project_id=project.id, checkpoint_key="release", source="record", noted_at=NOW),
        ])
    page = main_of(await page_of(client, "/projects/trees/stage"))
    assert _checkpoint(page, "public-note").endswith("Pad · found in the record, Mar 1, 2026")
    assert _checkpoint(page, "pitched").endswith("see for yourself · found in the record, May 2, 2020")
    assert _checkpoint(page, "data-sources").endswith(f"Land register · said by {owner.name} , Mar 1, 2026")
    assert _checkpoint(page, "readme").endswith("README.md · found in the record, Mar 1, 2026")
    assert _checkpoint(page, "release") == "Met: A version is released or tagged. found in the record, Mar 1, 2026"
    assert _checkpoint(page, "two-people").startswith("Still to do:")
    assert 'href="/handbook/' in page
    assert [found for found in ("/move", "/withdraw", "<form") if found in page] == []


async def test_who_withdrew_from_the_public_is_not_named(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, slug="trees")
        await say_evidence(session, slug="trees", checkpoint="data-sources", note="Maps", url="", by=owner, now=NOW)
        await advance_stage(
            session, slug="trees", to="release", reason="Used.", revision=project.revision, by=owner, now=NOW
        )
    shown = await page_of(client, "/projects/trees/stage")
    assert shown.count(owner.name) == 2
    async with database.writing() as session:
        (await session.get_one(Person, owner.person_id)).is_public = False
    page = await page_of(client, "/projects/trees/stage")
    assert (owner.name in page, owner.slug in page) == (False, False)
    assert "Maps · said by its people, Mar 1, 2026" in words(main_of(page))


@postgresql_in_trust
async def test_a_refused_move_keeps_what_was_typed_and_one_that_is_taken_says_what_it_left(
    database: Database, visit: Visit
) -> None:
    await visit.play("owner")
    slug = await project_of_the_played_owner(database, name={"en": "Trees"})
    form = f"/projects/{slug}/stage/move"
    refused = await visit.fill(form, form, to="release", reason="")
    assert refused.status_code == 400
    assert "Release (leaves 16 checkpoints unmet)" in refused.text
    moved = await visit.client.post(form, data=filled(refused, form, reason="It is in use."))
    assert (moved.status_code, moved.headers["location"]) == (303, f"/projects/{slug}/stage?done=moved")
    page = words(main_of((await visit.client.get(f"/projects/{slug}/stage")).text))
    assert "Explore → to Release" in page
    assert "It is in use. 16 checkpoints were unmet then" in page
    refused = await visit.fill(form, form, to="release", reason="Again.")
    assert (refused.status_code, "stands on “Release” already" in refused.text) == (409, True)


@postgresql_in_trust
async def test_an_owner_says_evidence_and_withdraws_it(database: Database, visit: Visit) -> None:
    await visit.play("owner")
    slug = await project_of_the_played_owner(database)
    way = f"/projects/{slug}/stage"
    form = f"{way}/checkpoints/data-sources"
    refused = await visit.fill(form, form, url="no address at all")
    assert (refused.status_code, 'value="no address at all"' in refused.text) == (400, True)
    said = await visit.fill(form, form, note="Land register")
    assert said.headers["location"] == f"{way}?done=saved#data-sources"
    page = await visit.client.get(way)
    [action] = re.findall(rf'action="({way}/evidence/\d+/withdraw)"', page.text)
    assert (await visit.fill(way, action)).headers["location"] == f"{way}?done=removed"
    assert "Land register" not in (await visit.client.get(way)).text
    assert (await visit.submit(way, action)).status_code == 404
    assert (await visit.client.get(f"{way}/checkpoints/gone")).status_code == 404


async def test_one_click_answers_whether_it_is_alive_and_looking_changes_nothing(
    database: Database, visit: Visit
) -> None:
    await visit.play("owner")
    slug = await project_of_the_played_owner(database, last_active_on=date(2015, 1, 1))
    async with database.writing() as session:
        assert await propose_dormant(session, now=TODAY, quiet_after=timedelta(days=730)) == 1
    way = f"/projects/{slug}/stage"
    assert f'href="{way}#alive"' in (await visit.client.get(f"/projects/{slug}")).text
    for _ in range(2):
        assert "Is it still alive?" in (await visit.client.get(way)).text
    async with database.reading() as reader:
        assert await reader.scalar(select(DormancyQuestion.answer)) is None
    assert (await visit.fill(way, f"{way}/alive", answer="perhaps")).status_code == 400
    assert (await visit.fill(way, f"{way}/alive", answer="resting")).status_code == 303
    assert "Is it still alive?" not in (await visit.client.get(way)).text
    async with database.reading() as reader:
        assert await reader.scalar(select(Project.standing).where(Project.slug == slug)) == "dormant"
    page = words(main_of((await visit.client.get(way)).text))
    assert "Active → to Dormant" in page
    assert "The answer to whether it is still alive." in page


async def test_organisers_see_who_does_not_answer_and_may_answer_for_them(database: Database, visit: Visit) -> None:
    async with database.writing() as session:
        for slug in ("quiet", "later"):
            await a_kept_project(session, slug=slug, last_active_on=date(2015, 1, 1))
        await a_project(session, slug="orphan", last_active_on=date(2014, 1, 1))
        await propose_dormant(session, now=TODAY, quiet_after=timedelta(days=730))
    await visit.play("organiser")
    page = (await visit.client.get("/quiet-projects")).text
    assert re.findall(r'href="/projects/(\w+)/stage#alive"', page) == ["quiet", "later", "orphan"]
    assert "it has no owner whom one could ask" in words(page)
    assert 'href="/quiet-projects"' in (await visit.client.get("/stages")).text
    assert (await visit.fill("/projects/quiet/stage", "/projects/quiet/stage/alive", answer="ended")).status_code == 303
    page = (await visit.client.get("/quiet-projects")).text
    assert re.findall(r'href="/projects/(\w+)/stage#alive"', page) == ["later", "orphan"]


async def test_the_pages_make_as_many_statements_for_one_row_as_for_three(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    counts = []
    for number in (1, 2):
        async with database.writing() as session:
            for row in range(number):
                project, owner = await a_kept_project(session, slug=f"trees-{number}-{row}")
                for to in ("blueprint", "idea", "release")[:number + 1]:
                    await advance_stage(
                        session, slug=project.slug, to=to, reason="x", revision=project.revision, by=owner, now=NOW
                    )
                await say_evidence(
                    session, slug=project.slug, checkpoint="data-sources", note="Maps", url="", by=owner, now=NOW
                )
        found = []
        for path in (f"/projects/trees-{number}-0/stage", "/stages", "/stages/idea"):
            statements.clear()
            await page_of(client, path)
            found.append(len(statements))
        counts.append(found)
    assert counts[0] == counts[1] == [3, 3, 3]


@postgresql_in_trust
async def test_the_ladder_says_how_projects_get_on_and_what_is_left_out(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        for number, days in enumerate((10, 20, 60)):
            project, owner = await a_kept_project(session, stage_key="blueprint")
            for to, after in (("prototype", 0), ("release", days)):
                await advance_stage(
                    session, slug=project.slug, to=to, reason="x", revision=project.revision, by=owner,
                    now=datetime(2020, 1, 1 + number, tzinfo=UTC) + timedelta(days=after),
                )
    page = words(main_of(await page_of(client, "/stages")))
    assert "Prototype 3 20 100% (3 of 3)" in page
    assert "Explore 0 not known not known" in page
    assert "Counted from 6 moves that somebody made here." in page
    page = words(main_of(await page_of(client, "/stages/blueprint")))
    assert "Most often unmet here" in page
    assert "What was still unmet in 3 moves past this stage" in page
