from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.errors import BadInput, Conflict, EditConflict, NotAllowed, NotFound
from registry.handbook import ladder
from registry.inbox.models import Notice
from registry.people.rules import MembershipRole
from registry.projects.models import Project, ProjectRelation
from registry.projects.rules import RelationKind, Standing
from registry.stages.commands import (
    SameStage,
    SameStanding,
    advance_stage,
    answer_dormancy,
    change_standing,
    propose_dormant,
    say_evidence,
    withdraw_evidence,
)
from registry.stages.models import CheckpointEvidence, DormancyQuestion, StageChange, StandingChange
from registry.stages.queries import turns_of
from registry.stages.rules import AliveAnswer
from tests.conftest import postgresql_in_trust
from tests.factories import a_link, a_membership, a_person, a_project
from tests.stages.keepers import NOW, a_kept_project, actor_for

KEYS = [stage.key for stage in ladder().stage]
CHECKPOINTS = {stage.key: [one.key for one in stage.checkpoint] for stage in ladder().stage}
QUIET = timedelta(days=730)
LONG_AGO = date(2020, 1, 1)


async def _move(session: AsyncSession, project: Project, by: Actor, to: str, **fields: Any) -> StageChange:
    return await advance_stage(session, **{
        "slug": project.slug, "to": to, "reason": "It is time.", "revision": project.revision, "by": by, "now": NOW,
        **fields,
    })


async def _stand(session: AsyncSession, project: Project, by: Actor, to: str, **fields: Any) -> StandingChange:
    return await change_standing(session, **{
        "slug": project.slug, "to": to, "reason": "So it is.", "succeeded_by": "", "revision": project.revision,
        "quiet_before": LONG_AGO, "by": by, "now": NOW, **fields,
    })


async def _actions(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


async def test_a_move_records_who_when_why_and_what_was_unmet(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, last_active_on=LONG_AGO)
        await a_link(session, project=project, kind="note")
        await say_evidence(
            session, slug=project.slug, checkpoint="similar-projects", note="Two", url="", by=owner, now=NOW
        )
        change = await _move(session, project, owner, "blueprint")
        assert (change.from_stage, change.to_stage, change.reason, change.by_person_id, change.changed_at) == (
            "idea", "blueprint", "It is time.", owner.person_id, NOW,
        )
        assert change.unmet_checkpoints == ["problem-written", "data-sources", "pitched"]
        assert (project.stage_key, project.last_active_on) == ("blueprint", NOW.date())
        audited = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "stage moved"))).one()
        assert (audited.actor, audited.changes["stage_key"], audited.changes["reason"]) == (
            owner.label, ["idea", "blueprint"], [None, "It is time."],
        )


async def test_a_link_that_is_dead_shows_nothing(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        await a_link(session, project=project, kind="note", health="dead")
        change = await _move(session, project, owner, "blueprint")
        assert change.unmet_checkpoints == CHECKPOINTS["idea"]


@postgresql_in_trust
async def test_going_back_leaves_nothing_unmet_and_going_on_again_says_it_again(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        unmet = [
            (await _move(session, project, owner, to, now=NOW + timedelta(days=days))).unmet_checkpoints
            for days, to in enumerate(["release", "idea", "blueprint"])
        ]
        assert unmet == [
            [*CHECKPOINTS["idea"], *CHECKPOINTS["blueprint"], *CHECKPOINTS["prototype"]], [], CHECKPOINTS["idea"],
        ]
        turns = await turns_of(session, project.id, size=10, offset=0)
        assert [(turn.came_from, turn.went_to) for turn in turns] == [
            ("idea", "blueprint"), ("release", "idea"), ("idea", "release"),
        ]


@postgresql_in_trust
@given(wishes=st.lists(st.sampled_from(KEYS), min_size=1, max_size=8))
@settings(
    max_examples=settings().max_examples // 4, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_any_sequence_of_moves_leaves_a_history_without_gaps(database: Database, wishes: list[str]) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        for day, to in enumerate(wishes):
            here = project.stage_key
            if to == here:
                with pytest.raises(SameStage):
                    await _move(session, project, owner, to)
            else:
                await _move(session, project, owner, to, now=NOW + timedelta(days=day))
        turns = (await turns_of(session, project.id, size=20, offset=0))[::-1]
        assert [turn.came_from for turn in turns] == ["idea", *(turn.went_to for turn in turns)][:len(turns)]
        assert project.stage_key == (turns[-1].went_to if turns else "idea")
        assert [turn.unmet == [] for turn in turns] == [
            KEYS.index(turn.went_to) < KEYS.index(turn.came_from or "") for turn in turns
        ]
        await session.rollback()


@postgresql_in_trust
@pytest.mark.parametrize(("fields", "error", "words"), [
    ({"to": "idea"}, SameStage, "The project stands on “Explore” already. Choose another stage."),
    ({"to": "blueprint", "reason": " "}, BadInput, "One field needs another look. Nothing was changed yet."),
    ({"to": "nowhere"}, BadInput, "One field needs another look. Nothing was changed yet."),
    ({"to": "blueprint", "revision": 0}, EditConflict, "Somebody else has changed this since you opened it."),
    ({"to": "blueprint", "slug": "none"}, NotFound, "There is no such project."),
])
async def test_a_move_that_cannot_be_is_refused_in_a_sentence(
    database: Database, fields: dict[str, Any], error: type[Exception], words: str
) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        with pytest.raises(error, match=words.replace(".", r"\.")):
            await _move(session, project, owner, **fields)
        assert (project.stage_key, await _actions(session)) == ("idea", [])


@postgresql_in_trust
@pytest.mark.parametrize(("role", "may"), [
    (MembershipRole.OWNER, True), (MembershipRole.MAINTAINER, True), (MembershipRole.CONTRIBUTOR, False),
])
async def test_those_who_keep_the_project_may_and_others_may_not(
    database: Database, role: MembershipRole, may: bool
) -> None:
    async with database.writing() as session:
        project, by = await a_kept_project(session, role=role)
        _other, stranger = await a_kept_project(session)
        organiser = actor_for(await a_person(session), Role.ORGANISER)
        works: list[Callable[[Actor], Awaitable[Any]]] = [
            lambda by: say_evidence(
                session, slug=project.slug, checkpoint="data-sources", note="x", url="", by=by, now=NOW),
            lambda by: _move(session, project, by, "release" if project.stage_key == "idea" else "idea"),
            lambda by: _stand(session, project, by, "retired" if project.standing == "active" else "active"),
            lambda by: withdraw_evidence(session, slug=project.slug, evidence_id=1, by=by, now=NOW),
            lambda by: answer_dormancy(session, slug=project.slug, answer=AliveAnswer.ALIVE, by=by, now=NOW),
        ]
        for work in works:
            for actor, is_let in ((by, may), (stranger, False), (organiser, True)):
                try:
                    await work(actor)
                    was_let = True
                except NotAllowed:
                    was_let = False
                except (NotFound, Conflict):
                    was_let = True  # past the right, to what is not there
                assert was_let is is_let


async def test_evidence_is_said_and_withdrawn_and_the_audit_keeps_both(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        said = await say_evidence(
            session, slug=project.slug, checkpoint="data-sources", note=" Land register ", url="example.org/a",
            by=owner, now=NOW,
        )
        assert (said.source, said.note, said.url, said.said_by_id, said.noted_at) == (
            "person", "Land register", "https://example.org/a", owner.person_id, NOW,
        )
        with pytest.raises(NotFound):
            await withdraw_evidence(
                session, slug=(await a_kept_project(session))[0].slug, evidence_id=said.id,
                by=actor_for(await a_person(session), Role.ORGANISER), now=NOW,
            )
        await withdraw_evidence(session, slug=project.slug, evidence_id=said.id, by=owner, now=NOW)
        assert list(await session.scalars(select(CheckpointEvidence))) == []
        facts = {"checkpoint": "data-sources", "note": "Land register", "url": "https://example.org/a"}
        audited = {one.action: one.changes["evidence"] for one in await session.scalars(select(AuditEntry))}
        assert audited == {"evidence said": [None, facts], "evidence withdrawn": [facts, None]}


@postgresql_in_trust
@pytest.mark.parametrize(("fields", "error"), [
    ({"note": "", "url": ""}, BadInput), ({"url": "javascript:alert(1)"}, BadInput), ({"note": "x" * 501}, BadInput),
    ({"checkpoint": "gone"}, NotFound), ({"checkpoint": "readme"}, Conflict),
])
async def test_evidence_that_says_nothing_or_is_not_asked_for_is_refused(
    database: Database, fields: dict[str, str], error: type[Exception]
) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        with pytest.raises(error):
            await say_evidence(session, **{  # type: ignore[arg-type]
                "slug": project.slug, "checkpoint": "data-sources", "note": "x", "url": "", "by": owner, "now": NOW,
                **fields,
            })
        assert list(await session.scalars(select(CheckpointEvidence))) == []


async def test_what_the_sync_found_cannot_be_withdrawn(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        found = CheckpointEvidence(project_id=project.id, checkpoint_key="readme", source="sync", noted_at=NOW)
        session.add(found)
        await session.flush()
        with pytest.raises(NotFound):
            await withdraw_evidence(session, slug=project.slug, evidence_id=found.id, by=owner, now=NOW)


async def test_a_succeeded_project_is_related_to_its_successor_once(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session)
        heir, hidden = await a_project(session, slug="heir"), await a_project(session, hidden_at=NOW)
        for wish in ("", "none", project.slug, hidden.slug):
            with pytest.raises(BadInput) as refused:
                await _stand(session, project, owner, "succeeded", succeeded_by=wish)
            assert [one.name for one in refused.value.errors] == ["succeeded_by"]
        await _stand(session, project, owner, "succeeded", succeeded_by="https://keng.example/projects/heir/")
        await _stand(session, project, owner, "active")
        await _stand(session, project, owner, "succeeded", succeeded_by="heir")
        relations = [
            (one.project_id, one.other_id, one.kind) for one in await session.scalars(select(ProjectRelation))
        ]
        assert relations == [(project.id, heir.id, RelationKind.SUCCEEDED_BY)]
        changes = list(await session.scalars(select(StandingChange).order_by(StandingChange.id)))
        assert [(one.to_standing, one.other_id) for one in changes] == [
            ("succeeded", heir.id), ("active", None), ("succeeded", heir.id),
        ]
        assert await _actions(session) == ["standing changed"] * 3


async def test_a_standing_it_has_is_refused_but_a_quiet_project_can_be_woken(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, last_active_on=date(2019, 5, 1))
        await _stand(session, project, owner, "active")
        assert project.last_active_on == NOW.date()
        with pytest.raises(SameStanding):
            await _stand(session, project, owner, "active")


async def _questions(session: AsyncSession) -> list[tuple[int, datetime, AliveAnswer | None]]:
    rows = await session.execute(
        select(DormancyQuestion.project_id, DormancyQuestion.asked_at, DormancyQuestion.answer)
        .order_by(DormancyQuestion.id)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


async def test_owners_of_quiet_projects_are_asked_once(database: Database) -> None:
    async with database.writing() as session:
        quiet, owner = await a_kept_project(session, last_active_on=LONG_AGO, name={"en": "Quiet"})
        await a_membership(session, project=quiet, person=await a_person(session), role=MembershipRole.CONTRIBUTOR)
        orphan = await a_project(session, last_active_on=LONG_AGO)
        await a_kept_project(session, last_active_on=NOW.date())
        await a_kept_project(session, last_active_on=LONG_AGO, standing=Standing.DORMANT)
        await a_kept_project(session, last_active_on=LONG_AGO, hidden_at=NOW)
        asked = [await propose_dormant(session, now=NOW + timedelta(days=days), quiet_after=QUIET) for days in (0, 400)]
        assert asked == [2, 0]
        assert await _questions(session) == [(quiet.id, NOW, None), (orphan.id, NOW, None)]
        told = [(one.person_id, one.path, one.facts) for one in await session.scalars(select(Notice))]
        assert told == [(owner.person_id, f"/projects/{quiet.slug}/stage#alive", {"project": {"en": "Quiet"}})]


@postgresql_in_trust
@pytest.mark.parametrize(("answer", "standing", "actions"), [
    (AliveAnswer.ALIVE, Standing.ACTIVE, ["found alive"]),
    (AliveAnswer.RESTING, Standing.DORMANT, ["standing changed"]),
    (AliveAnswer.ENDED, Standing.RETIRED, ["standing changed"]),
])
async def test_an_answer_leaves_the_project_as_it_says_and_counts_once(
    database: Database, answer: AliveAnswer, standing: Standing, actions: list[str]
) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, last_active_on=LONG_AGO)
        await propose_dormant(session, now=NOW, quiet_after=QUIET)
        later = NOW + timedelta(days=1)
        await answer_dormancy(session, slug=project.slug, answer=answer, by=owner, now=later)
        assert (project.standing, await _actions(session)) == (standing, actions)
        assert (project.last_active_on == later.date()) is (answer is AliveAnswer.ALIVE)
        with pytest.raises(Conflict):
            await answer_dormancy(session, slug=project.slug, answer=answer, by=owner, now=later)


async def test_who_said_alive_is_asked_again_once_it_is_quiet_again(database: Database) -> None:
    async with database.writing() as session:
        project, owner = await a_kept_project(session, last_active_on=LONG_AGO)
        await propose_dormant(session, now=NOW, quiet_after=QUIET)
        await answer_dormancy(session, slug=project.slug, answer=AliveAnswer.ALIVE, by=owner, now=NOW)
        days = [1, 364, 729, 731, 732]
        asked = [await propose_dormant(session, now=NOW + timedelta(days=one), quiet_after=QUIET) for one in days]
        assert asked == [0, 0, 0, 1, 0]
