"""A merge loses nothing, and taking it back gives everything back."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry, DuplicateCandidate, Provenance, SlugRedirect
from registry.activity.rules import CandidateState, Subject
from registry.cases.models import AxisAnswer
from registry.cases.rules import Axis
from registry.database.engine import Database
from registry.duplicates.commands import decide_candidate, merge_records, note_candidate, unmerge_records
from registry.duplicates.merging import TABLES, naming
from registry.duplicates.models import Merge
from registry.duplicates.rules import Decision
from registry.errors import BadInput, Conflict, NotAllowed, NotFound
from registry.joining.models import Offer
from registry.people.models import Contribution, Identity, Membership, Person
from registry.people.rules import IdentityProvider, MembershipRole
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectRelation, ProjectTag
from registry.projects.rules import NeedState, RelationKind
from registry.proposals.models import Credit, Proposal
from registry.registrations.models import Registration
from registry.search.models import SearchDocument
from registry.stages.models import CheckpointEvidence, StageChange
from tests.conftest import postgresql_in_trust
from tests.duplicates.contents import contents
from tests.factories import (
    a_credit,
    a_link,
    a_membership,
    a_need,
    a_person,
    a_project,
    a_proposal,
    a_tag,
    an_event,
)

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
ORGANISER = Actor(person_id=1, slug="olga", roles=frozenset({Role.MEMBER, Role.ORGANISER}))
ADMINISTRATOR = Actor(person_id=1, slug="ada", roles=frozenset({Role.MEMBER, Role.ADMINISTRATOR}))
ON_BOTH = settings(
    max_examples=settings().max_examples // 4, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def _merge(session: AsyncSession, kept: Any, gone: Any, subject: Subject = Subject.PROJECT) -> Merge:
    return await merge_records(session, subject=subject, kept=kept.id, gone=gone.id, by=ORGANISER, now=NOW)


async def _two_like_projects(session: AsyncSession) -> tuple[Project, Project]:
    kept = await a_project(session, slug="kept", name={"en": "Budget"}, summary={"en": "Shows it"})
    gone = await a_project(
        session, slug="gone", name={"zh-Hant": "預算視覺化"}, summary={"en": "Other", "zh-Hant": "看預算"},
        code_licence="MIT",
    )
    return kept, gone


async def test_everything_of_the_other_project_moves_and_doubles_are_united(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await _two_like_projects(session)
        early, late = [await an_event(session, starts_on=date(year, 1, 5)) for year in (2013, 2015)]
        await a_proposal(session, event=late, project=kept)
        await a_proposal(session, event=early, project=gone)
        ada, bo = await a_person(session, slug="ada"), await a_person(session, slug="bo")
        await a_membership(session, project=kept, person=ada, role=MembershipRole.CONTRIBUTOR)
        await a_membership(session, project=gone, person=ada, role=MembershipRole.OWNER)
        await a_membership(session, project=gone, person=bo)
        await a_need(session, project=kept, key="designer", state=NeedState.FILLED, filled_on=date(2020, 1, 1))
        await a_need(session, project=gone, key="designer", line={"en": "Draw"}, opened_on=date(2013, 1, 5))
        await a_need(session, project=gone, key="writer")
        await a_link(session, project=kept, url="https://example.org/same")
        await a_link(session, project=gone, url="https://example.org/same", label="Site")
        await a_link(session, project=gone, url="https://example.org/other")
        await a_tag(session, kept, gone)
        await a_tag(session, gone, slug="only-gone")
        session.add_all([
            ProjectRelation(project_id=gone.id, other_id=kept.id, kind=RelationKind.DERIVED_FROM),
            Provenance(subject=Subject.PROJECT, subject_id=gone.id, source="s", file="f", row="1", digest="d",
                       imported_on=NOW.date()),
            AxisAnswer(project_id=kept.id, axis=Axis.TEAM, choices=["a"], text="one", answered_on=None),
            AxisAnswer(project_id=gone.id, axis=Axis.TEAM, choices=["b"], text="two", answered_on=None),
            StageChange(project_id=gone.id, to_stage="idea", reason="r", changed_at=NOW),
        ])
        await session.flush()
        await _merge(session, kept, gone)

        async def found(*columns: Any, owner: Any) -> list[Any]:
            return [tuple(row) for row in await session.execute(select(*columns).where(owner == kept.id))]

        assert sorted(await found(Membership.person_id, Membership.role, owner=Membership.project_id)) == [
            (ada.id, MembershipRole.OWNER), (bo.id, MembershipRole.OWNER),
        ]
        assert sorted(await found(
            Need.key, Need.state, Need.line, Need.opened_on, Need.filled_on, owner=Need.project_id
        )) == [
            ("designer", NeedState.OPEN, {"en": "Draw"}, date(2013, 1, 5), None),
            ("writer", NeedState.OPEN, {}, None, None),
        ]
        assert sorted(await found(Link.url, Link.label, owner=Link.project_id)) == [
            ("https://example.org/other", None), ("https://example.org/same", "Site"),
        ]
        assert len(await found(ProjectTag.tag_id, owner=ProjectTag.project_id)) == 2
        assert await found(ProjectRelation.kind, owner=ProjectRelation.project_id) == []
        assert await found(Provenance.row, owner=Provenance.subject_id) == [("1",)]
        assert await found(AxisAnswer.choices, AxisAnswer.text, owner=AxisAnswer.project_id) == [
            (["a", "b"], "one\ntwo")
        ]
        assert await found(StageChange.to_stage, owner=StageChange.project_id) == [("idea",)]
        assert await found(ProjectAlias.name, owner=ProjectAlias.project_id) == [("預算視覺化",)]
        assert await found(
            Project.summary, Project.code_licence, Project.pitch_count, Project.first_pitched_on,
            Project.last_active_on, owner=Project.id,
        ) == [({"en": "Shows it", "zh-Hant": "看預算"}, "MIT", 2, date(2013, 1, 5), late.starts_on)]
        assert await found(SlugRedirect.old_slug, owner=SlugRedirect.subject_id) == [("gone",)]
        assert await found(func.count(Proposal.id), owner=Proposal.project_id) == [(2,)]
        audits = (await session.execute(select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject_id))).all()
        assert audits == [("person:olga", "merged", kept.id)]
        documents = select(SearchDocument.slug).where(SearchDocument.subject == Subject.PROJECT)
        assert list(await session.scalars(documents)) == ["kept"]


@st.composite
def _records(draw: Any) -> dict[str, Any]:
    """What hangs on two projects, and on two people in them, with many doubles."""
    def few(**columns: Any) -> Any:
        return draw(st.lists(st.fixed_dictionaries({"on": st.booleans(), **columns}), max_size=3))

    day = st.sampled_from([None, date(2013, 1, 5), date(2014, 2, 2)])
    return {
        "needs": few(key=st.sampled_from(["designer", "writer"]), state=st.sampled_from(NeedState), opened_on=day),
        "links": few(number=st.integers(0, 2), label=st.sampled_from([None, "x"])),
        "members": few(person=st.booleans(), role=st.sampled_from(MembershipRole), left_on=day),
        "pitches": few(credits=st.lists(st.booleans(), max_size=2, unique=True)),
        "tags": few(), "aliases": few(name=st.sampled_from("ab")),
        "answers": few(axis=st.sampled_from([Axis.TEAM, Axis.GOALS]), answered_on=day, text=st.sampled_from("xy")),
        "evidence": few(checkpoint_key=st.sampled_from("pq"), note=st.sampled_from([None, "n"])),
        "contributions": few(person=st.booleans(), kind=st.sampled_from(["commit", "demoed"])),
        "relations": few(kind=st.sampled_from(RelationKind)),
        "pairs": few(),
    }


def _once(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Rows without those that the tables' own keys refuse."""
    return list({tuple(row[name] for name in names): row for row in rows}.values())


async def _build(session: AsyncSession, said: dict[str, Any]) -> tuple[list[Project], list[Person]]:
    projects = [await a_project(session), await a_project(session)]
    people = [await a_person(session), await a_person(session)]
    third, event = await a_project(session), await an_event(session)
    for need in _once(said["needs"], "on", "key"):
        await a_need(session, project=projects[need.pop("on")], **need)
    for link in _once(said["links"], "on", "number"):
        await a_link(session, project=projects[link["on"]], url=f"https://example.org/l{link['number']}",
                     label=link["label"])
    for member in said["members"]:
        membership = await a_membership(
            session, project=projects[member["on"]], person=people[member["person"]], role=member["role"]
        )
        membership.left_on = member["left_on"]
    for number, pitch in enumerate(said["pitches"]):
        project = projects[pitch["on"]]
        proposal = await a_proposal(session, event=event, project=project, slug=f"{project.slug}-{number}")
        for credit in pitch["credits"]:
            await a_credit(session, proposal=proposal, person=people[credit])
    await a_tag(session, *[projects[on] for on in {tag["on"] for tag in said["tags"]}])
    session.add_all([
        *(ProjectAlias(project_id=projects[one["on"]].id, name=one["name"], normalised=one["name"])
          for one in _once(said["aliases"], "on", "name")),
        *(AxisAnswer(project_id=projects[one.pop("on")].id, choices=[one["text"]], **one)
          for one in _once(said["answers"], "on", "axis", "answered_on")),
        *(CheckpointEvidence(project_id=projects[one.pop("on")].id, source="s", noted_at=NOW, **one)
          for one in said["evidence"]),
        *(Contribution(person_id=people[one["person"]].id, project_id=projects[one["on"]].id, kind=one["kind"],
                       source="s", happened_on=NOW.date()) for one in said["contributions"]),
        *(ProjectRelation(project_id=third.id, other_id=projects[one["on"]].id, kind=one["kind"])
          for one in _once(said["relations"], "on", "kind")),
        *(DuplicateCandidate(subject=Subject.PROJECT, left_id=projects[on].id, right_id=third.id, likeness=0.5,
                             found_at=NOW) for on in {one["on"] for one in said["pairs"]}),
        *(Registration(event_id=event.id, person_id=person.id, badge_name="x") for person in people),
    ])
    await session.flush()
    return projects, people


@postgresql_in_trust
@ON_BOTH
@given(_records(), st.booleans())
async def test_a_merge_that_is_taken_back_leaves_every_table_as_it_was(
    database: Database, said: dict[str, Any], keeps_first: bool
) -> None:
    async with database.writing() as session:
        (projects, people) = await _build(session, said)
        before = await contents(session)
        merges = [
            await _merge(session, pair[not keeps_first], pair[keeps_first], subject)
            for subject, pair in ((Subject.PROJECT, projects), (Subject.PERSON, people))
        ]
        gone = {Subject.PROJECT: merges[0].gone_id, Subject.PERSON: merges[1].gone_id}
        for subject, row_id in gone.items():  # nothing names what went any more
            for column in naming(TABLES[subject]):
                left = select(func.count()).select_from(column.table).where(column == row_id)
                if column.name == "subject_id":
                    left = left.where(column.table.c.subject == subject)
                assert await session.scalar(left) == 0, column
        assert await contents(session) != before
        for merge in reversed(merges):
            assert await unmerge_records(session, merge_id=merge.id, by=ORGANISER, now=NOW) == []
        assert await contents(session) == before


async def test_what_changed_since_a_merge_stays_and_is_named(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await _two_like_projects(session)
        event = await an_event(session)
        await a_proposal(session, event=event, project=gone)
        link = await a_link(session, project=gone, url="https://example.org/a")
        merge = await _merge(session, kept, gone)
        new = await an_event(session)
        await session.refresh(kept)
        await session.refresh(link)
        await a_proposal(session, event=new, project=kept)
        kept.summary = {"en": "New words"}
        await session.delete(link)
        await session.flush()
        assert await unmerge_records(session, merge_id=merge.id, by=ORGANISER, now=NOW) == ["links", "projects"]
        for project in (kept, gone):
            await session.refresh(project)
        assert (kept.summary, kept.pitch_count, kept.code_licence) == ({"en": "New words"}, 1, None)
        assert (gone.pitch_count, gone.hidden_at, gone.first_pitched_on) == (1, None, event.starts_on)


async def test_offers_of_one_person_to_both_projects_become_one(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await _two_like_projects(session)
        person = await a_person(session)
        session.add_all(Offer(project_id=one.id, person_id=person.id, note=one.slug) for one in (kept, gone))
        await session.flush()
        before = await contents(session)
        merge = await _merge(session, kept, gone)
        offers = (await session.execute(select(Offer.project_id, Offer.note))).all()
        assert offers == [(kept.id, "kept\ngone")]
        assert await unmerge_records(session, merge_id=merge.id, by=ORGANISER, now=NOW) == []
        assert await contents(session) == before


async def test_a_double_comes_back_even_when_its_number_was_given_to_another_row(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await _two_like_projects(session)
        await a_need(session, project=kept)
        await a_need(session, project=gone, line={"en": "of the one that goes"})
        merge = await _merge(session, kept, gone)
        await a_need(session, project=await a_project(session), key="writer")  # on SQLite, with the number set free
        assert await unmerge_records(session, merge_id=merge.id, by=ORGANISER, now=NOW) == []
        lines = await session.scalars(select(Need.line).where(Need.project_id == gone.id))
        assert list(lines) == [{"en": "of the one that goes"}]


async def test_two_organisers_who_merge_one_pair_at_once_do_it_once(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await _two_like_projects(session)

    async def decide(one: Project, other: Project) -> str:
        try:
            async with database.writing() as session:
                return str((await _merge(session, one, other)).kept_id)
        except Conflict:
            return "conflict"

    same = await asyncio.gather(*(decide(kept, gone) for _ in range(4)))
    assert same == [str(kept.id)] * 4
    assert await decide(gone, kept) == "conflict"
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count(Merge.id))) == 1
        assert await reader.scalar(select(func.count(AuditEntry.id))) == 1


async def test_a_merge_into_a_record_that_went_on_is_taken_back_last_first(database: Database) -> None:
    async with database.writing() as session:
        first, second, third = [await a_project(session) for _ in range(3)]
        before = await contents(session)
        earlier, later = await _merge(session, second, first), await _merge(session, third, second)
        with pytest.raises(Conflict, match="Take that back first"):
            await unmerge_records(session, merge_id=earlier.id, by=ORGANISER, now=NOW)
        for merge in (later, earlier):
            await unmerge_records(session, merge_id=merge.id, by=ORGANISER, now=NOW)
        assert await contents(session) == before
        with pytest.raises(Conflict, match="already"):
            await unmerge_records(session, merge_id=later.id, by=ORGANISER, now=NOW)


async def test_only_an_administrator_merges_away_someone_who_signs_in(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await a_person(session), await a_person(session)
        session.add(Identity(person_id=gone.id, provider=IdentityProvider.GITHUB, subject="1", login="a"))
        await session.flush()
        with pytest.raises(NotAllowed):
            await _merge(session, kept, gone, Subject.PERSON)
        await merge_records(
            session, subject=Subject.PERSON, kept=kept.id, gone=gone.id, by=ADMINISTRATOR, now=NOW
        )
        assert list(await session.scalars(select(Identity.person_id))) == [kept.id]


async def test_what_cannot_be_merged_is_refused_with_its_reason(database: Database) -> None:
    async with database.writing() as session:
        kept, hidden = await a_project(session), await a_project(session, hidden_at=NOW)
        with pytest.raises(BadInput):
            await _merge(session, kept, kept)
        with pytest.raises(Conflict, match="hidden"):
            await _merge(session, kept, hidden)
        with pytest.raises(NotFound):
            await merge_records(session, subject=Subject.PROJECT, kept=kept.id, gone=9999, by=ORGANISER, now=NOW)


async def test_people_share_their_credits_and_events_their_pitches_after_a_merge(database: Database) -> None:
    async with database.writing() as session:
        event, same_event, project = await an_event(session), await an_event(session), await a_project(session)
        proposal = await a_proposal(session, event=same_event, project=project)
        ada, same_ada = await a_person(session), await a_person(session, slug="ada-2")
        for person in (ada, same_ada):
            await a_credit(session, proposal=proposal, person=person)
        await _merge(session, ada, same_ada, Subject.PERSON)
        await _merge(session, event, same_event, Subject.EVENT)
        assert list(await session.scalars(select(Credit.person_id))) == [ada.id]
        assert list(await session.scalars(select(Proposal.event_id))) == [event.id]


async def test_a_decided_pair_is_merged_and_pairs_of_the_one_that_went_follow(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await _two_like_projects(session)
        third = await a_project(session)
        pair, other = [
            await note_candidate(session, subject=Subject.PROJECT, one=gone.id, other=one.id, by=ORGANISER, now=NOW)
            for one in (kept, third)
        ]
        await decide_candidate(
            session, candidate_id=pair.id, decision=Decision.KEEP_LEFT, by=ORGANISER, now=NOW
        )
        await session.refresh(other)
        assert (pair.state, pair.decided_by) == (CandidateState.SAME, "person:olga")
        assert (other.state, other.left_id, other.right_id) == (CandidateState.OPEN, kept.id, third.id)
        with pytest.raises(Conflict):
            await decide_candidate(
                session, candidate_id=pair.id, decision=Decision.DIFFERENT, by=ORGANISER, now=NOW
            )
