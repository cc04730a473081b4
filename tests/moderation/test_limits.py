"""How much an account may make, and how an organiser takes all of it away and back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.accounts.queries import VISITOR
from registry.accounts.rules import Role
from registry.activity.commands import note_change
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.app import create_app
from registry.claims.models import Claim
from registry.database.engine import Database
from registry.errors import TooMany
from registry.joining.models import Offer
from registry.moderation.limits import refuse_too_many
from registry.moderation.models import Report
from registry.moderation.rules import Allowance, wait_for_next
from registry.people.models import Person
from registry.people.rules import MembershipRole
from registry.projects.models import Project, Update
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_membership, a_person, a_project
from tests.moderation.acts import NOW, acting
from tests.pages import main_of, words
from tests.visits import BASE, Visit, another_visit, visit_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENTS = st.lists(st.integers(0, 3 * 86_400).map(lambda second: NOW - timedelta(seconds=second)), max_size=40)
ALLOWANCES = st.lists(st.builds(Allowance, st.integers(1, 20), st.sampled_from([HOUR, DAY])), min_size=1, max_size=2)


@pytest.mark.parametrize(("minutes_ago", "wait"), [
    ([], None), ([10], None), ([10, 20], timedelta(minutes=40)), ([10, 60], None), ([0, 59], timedelta(minutes=1)),
    ([1, 2, 3], timedelta(minutes=58)),
])
def test_two_an_hour(minutes_ago: list[int], wait: timedelta | None) -> None:
    done_at = [NOW - timedelta(minutes=minutes) for minutes in minutes_ago]
    assert wait_for_next(done_at, now=NOW, allowances=[Allowance(2, HOUR)]) == wait


@given(MOMENTS, ALLOWANCES)
def test_after_the_wait_one_more_fits_and_never_before(done_at: list[datetime], allowances: list[Allowance]) -> None:
    wait = wait_for_next(done_at, now=NOW, allowances=allowances)
    if wait is None:
        assert all(sum(NOW - within < moment for moment in done_at) < count for count, within in allowances)
    else:
        assert wait > timedelta(0)
        assert wait_for_next(done_at, now=NOW + wait, allowances=allowances) is None
        just_before = NOW + wait - timedelta(microseconds=1)
        assert wait_for_next(done_at, now=just_before, allowances=allowances) is not None


async def _made(database: Database, person: Person, count: int, *roles: Role, now: datetime = NOW) -> int:
    """How many of ``count`` pitches in a row an account gets through."""
    made = 0
    for _number in range(count):
        try:
            async with database.writing() as session:
                await refuse_too_many(session, by=acting(person, *roles), action="pitched", now=now)
                note_change(session, now=now, actor=f"person:{person.slug}", action="pitched",
                            subject=Subject.PROPOSAL, subject_id=1)
            made += 1
        except TooMany as refusal:
            assert 0 < refusal.seconds <= 86_400  # noqa: PT017 — the others go on
    return made


@postgresql_in_trust
async def test_a_flood_from_a_new_account_is_held_and_others_notice_nothing(database: Database) -> None:
    async with database.writing() as session:
        flooder, other = await a_person(session, claimed_at=NOW), await a_person(session, claimed_at=NOW)
    assert await _made(database, flooder, 40) == 10
    assert await _made(database, other, 3) == 3
    assert await _made(database, flooder, 20, now=NOW + HOUR) == 10
    assert await _made(database, flooder, 20, now=NOW + 2 * HOUR) == 10
    assert await _made(database, flooder, 5, now=NOW + 3 * HOUR) == 0
    assert await _made(database, flooder, 1, now=NOW + DAY) == 1


@postgresql_in_trust
async def test_age_or_a_team_of_others_raises_the_limit_and_organisers_have_none(database: Database) -> None:
    async with database.writing() as session:
        old = await a_person(session, claimed_at=NOW - 15 * DAY)
        taken_in, alone = await a_person(session, claimed_at=NOW), await a_person(session, claimed_at=NOW)
        organiser = await a_person(session, claimed_at=NOW)
        theirs, own = await a_project(session), await a_project(session)
        await a_membership(session, project=theirs, person=old)
        await a_membership(session, project=theirs, person=taken_in, role=MembershipRole.CONTRIBUTOR)
        await a_membership(session, project=own, person=alone)
    assert await _made(database, old, 62) == 60
    assert await _made(database, taken_in, 12) == 12
    assert await _made(database, alone, 12) == 10
    assert await _made(database, organiser, 12, Role.ORGANISER) == 12
    async with database.writing() as session:
        await refuse_too_many(session, by=VISITOR, action="pitched", now=NOW)


@postgresql_in_trust
async def test_sign_ins_from_one_address_are_limited(settings: Settings) -> None:
    limited = settings.model_copy(update={"sign_ins_a_minute": 3})
    async with AsyncTestClient(create_app(limited), base_url=BASE) as client:
        visit = visit_to(client)
        answers = [await visit.submit("/sign-in", "/sign-in/as/owner") for _number in range(5)]
        assert [one.status_code for one in answers] == [303] * 3 + [429] * 2
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        assert "Go on in 1 minute." in answers[-1].text
        assert (await visit.client.get("/sign-in")).status_code == 200


async def test_an_organiser_hides_all_that_an_account_made_and_takes_it_back(
    visit: Visit, database: Database
) -> None:
    now = datetime.now(NOW.tzinfo)
    async with database.writing() as session:
        spammer = await a_person(session, slug="spammer", claimed_at=now)
        label = f"person:{spammer.slug}"
        made = [await a_project(session, slug=f"spam-{number}") for number in range(3)]
        old, edited = await a_project(session, slug="old"), await a_project(session, slug="edited")
        for project, at, actor in (
            *((one, now, label) for one in made), (old, now - timedelta(days=40), label), (edited, now, "person:else"),
            (edited, now, label),
        ):
            note_change(session, now=at, actor=actor, action="founded", subject=Subject.PROJECT,
                        subject_id=project.id)
            await session.flush()
        session.add(Report(subject=Subject.PROJECT, subject_id=old.id, reason="spam", text="", reported_at=now,
                           reporter_id=spammer.id))
    page = "/moderate/people/spammer"
    await visit.play("organiser")
    answer = await visit.fill(page, f"{page}/hide", reason="Spam")
    assert answer.headers["location"] == f"{page}?done=hidden"
    assert await _hidden(database) == ["spam-0", "spam-1", "spam-2"]
    reader = another_visit(visit.client)
    statuses = [(await reader.client.get(f"/projects/{one}")).status_code for one in ("spam-1", "old", "edited")]
    assert statuses == [410, 200, 200]
    again = await visit.fill(page, f"{page}/hide", reason="Spam")
    assert (again.status_code, "nothing lately" in again.text) == (409, True)
    answer = await visit.submit(page, f"{page}/show/1")
    assert answer.headers["location"] == f"{page}?done=undone"
    assert await _hidden(database) == []
    async with database.reading() as rows:
        assert await rows.scalar(select(Report.state)) == "open"
        acts = await rows.scalar(select(func.count()).where(AuditEntry.action.in_(["creations hidden", "restored"])))
    assert acts == 4


async def test_updates_offers_and_claims_go_with_it_and_come_back(visit: Visit, database: Database) -> None:
    now = datetime.now(NOW.tzinfo)
    async with database.writing() as session:
        spammer, other = await a_person(session, slug="spammer", claimed_at=now), await a_person(session)
        pit = await a_project(session, slug="pit")
        for person in (spammer, other):
            session.add_all([
                Update(project_id=pit.id, author_id=person.id, text={"en": f"Buy {person.slug}"}, posted_at=now,
                       text_html={"en": f"<p>Buy {person.slug}</p>"}),
                Offer(project_id=pit.id, person_id=person.id, note="Buy", created_at=now, updated_at=now),
                Claim(subject=Subject.PROJECT, subject_id=pit.id, claimer_id=person.id, evidence="Buy", made_at=now),
            ])
    page = "/moderate/people/spammer"
    await visit.play("organiser")
    shown = words(main_of((await visit.client.get(page)).text))
    assert "1 update 1 offer of help that waits for an answer 1 claim that waits for an answer" in shown
    assert (await visit.fill(page, f"{page}/hide", reason="Spam")).status_code == 303
    updates = main_of((await visit.client.get("/projects/pit/updates")).text)
    assert ("Buy spammer" in updates, f"Buy {other.slug}" in updates) == (False, True)
    assert await _states(database, spammer) == ["withdrawn", "withdrawn"]
    assert await _states(database, other) == ["open", "open"]
    assert (await visit.submit(page, f"{page}/show/1")).status_code == 303
    assert "Buy spammer" in (await visit.client.get("/projects/pit/updates")).text
    assert await _states(database, spammer) == ["open", "open"]


async def _states(database: Database, person: Person) -> list[str]:
    """Of a person's offer and of their claim."""
    async with database.reading() as reader:
        offer = await reader.scalar(select(Offer.state).where(Offer.person_id == person.id))
        claim = await reader.scalar(select(Claim.state).where(Claim.claimer_id == person.id))
    return [str(offer), str(claim)]


async def _hidden(database: Database) -> list[str]:
    async with database.reading() as reader:
        found = await reader.execute(select(Project.slug).where(Project.hidden_at.is_not(None)).order_by(Project.slug))
    return [slug for (slug,) in found]


@postgresql_in_trust
async def test_a_new_account_begins_only_so_many_pitches_even_anonymous_ones(settings: Settings) -> None:
    few = settings.model_copy(update={"new_account_hourly": 2})
    async with AsyncTestClient(create_app(few), base_url=BASE) as client:
        flooder, other = visit_to(client), another_visit(client)
        for visit, part in ((flooder, "proposer"), (other, "owner")):
            await visit.play(part)
        begun = [
            await visit.fill("/pitch", "/pitch", title=f"Pit {number}", sentence="We dig.")
            for visit, number in ((flooder, 1), (flooder, 2), (flooder, 3), (other, 4))
        ]
    assert [one.status_code for one in begun] == [303, 303, 429, 303]
    assert (int(begun[2].headers["retry-after"]) > 0, "Pit 3" in begun[2].text) == (True, True)
