"""People say what they did; those of the project or event confirm it; everyone sees what may be seen."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.accounts.commands import grant_role
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.contributions.commands import (
    SaidContribution,
    change_contribution,
    show_contribution,
    withdraw_contribution,
)
from registry.contributions.deciding import Asked, confirm_contribution, decline_contribution
from registry.database.engine import Database
from registry.errors import Conflict, NotAllowed, NotFound
from registry.inbox.models import Notice
from registry.people.models import Contribution
from registry.projects.models import Project
from tests.conftest import postgresql_in_trust
from tests.contributions.doers import NOW, TODAY, a_doer, confirmed, played, said
from tests.factories import a_person, a_project, an_event
from tests.pages import main_of, page_of, words
from tests.stages.keepers import OWNER_PLAYED, a_kept_project, actor_for, project_of_the_played_owner
from tests.visits import Visit, another_visit

NEW = "/contributions/new"
OWN = "/account/contributions"


async def _told(database: Database) -> list[tuple[str, str]]:
    """(kind, path) of every notice, in order."""
    async with database.reading() as reader:
        rows = await reader.execute(select(Notice.kind, Notice.path).order_by(Notice.id))
        return [(kind.value, path) for kind, path in rows]


async def _actions(database: Database) -> list[str]:
    async with database.reading() as reader:
        rows = await reader.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("contribution %")).order_by(AuditEntry.id)
        )
        return list(rows)


async def test_what_somebody_adds_counts_for_others_once_an_owner_confirms_it(visit: Visit, database: Database) -> None:
    owner = await another_visit(visit.client).play("owner")
    await visit.play("proposer")
    slug = await project_of_the_played_owner(database, slug="trees")
    page, place = f"{NEW}?project={slug}", f"/projects/{slug}/contributions"
    answer = await visit.fill(
        page, NEW, kind="design", note="Drew <b>icons</b>", hours="1:30", day="2026-02-03",
        evidence_url="example.org/icons",
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{OWN}?done=contributed")
    own = words(main_of((await visit.client.get(OWN)).text))
    assert "Design 1 h 30 min Feb 3, 2026" in own
    assert "Drew <b>icons</b>" in own
    assert "Waits to be confirmed" in own
    project = main_of(await page_of(visit.client, f"/projects/{slug}"))
    assert "Demo Newcomer" not in project
    waiting = await owner.client.get(place)
    assert 'href="https://example.org/icons"' in waiting.text
    number = re.findall(rf'action="{place}/(\d+)"', waiting.text)[0]
    answer = await owner.fill(place, f"{place}/{number}", answer="confirm")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{place}?done=confirmed")
    assert "Nothing waits" in (await owner.client.get(place)).text
    assert "Drew" in (await owner.client.get(f"{place}?state=confirmed")).text
    project = words(main_of(await page_of(visit.client, f"/projects/{slug}")))
    assert "What people did Demo Newcomer 範例新手 Design Add what you did" in project
    assert "2026 Design 1" in words(main_of(await page_of(visit.client, "/people/example-newcomer")))
    assert "Confirmed · Demo Owner" in words(main_of((await visit.client.get(OWN)).text))
    assert await _told(database) == [("contribution_said", place), ("contribution_confirmed", OWN)]
    assert await _actions(database) == ["contribution said", "contribution confirmed"]


async def test_a_form_that_is_refused_keeps_what_was_typed(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    async with database.writing() as session:
        await a_project(session, slug="trees")
    answer = await visit.fill(
        f"{NEW}?project=trees", NEW, kind="commit", note="  ", hours="never", day="2999-01-01", evidence_url="ftp://x",
    )
    assert answer.status_code == 400
    page = main_of(answer.text)
    assert re.findall(r'<li><a href="#(\w+)"', page) == ["kind", "note", "day", "hours", "evidence_url"]
    assert [typed for typed in ("never", "2999-01-01", "ftp://x") if f'value="{typed}"' not in page] == []
    assert await _actions(database) == []
    assert (await visit.client.get(f"{NEW}?project=none")).status_code == 404


@postgresql_in_trust
async def test_hours_need_a_time_and_every_contribution_a_place(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    async with database.writing() as session:
        await a_project(session, slug="trees")
        await a_project(session, slug="secret", hidden_at=NOW)
    page = f"{NEW}?project=trees"
    answer = await visit.fill(page, NEW, kind="hours", note="Sorted leaves", day="2026-02-03")
    assert re.findall(r'<li><a href="#(\w+)"', answer.text) == ["hours"]
    for place in ("", "secret"):
        answer = await visit.fill(page, NEW, kind="hours", note="Sorted", hours="1", day="2026-02-03", project=place)
        assert re.findall(r'<li><a href="#(\w+)"', answer.text) == ["project"], place


async def test_a_place_is_found_by_its_name_or_among_ones_own(visit: Visit, database: Database) -> None:
    await visit.play("owner")
    async with database.writing() as session:
        await an_event(session, slug="spring", name={"en": "Spring hackathon"})
    await project_of_the_played_owner(database, slug="own-map", name={"en": "Own map"})
    page = await page_of(visit.client, NEW)
    assert f'<a href="{NEW}?project=own-map">Own map</a>' in page
    assert f'<a href="{NEW}?event=spring">Spring hackathon</a>' in page
    assert "Nothing of that name" in await page_of(visit.client, f"{NEW}?q=zzzz")


async def test_what_is_declined_goes_back_with_a_reason_and_waits_anew_once_changed(
    visit: Visit, database: Database
) -> None:
    owner = await another_visit(visit.client).play("owner")
    await visit.play("proposer")
    slug = await project_of_the_played_owner(database)
    place = f"/projects/{slug}/contributions"
    async with database.writing() as session:
        number = (await said(session, await played(session), project=slug)).id
    answer = await owner.fill(place, f"{place}/{number}", answer="decline", reason="  ")
    assert (answer.status_code, "<details open>" in answer.text) == (400, True)
    answer = await owner.fill(place, f"{place}/{number}", answer="decline", reason="Which icons were they?")
    assert answer.headers["location"] == f"{place}?done=declined"
    assert "Which icons were they?" in (await visit.client.get(OWN)).text
    change = f"{OWN}/{number}"
    answer = await visit.fill(change, change, note="Drew the icons of trees")
    assert answer.headers["location"] == f"{OWN}?done=saved"
    assert "Drew the icons of trees" in (await owner.client.get(place)).text
    assert "Which icons" not in (await visit.client.get(OWN)).text
    # Told once while the first notice is unread.
    assert await _told(database) == [("contribution_said", place), ("contribution_declined", OWN)]
    assert await _actions(database) == ["contribution said", "contribution declined", "contribution changed"]


async def test_what_changed_since_it_was_read_is_not_confirmed(visit: Visit, database: Database) -> None:
    owner = await another_visit(visit.client).play("owner")
    await visit.play("proposer")
    slug = await project_of_the_played_owner(database)
    place = f"/projects/{slug}/contributions"
    async with database.writing() as session:
        number = (await said(session, await played(session), project=slug, hours="1")).id
    answer = await owner.fill(place, f"{place}/{number}", answer="confirm", revision="1")
    assert answer.status_code == 303
    async with database.writing() as session:
        other = await said(session, await played(session), project=slug, hours="1")
        wish = SaidContribution(kind="design", day="2026-02-03", note="Drew", hours="20", project=slug)
        await change_contribution(
            session, contribution_id=other.id, said=wish, by=await played(session), today=TODAY, now=NOW
        )
        number = other.id
    answer = await owner.fill(place, f"{place}/{number}", answer="confirm", revision="1")
    assert (answer.status_code, "Somebody else has changed this" in answer.text, "20 h" in answer.text) == (
        409, True, True
    )
    async with database.reading() as reader:
        assert await reader.scalar(select(Contribution.confirmed_at).where(Contribution.id == number)) is None


@postgresql_in_trust
async def test_nobody_confirms_what_they_did_themselves(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        organiser = actor_for(await a_person(session), Role.ORGANISER)
        contribution = await said(session, owner, project=project.slug)
        asked = Asked(Subject.PROJECT, project.slug, contribution.id, 1)
        with pytest.raises(NotAllowed):
            await confirm_contribution(session, asked=asked, by=owner, now=NOW)
        with pytest.raises(NotAllowed):
            await decline_contribution(session, asked=asked, reason="No", by=owner, now=NOW)
        with pytest.raises(NotAllowed):
            await confirm_contribution(session, asked=asked, by=await a_doer(session), now=NOW)
        assert contribution.confirmed_at is None
        await confirm_contribution(session, asked=asked, by=organiser, now=NOW)
        assert (contribution.decided_by_id, contribution.decided_as) == (organiser.person_id, "organiser")
        with pytest.raises(Conflict):
            await confirm_contribution(session, asked=asked, by=organiser, now=NOW)


async def test_organisers_are_asked_where_a_project_has_no_other_keeper(database: Database) -> None:
    async with database.writing() as session:
        project, doer = await a_project(session), await a_doer(session)
        organiser, one_event = await a_person(session), await an_event(session)
        for_one = await a_person(session)
        await grant_role(session, person=organiser, role=Role.ORGANISER, granted_by="test", now=NOW)
        await grant_role(
            session, person=for_one, role=Role.ORGANISER, event_id=one_event.id, granted_by="test", now=NOW
        )
        await said(session, doer, project=project.slug)
        await said(session, doer, event=one_event.slug)
        rows = (await session.execute(select(Notice.person_id, Notice.path).order_by(Notice.id))).all()
    assert sorted(rows) == sorted([
        (organiser.id, f"/projects/{project.slug}/contributions"),
        (organiser.id, f"/events/{one_event.slug}/contributions"),
        (for_one.id, f"/events/{one_event.slug}/contributions"),
    ])


async def test_what_was_done_at_an_event_is_confirmed_by_its_organisers_alone(database: Database) -> None:
    async with database.writing() as session:
        event, other = await an_event(session), await an_event(session)
        project, owner = await a_kept_project(session)
        doer, person = await a_doer(session), await a_person(session)
        organiser = actor_for(person)
        contribution = await said(session, doer, event=event.slug, kind="event_help")
        of_both = await said(session, doer, event=event.slug, project=project.slug)
        here = type(organiser)(
            person_id=person.id, slug=person.slug, name=person.display_name, roles=frozenset({Role.MEMBER}),
            organises=frozenset({event.id}),
        )
        for asked, by, refusal in (
            (Asked(Subject.EVENT, other.slug, contribution.id, 1), here, NotAllowed),
            (Asked(Subject.EVENT, event.slug, contribution.id, 1), organiser, NotAllowed),
            (Asked(Subject.PROJECT, project.slug, contribution.id, 1), owner, NotFound),
            (Asked(Subject.EVENT, event.slug, of_both.id, 1), here, NotFound),
        ):
            with pytest.raises(refusal):
                await confirm_contribution(session, asked=asked, by=by, now=NOW)
        asked = Asked(Subject.EVENT, event.slug, contribution.id, 1)
        assert (await confirm_contribution(session, asked=asked, by=here, now=NOW)).decided_as == "organiser"


async def test_a_confirmed_contribution_wakes_its_project_and_can_only_be_hidden(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, last_active_on=TODAY - timedelta(days=900))
        doer = await a_doer(session)
        contribution = await confirmed(session, doer, owner, project=project.slug)
        assert (await session.get_one(Project, project.id)).last_active_on == contribution.happened_on
        wish = SaidContribution(kind="design", day="2026-02-03", note="More", project=project.slug)
        number = contribution.id
        with pytest.raises(Conflict):
            await change_contribution(session, contribution_id=number, said=wish, by=doer, today=TODAY, now=NOW)
        with pytest.raises(Conflict):
            await withdraw_contribution(session, contribution_id=number, by=doer, now=NOW)
        with pytest.raises(NotFound):
            await show_contribution(session, contribution_id=number, is_shown=False, by=owner, now=NOW)
        await show_contribution(session, contribution_id=number, is_shown=False, by=doer, now=NOW)
        assert (contribution.note, contribution.is_shown) == ("Drew the icons", False)


@postgresql_in_trust
async def test_others_see_neither_what_is_hidden_nor_who_is_private(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, slug="trees")
        shown, hides = await a_doer(session, slug="shown", display_name="Shown"), await a_doer(session, slug="hides")
        private = await a_doer(session, display_name="Canary", is_public=False)
        for doer, kind, is_shown in (
            (shown, "design", True), (shown, "audio", False), (hides, "music", False), (private, "data", True),
        ):
            await confirmed(session, doer, owner, project=project.slug, kind=kind, is_shown=is_shown)
        await said(session, shown, project=project.slug, kind="video")
    page = words(main_of(await page_of(visit.client, "/projects/trees")))
    assert "What people did Shown Design Add what you did" in page
    assert "Canary" not in page
    person = words(main_of(await page_of(visit.client, "/people/shown")))
    assert "2026 Design 1" in person
    assert [kind for kind in ("Audio", "Videos") if kind in person] == []
    assert "Music" not in words(main_of(await page_of(visit.client, "/people/hides")))


async def test_somebody_elses_contribution_cannot_be_touched(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    async with database.writing() as session:
        project, other = await a_kept_project(session)
        number = (await said(session, other, project=project.slug, note="Canary")).id
    assert (await visit.client.get(f"{OWN}/{number}")).status_code == 404
    for way in ("", "/withdraw", "/show"):
        answer = await visit.submit(OWN, f"{OWN}/{number}{way}", kind="design", day="2026-02-03", note="x",
                                    project=project.slug)
        assert answer.status_code == 404, way
    async with database.reading() as reader:
        assert await reader.scalar(select(Contribution.note).where(Contribution.id == number)) == "Canary"


async def test_what_waits_is_taken_back_without_a_trace_but_the_log(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    async with database.writing() as session:
        project, _owner = await a_kept_project(session)
        number = (await said(session, await played(session), project=project.slug)).id
    answer = await visit.fill(OWN, f"{OWN}/{number}/withdraw")
    assert answer.headers["location"] == f"{OWN}?done=removed"
    assert "Nothing yet" in (await visit.client.get(OWN)).text
    assert await _actions(database) == ["contribution said", "contribution withdrawn"]


@postgresql_in_trust
async def test_lists_ask_as_often_for_one_contribution_as_for_three(
    visit: Visit, database: Database, statements: list[str]
) -> None:
    owner = await another_visit(visit.client).play("owner")
    await visit.play("proposer")
    slug = await project_of_the_played_owner(database)
    paths = ((visit, OWN), (owner, f"/projects/{slug}/contributions"), (visit, f"/projects/{slug}"))
    counts: list[list[int]] = []
    for more in (1, 2):
        async with database.writing() as session:
            keeper = await played(session, OWNER_PLAYED)
            for number in range(more):
                doer = await a_doer(session)
                await confirmed(session, doer, keeper, project=slug)
                await said(session, await played(session), project=slug, note=f"Note {more}.{number}")
        counts.append([])
        for browser, path in paths:
            statements.clear()
            assert (await browser.client.get(path)).status_code == 200
            counts[-1].append(len(statements))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 8
