"""A statement is issued from what is on record, stays as it was, and tells anyone whether it stands."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from registry.activity.models import AuditEntry
from registry.contributions.commands import show_contribution
from registry.contributions.models import Statement
from registry.contributions.statement_commands import StatementWish, issue_statement
from registry.contributions.statement_queries import MOST_FACTS
from registry.database.engine import Database
from registry.errors import BadInput
from registry.events.models import EventHelper
from registry.events.rules import HelperTask
from registry.people.models import Contribution, Person
from registry.privacy.commands import erase_person
from registry.projects.models import Project
from tests.conftest import postgresql_in_trust
from tests.contributions.doers import NOW, TODAY, a_doer, confirmed, played, said
from tests.factories import a_membership, a_project, a_registration, an_event
from tests.pages import main_of, words
from tests.stages.keepers import OWNER_PLAYED, a_kept_project
from tests.visits import Visit, another_visit

OWN = "/account/statements"
NEW = f"{OWN}/new"
PERIOD = f"{NEW}?since=2026-01-01&until=2026-03-01"


async def _issued(visit: Visit, **fields: object) -> str:
    """The path of a statement of the first months of 2026."""
    answer = await visit.fill(PERIOD, OWN, **fields)
    assert answer.status_code == 303, main_of(answer.text)
    return str(answer.headers["location"]).removesuffix("?done=issued")


async def _seen(visit: Visit, path: str) -> str:
    """What somebody without an account reads at an address."""
    answer = await another_visit(visit.client).client.get(path)
    return words(main_of(answer.text))


async def _a_rich_record(database: Database) -> None:
    """Contributions of the played newcomer: what can be stated, and what must not."""
    async with database.writing() as session:
        doer = await played(session)
        project, owner = await a_kept_project(session, slug="trees", name={"en": "Trees", "zh-Hant": "行道樹"})
        _other, other_owner = await a_kept_project(session, slug="maps", name={"en": "Maps"})
        await confirmed(session, doer, owner, project="trees", hours="1:30", note="Drew icons")
        await confirmed(session, doer, owner, project="trees", kind="translation", note="Translated it")
        await confirmed(session, doer, owner, project="trees", note="Canary hidden", is_shown=False)
        await confirmed(session, doer, owner, project="trees", note="Canary early", day="2025-12-31")
        await confirmed(session, doer, other_owner, project="maps", note="Mapped it")
        await said(session, doer, project="trees", note="Canary waiting")
        person = await session.get_one(Person, doer.person_id)
        await a_membership(session, project=project, person=person)
        for _ in range(3):
            session.add(Contribution(
                person_id=person.id, project_id=project.id, kind="commit", source="github", confirmed_at=NOW,
                happened_on=TODAY - timedelta(days=20),
            ))
        event = await an_event(session, slug="spring", name={"en": "Spring"}, starts_on=TODAY - timedelta(days=9))
        missed = await an_event(session, name={"en": "Canary missed"}, starts_on=TODAY - timedelta(days=8))
        await a_registration(session, event=event, person=person, checked_in_at=NOW)
        await a_registration(session, event=missed, person=person)
        session.add(EventHelper(event_id=event.id, person_id=person.id, task=HelperTask.DOOR))
        hidden, hidden_owner = await a_kept_project(session, name={"en": "Canary project"})
        await confirmed(session, doer, hidden_owner, project=hidden.slug, note="Canary secret")
        hidden.hidden_at = NOW


async def test_a_statement_says_what_is_on_record_with_source_and_who_confirmed(
    visit: Visit, database: Database
) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    path = await _issued(visit, languages=["en"])
    page = await _seen(visit, path)
    async with database.reading() as reader:
        owner = await reader.scalar(
            select(Person.display_name).join(Contribution, Contribution.decided_by_id == Person.id)
            .join(Project, Project.id == Contribution.project_id).where(Project.slug == "trees").limit(1)
        )
    how = f"Said by the person; confirmed on Mar 1, 2026 by {owner}, an owner of the project"
    for expected in (
        "Valid, and unchanged since it was issued", "Demo Newcomer 範例新手 from January 1, 2026 to March 1, 2026",
        "Trees Owner Time here: 1 h 30 min", f"Design · 1 h 30 min Drew icons {how}",
        f"Translation Translated it {how}",
        "Weeks with commits × 3 Known to the registry: GitHub", "Maps", f"/statements/{path[12:]}",
        "Feb 20, 2026 Events attended Known to the registry: checked in at the event",
        "Feb 20, 2026 Help at events Known to the registry: the event's team",
    ):
        assert expected in page, expected
    assert re.findall("canary", page, re.IGNORECASE) == []


@postgresql_in_trust
async def test_only_what_was_ticked_is_stated(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    page = await _seen(visit, await _issued(
        visit, languages=["en"], places=["project/trees", "event/spring"], kinds=["translation", "attended"],
    ))
    assert ("Translated it" in page, "Events attended" in page) == (True, True)
    others = ("Maps", "Drew", "Weeks with commits", "Owner Time", "Help at events")
    assert [other for other in others if other in page] == []
    page = await _seen(visit, await _issued(visit, languages=["en"], kinds=["design"], with_hidden="yes"))
    assert ("Canary hidden" in page, "Canary waiting" in page, "Canary early" in page) == (True, False, False)


@postgresql_in_trust
async def test_every_chosen_language_is_there_whatever_the_reader_speaks(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    path = await _issued(visit, languages=["en", "zh-Hant"])
    for language in ("en", "zh-Hant"):
        answer = await another_visit(visit.client).client.get(f"{path}?lang={language}")
        assert answer.text.count('<div class="statement__part" lang="') == 2
        page = words(main_of(answer.text))
        for expected in ("Statement of contributions", "Trees", "貢獻證明", "行道樹", "專案的坑主", "本人補登"):
            assert expected in page, (language, expected)
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.text.count("<svg") >= 2
    only = await _seen(visit, await _issued(visit, languages=["zh-Hant"]))
    assert ("貢獻證明" in only, "Statement of contributions" in only) == (True, False)


async def test_a_statement_stays_as_it_was_issued(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    path = await _issued(visit)
    before = await _seen(visit, path)
    async with database.writing() as session:
        doer = await played(session)
        rows = list(await session.scalars(select(Contribution.id).where(Contribution.person_id == doer.person_id)))
        for number in rows:
            await show_contribution(session, contribution_id=number, is_shown=False, by=doer, now=NOW)
        await session.execute(update(Project).values(name={"en": "Renamed"}))
        await session.execute(update(Person).where(Person.id == doer.person_id).values(display_name="Renamed"))
    assert await _seen(visit, path) == before


@postgresql_in_trust
async def test_a_confirmer_who_is_private_by_now_is_named_by_their_part_alone(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    async with database.writing() as session:
        _project, owner = await a_kept_project(session, slug="trees")
        await confirmed(session, await played(session), owner, project="trees")
    path = await _issued(visit, languages=["en"])
    assert f"by {owner.name}, an owner of the project" in await _seen(visit, path)
    async with database.writing() as session:
        (await session.get_one(Person, owner.person_id)).is_public = False
    page = await _seen(visit, path)
    assert ("Valid" in page, "by an owner of the project" in page, owner.name in page) == (True, True, False)


@postgresql_in_trust
@pytest.mark.parametrize("place", ["content", "hash", "code"])
async def test_whoever_opens_a_tampered_statement_is_warned_and_reads_nothing_of_it(
    visit: Visit, database: Database, place: str
) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    path = await _issued(visit)
    async with database.writing() as session:
        statement = (await session.scalars(select(Statement))).one()
        content = {**statement.content, "name": "Canary Wu"}
        if place == "content":
            statement.content = content
        elif place == "hash":
            statement.content_hash = "0" * 64
        else:
            statement.code = "another-code"
            path = "/statements/another-code"
    page = await _seen(visit, path)
    assert "Not as it was issued: do not rely on it" in page
    assert [leaked for leaked in ("Canary Wu", "Demo Newcomer", "Trees") if leaked in page] == []


async def test_a_revoked_statement_says_so_and_nothing_else(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    path = await _issued(visit)
    stranger = await another_visit(visit.client).play("owner")
    revoke = f"{OWN}/{path[12:]}/revoke"
    assert (await stranger.submit("/account", revoke)).status_code == 404
    assert "Valid" in await _seen(visit, path)
    answer = await visit.fill(path, revoke)
    assert answer.headers["location"] == f"{OWN}?done=revoked"
    page = await _seen(visit, path)
    assert "Revoked: it no longer stands" in page
    assert [leaked for leaked in ("Demo Newcomer", "Trees") if leaked in page] == []
    assert (await visit.submit(OWN, revoke)).status_code == 409
    async with database.reading() as reader:
        actions = list(await reader.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("statement %")).order_by(AuditEntry.id)
        ))
        changes = str(list(await reader.scalars(select(AuditEntry.changes))))
    assert actions == ["statement issued", "statement revoked"]
    assert path[12:] not in changes


async def test_an_emptied_statement_is_gone_for_good(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    path = await _issued(visit)
    async with database.writing() as session:
        await session.execute(update(Statement).values(content={}, content_hash=""))
    answer = await another_visit(visit.client).client.get(path)
    page = words(main_of(answer.text))
    assert (answer.status_code, "Withdrawn, with all that it said" in page, "Demo Newcomer" in page) == (
        410, True, False
    )
    assert "Withdrawn" in (await visit.client.get(OWN)).text


async def test_an_erasure_empties_ones_statements_and_leaves_others_standing_without_the_name(
    visit: Visit, database: Database
) -> None:
    doer_visit = await another_visit(visit.client).play("owner")
    await visit.play("proposer")
    async with database.writing() as session:
        gone, stays = await played(session), await played(session, OWNER_PLAYED)
        project, third = await a_kept_project(session, slug="trees")
        await a_membership(session, project=project, person=await session.get_one(Person, gone.person_id))
        await confirmed(session, gone, third, project="trees", note="Canary note")
        await confirmed(session, stays, gone, project="trees", note="Planted them")
    emptied = await _issued(visit, languages=["en"])
    standing = await _issued(doer_visit, languages=["en"])
    assert f"by {gone.name}, an owner of the project" in await _seen(visit, standing)
    async with database.writing() as session:
        await erase_person(session, person_id=gone.person_id or 0, now=NOW)
    page = await _seen(visit, emptied)
    assert ("Withdrawn" in page, gone.name in page, "Canary" in page) == (True, False, False)
    page = await _seen(visit, standing)
    assert ("Valid" in page, "by an owner of the project" in page, gone.name in page) == (True, True, False)
    async with database.reading() as reader:
        kept = str((await reader.execute(select(Contribution.note, Contribution.decline_reason))).all())
        kept += str(list(await reader.scalars(select(AuditEntry.changes))))
        kept += str(list(await reader.scalars(select(Statement.content))))
    assert ("Canary" in kept, gone.name in kept, "Planted them" in kept) == (False, False, True)


async def test_an_address_that_is_no_statement_says_what_to_do(visit: Visit) -> None:
    answer = await visit.client.get("/statements/2222-2222-2222-2222-2222-2222", headers={"accept": "text/html"})
    assert (answer.status_code, "sign by sign" in answer.text) == (404, True)


@postgresql_in_trust
@pytest.mark.parametrize(("since", "until", "wrong"), [
    ("2026-03-01", "2026-01-01", ["until"]), ("never", "", ["since", "until"]), ("2026-01-01", "2999-01-01", ["until"]),
    ("1999-12-31", "2026-01-01", ["since"]),
])
async def test_a_period_that_cannot_be_comes_back_filled(
    visit: Visit, since: str, until: str, wrong: list[str]
) -> None:
    await visit.play("proposer")
    answer = await visit.client.get(f"{NEW}?since={since}&until={until}")
    assert answer.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)"', answer.text) == wrong
    assert f'value="{since}"' in answer.text


async def test_a_choice_of_nothing_or_of_no_language_comes_back_filled(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    await _a_rich_record(database)
    answer = await visit.fill(PERIOD, OWN, languages=None, places=["project/maps"], kinds=["translation"])
    assert answer.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)"', answer.text) == ["places", "languages"]
    assert re.findall(r'value="(\w+/\w+)" checked', answer.text) == ["project/maps"]
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(Statement)) == 0


async def test_a_period_too_full_to_state_whole_is_refused(database: Database) -> None:
    async with database.writing() as session:
        project, doer = await a_project(session, slug="trees"), await a_doer(session)
        session.add_all(
            Contribution(
                person_id=doer.person_id, project_id=project.id, kind="design", source="said", happened_on=TODAY,
                confirmed_at=NOW, decided_as="owner",
            ) for _ in range(MOST_FACTS + 1)
        )
        wish = StatementWish(
            since="2026-01-01", until="2026-03-01", places=["project/trees"], kinds=["design"], languages=["en"]
        )
        with pytest.raises(BadInput) as refused:
            await issue_statement(session, wish=wish, by=doer, today=TODAY, now=NOW)
        assert [one.name for one in refused.value.errors] == ["until"]


@postgresql_in_trust
async def test_statement_pages_ask_as_often_for_one_row_as_for_three(
    visit: Visit, database: Database, statements: list[str]
) -> None:
    await visit.play("proposer")
    counts: list[list[int]] = []
    for more in (1, 2):
        async with database.writing() as session:
            for _ in range(more):
                project, owner = await a_kept_project(session)
                await confirmed(session, await played(session), owner, project=project.slug)
        for _ in range(more):
            path = await _issued(visit)
        counts.append([])
        for address in (OWN, PERIOD, path):
            statements.clear()
            assert (await visit.client.get(address)).status_code == 200
            counts[-1].append(len(statements))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 8
