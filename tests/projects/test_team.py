"""A project's team changes without losing who kept it when; nobody is named who does not want to be."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind
from registry.inbox.words import notice_sentence
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider
from registry.projects.models import Need
from registry.search.commands import rebuild
from tests.factories import a_person
from tests.pages import page_of, words
from tests.projects.conftest import Keeping
from tests.visits import another_visit

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
TEAM = "/projects/pit/team"


async def _memberships(database: Database) -> list[tuple[Any, ...]]:
    async with database.reading() as reader:
        rows = await reader.execute(
            select(Person.slug, Membership.role, Membership.left_on.is_(None), Membership.reason)
            .join(Person, Person.id == Membership.person_id).order_by(Membership.id)
        )
    return [tuple(row) for row in rows]


async def _actions(database: Database) -> list[str]:
    async with database.reading() as reader:
        return list(await reader.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == "project").order_by(AuditEntry.id)
        ))


async def test_owners_give_change_and_end_parts_and_each_part_stays_on_record(
    keeping: Keeping, database: Database
) -> None:
    visit = await keeping()
    async with database.writing() as session:
        ada = await a_person(session, slug="ada", display_name="Ada", claimed_at=LONG_AGO)
        private = await a_person(session, slug="p1", display_name="Private", claimed_at=LONG_AGO, is_public=False)
        session.add(Identity(person_id=private.id, provider=IdentityProvider.GITHUB, subject="1", login="Bo"))
        await a_person(session, slug="unclaimed", display_name="Unclaimed")
        await rebuild(session)
    for typed, says in {
        "": "This is needed.", "unclaimed": "Nobody with an account", "Private": "Nobody with an account",
        "nobody": "Nobody with an account",
    }.items():
        answer = await visit.fill(TEAM, TEAM, person=typed, reason="kept")
        assert (answer.status_code, says in words(answer.text), 'value="kept"' in answer.text) == (400, True, True)
    assert (await visit.fill(TEAM, TEAM, person="ada", role="king")).status_code == 400
    assert (await visit.fill(TEAM, TEAM, person="example-proposer", role="maintainer")).status_code == 409

    for fields in (
        {"person": "Ada", "role": "maintainer", "reason": "helps"}, {"person": "@bo", "role": "contributor"},
        {"person": "/people/ada", "role": "owner"},
    ):
        assert (await visit.fill(TEAM, TEAM, **fields)).status_code == 303
    assert (await visit.fill(TEAM, TEAM, person="ada", role="owner")).status_code == 409
    assert (await visit.fill(TEAM, f"{TEAM}/end", leaver="p1", end_reason="moved")).status_code == 303
    assert (await visit.submit(TEAM, f"{TEAM}/end", leaver="p1")).status_code == 404
    assert await _memberships(database) == [
        ("example-proposer", "owner", True, None), ("ada", "maintainer", False, "helps"),
        ("p1", "contributor", False, "moved"), ("ada", "owner", True, None),
    ]
    assert await _actions(database) == ["member added", "member added", "owner added", "member left"]
    async with database.reading() as reader:
        told = (await reader.execute(select(Notice.person_id, Notice.kind, Notice.path, Notice.facts))).all()
    assert [(row.person_id, row.kind) for row in told] == [
        (ada.id, NoticeKind.MAINTAINER_ADDED), (private.id, NoticeKind.CONTRIBUTOR_ADDED),
        (ada.id, NoticeKind.OWNER_ADDED), (private.id, NoticeKind.PART_ENDED),
    ]
    assert notice_sentence(told[2].kind, told[2].facts) == "Demo Owner 範例坑主 made you an owner of Pit."
    public = await page_of(another_visit(visit.client).client, "/projects/pit")
    assert ("Private" in public, public.count('<a href="/people/ada">')) == (False, 1)
    assert "not shown to the public" in words(await page_of(visit.client, TEAM))
    found = await visit.client.get(f"{TEAM}/people?person=ad")
    assert re.findall(r'<option value="([^"]*)"', found.text) == ["ada"]


async def test_the_last_owner_leaves_only_with_a_word_on_who_comes_next(
    keeping: Keeping, database: Database
) -> None:
    visit = await keeping()
    refused = await visit.fill("/projects/pit/leave", "/projects/pit/leave", reason="kept")
    assert (refused.status_code, 'value="kept"' in refused.text) == (409, True)
    answers = [
        await visit.client.get("/projects/pit/leave"),
        await visit.fill("/projects/pit/leave", "/projects/pit/leave", reason="moving", seeks_owner="yes"),
        await visit.client.get("/projects/pit/leave"),
    ]
    assert [answer.status_code for answer in answers] == [200, 303, 403]
    assert await _memberships(database) == [("example-proposer", "owner", False, "moving")]
    async with database.reading() as reader:
        assert (await reader.execute(select(Need.key, Need.state))).all() == [("owner", "open")]
    assert "A new owner" in await page_of(visit.client, "/projects/pit")
    async with database.writing() as session:
        await a_person(session, slug="ada", display_name="Ada", claimed_at=LONG_AGO)

    organiser = await another_visit(visit.client).play("organiser")
    handed = await organiser.fill("/projects/pit/hand-over", "/projects/pit/hand-over", person="ada")
    assert (handed.status_code, await _memberships(database)) == (
        303, [("example-proposer", "owner", False, "moving"), ("ada", "owner", True, None)]
    )
    async with database.reading() as reader:
        assert (await reader.execute(select(Need.key, Need.state))).all() == [("owner", "filled")]
    assert (await organiser.submit(TEAM, f"{TEAM}/end", leaver="ada")).status_code == 409
    assert await _actions(database) == ["member left", "handed over"]


async def test_an_owner_hands_over_and_stays_as_a_maintainer(keeping: Keeping, database: Database) -> None:
    visit = await keeping()
    async with database.writing() as session:
        await a_person(session, slug="ada", display_name="Ada", claimed_at=LONG_AGO)
    page = "/projects/pit/hand-over"
    himself = await visit.fill(page, page, person="example-proposer")
    assert (himself.status_code, "This is you." in himself.text) == (400, True)
    assert (await visit.fill(page, page, person="ada", reason="time")).status_code == 303
    assert await _memberships(database) == [
        ("example-proposer", "owner", False, "time"), ("ada", "owner", True, "time"),
        ("example-proposer", "maintainer", True, None),
    ]
    assert [(await visit.client.get(f"/projects/pit/{path}")).status_code for path in ("edit/names", "team")] == [
        200, 403
    ]
    shown = words((await page_of(visit.client, "/projects/pit")).split('id="people"')[1])
    assert ("Took part earlier" in shown, shown.index("Ada") < shown.index("Demo Owner")) == (False, True)
