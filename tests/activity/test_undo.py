"""Taking changes back: never over somebody's later words, and all of them, last first, to where it began."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.commands import note_change
from registry.activity.differences import Mark, differences, text_pieces
from registry.activity.models import AuditEntry
from registry.activity.rules import Changed, Stuck, Subject, changes_of, plan_undo
from registry.activity.undo import undo_change
from registry.database.engine import Database
from registry.duplicates.commands import merge_records
from registry.errors import Conflict, NotAllowed, NotFound
from registry.events.rules import Attendance
from registry.projects.commands.parts import set_project_parts
from registry.projects.models import Project, ProjectAlias
from tests.conftest import postgresql_in_trust
from tests.duplicates.contents import contents
from tests.factories import a_link, a_project, a_proposal, a_tag, an_event

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
OWNER = Actor(person_id=1, slug="olga", roles=frozenset({Role.MEMBER}))
ORGANISER = Actor(person_id=2, slug="gus", roles=frozenset({Role.MEMBER, Role.ORGANISER}))
FIELDS = st.sampled_from("abc")
VALUES = st.sampled_from([None, "x", "y", {"en": "z"}, ["p", "q"], ["q", "p"], 1, True])


@given(
    st.dictionaries(FIELDS, VALUES, min_size=3),
    st.lists(st.one_of(st.dictionaries(FIELDS, VALUES, min_size=1), st.integers(0, 20)), max_size=12),
)
def test_whatever_was_edited_and_taken_back_all_of_it_last_first_leads_to_the_beginning(
    first: dict[str, Any], steps: list[Any]
) -> None:
    state, log = dict(first), []

    def do(new: dict[str, Any]) -> None:
        change = {name: Changed(state[name], value) for name, value in new.items() if state[name] != value}
        state.update(new)
        log.append(change)

    for step in steps:
        if isinstance(step, dict):
            do(step)
        elif log:
            plan = plan_undo(state, log[step % len(log)])
            assert all(state[name] == stuck.now for name, stuck in plan.stuck.items())
            do(plan.back)
    for change in reversed(list(log)):
        plan = plan_undo(state, change)
        assert plan.stuck == {}
        state.update(plan.back)
    assert state == first


def test_later_words_and_what_cannot_be_set_stay() -> None:
    change = {"name": Changed("a", "b"), "summary": Changed("", "c"), "team": Changed([], ["x"])}
    plan = plan_undo({"name": "b", "summary": "later"}, change)
    assert plan.back == {"name": "a"}
    assert plan.stuck == {"summary": Stuck("", "c", "later"), "team": Stuck([], ["x"], None)}


def test_an_import_notes_what_it_added_even_where_that_looks_like_a_pair() -> None:
    assert changes_of("import.fill", {"aliases": ["a", "b"]}) == {"aliases": Changed(None, ["a", "b"])}
    assert changes_of("undone", {"undid": [None, 3], "name": ["a", "b"]}) == {"name": Changed("a", "b")}


@given(st.text(alphabet="ab 坑松\n", max_size=40), st.text(alphabet="ab 坑松\n", max_size=40))
def test_the_pieces_of_a_difference_hold_both_texts(before: str, after: str) -> None:
    pieces = text_pieces(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.GONE) == after


def test_only_the_words_that_differ_are_marked_in_each_language() -> None:
    found = differences({"en": "a red pit", "zh-Hant": "一個坑"}, {"en": "a blue pit", "zh-Hant": "一個坑"})
    assert [(one.language, [(piece.mark, piece.text) for piece in one.pieces]) for one in found] == [
        ("en", [("same", "a "), ("gone", "red"), ("added", "blue"), ("same", " pit")])
    ]


async def _edit(session: AsyncSession, project: Project, **parts: Any) -> int:
    changes = await set_project_parts(session, project=project, parts=parts, now=NOW)
    note_change(session, now=NOW, actor=OWNER.label, action="project edited", subject=Subject.PROJECT,
                subject_id=project.id, changes=changes)
    await session.flush()
    return await _last(session)


async def _last(session: AsyncSession) -> int:
    return (await session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))).one()


async def _undo(session: AsyncSession, project: Any, entry_id: int, **more: Any) -> Any:
    return await undo_change(session, **{
        "subject": Subject.PROJECT, "record_id": project.id, "entry_id": entry_id, "by": OWNER, "now": NOW, **more
    })


async def test_a_projects_texts_and_lists_go_back_and_forth(database: Database) -> None:
    async with database.writing() as session:
        project, other = await a_project(session, slug="pit", summary={"en": "old"}), await a_project(session)
        await a_link(session, project=project, url="https://example.org/a")
        tag = await a_tag(session, project)
        before = await contents(session)
        edited = await _edit(
            session, project, summary={"en": "new"}, description={"en": "**bold**"},
            links=[{"url": "https://example.org/b", "label": None, "kind": "repository"}],
            tags=[], aliases=["Hole"], relations=[{"kind": "uses", "project": other.slug}],
        )
        after = await contents(session)
        assert after["links"][0]["url"] == "https://example.org/b"
        assert "<strong>" in after["projects"][0]["description_html"]["en"]
        for expected in (before, after, before):  # an undo, its undo, and the undo of that
            assert await _undo(session, project, edited) == {}
            assert _meaning(await contents(session)) == _meaning(expected)
            edited = await _last(session)
        audit = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
        assert [one.action for one in audit] == ["project edited", "undone", "undone", "undone"]
        assert [one.changes["undid"][1] for one in audit[1:]] == [one.id for one in audit[:-1]]
        assert tag.slug in str(audit[0].changes["tags"])


def _meaning(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows without their numbers: a link that is set back is a new row."""
    dropped = {"id", "created_at", "description_html"}
    return {
        table: [{name: value for name, value in row.items() if name not in dropped} for row in rows]
        for table, rows in found.items()
    }


async def test_what_somebody_changed_since_stays_and_the_rest_goes_back(database: Database) -> None:
    async with database.writing() as session:
        project = await a_project(session, summary={"en": "one"}, code_licence="MIT")
        edited = await _edit(session, project, summary={"en": "two"}, code_licence="GPL")
        await _edit(session, project, summary={"en": "three"})
        stuck = await _undo(session, project, edited)
        assert stuck == {"summary": Stuck({"en": "one"}, {"en": "two"}, {"en": "three"})}
        assert (project.summary, project.code_licence) == ({"en": "three"}, "MIT")
        with pytest.raises(Conflict, match="Nothing of this change"):
            await _undo(session, project, edited)


@postgresql_in_trust
async def test_a_name_is_never_taken_back_to_nothing_and_no_record_undoes_anothers_change(
    database: Database
) -> None:
    async with database.writing() as session:
        project, other = await a_project(session), await a_project(session)
        note_change(session, now=NOW, actor="x", action="project founded", subject=Subject.PROJECT,
                    subject_id=project.id, changes={"name": [None, project.name]})
        await session.flush()
        founded = await _last(session)
        with pytest.raises(Conflict):
            await _undo(session, project, founded)
        with pytest.raises(NotFound):
            await _undo(session, other, founded)


async def test_pitches_and_events_go_back_too(database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, attendance=Attendance.HYBRID)
        proposal = await a_proposal(session, event=event, project=await a_project(session), result={"en": "two"})
        for subject, record, changes in (
            (Subject.EVENT, event, {"attendance": [None, "hybrid"], "online_url": ["https://a.example", "gone"]}),
            (Subject.PROPOSAL, proposal, {"result": [None, {"en": "two"}]}),
        ):
            note_change(session, now=NOW, actor="x", action="event edited", subject=subject,
                        subject_id=record.id, changes=changes)
            await session.flush()
            stuck = await _undo(session, record, await _last(session), subject=subject)
            assert list(stuck) == [name for name in changes if name == "online_url"]
        assert (event.attendance, proposal.result) == (None, {})


async def test_the_hours_of_an_event_go_back_together_whatever_zone_they_were_written_in(
    database: Database
) -> None:
    async with database.writing() as session:
        event = await an_event(session, starts_on=date(2026, 3, 7))

        async def edit(**changes: Any) -> int:
            note_change(session, now=NOW, actor="x", action="event edited", subject=Subject.EVENT,
                        subject_id=event.id, changes=changes)
            await session.flush()
            return await _last(session)

        moved = await edit(
            starts_on=["2026-03-06", "2026-03-07"],
            starts_at=["2026-03-06T09:00:00+08:00", "2026-03-07T09:00:00+08:00"],
            ends_at=["2026-03-06T18:00:00+08:00", "2026-03-07T18:00:00+08:00"],
        )
        event.ends_at += timedelta(hours=1)
        await session.flush()
        with pytest.raises(Conflict):
            await _undo(session, event, moved, subject=Subject.EVENT)
        event.ends_at -= timedelta(hours=1)
        await session.flush()
        assert await _undo(session, event, moved, subject=Subject.EVENT) == {}
        assert (event.starts_on, event.starts_at) == (date(2026, 3, 6), datetime(2026, 3, 6, 1, tzinfo=UTC))


async def test_a_merge_is_taken_back_from_its_history_by_organisers_and_that_too(database: Database) -> None:
    async with database.writing() as session:
        kept, gone = await a_project(session), await a_project(session)
        before = await contents(session)
        await merge_records(
            session, subject=Subject.PROJECT, kept=kept.id, gone=gone.id, by=ORGANISER, now=NOW
        )
        merged = await _last(session)
        with pytest.raises(NotAllowed):
            await _undo(session, kept, merged)
        await _undo(session, kept, merged, by=ORGANISER)
        assert await contents(session) == before
        await _undo(session, kept, await _last(session), by=ORGANISER)
        aliases = list(await session.scalars(select(ProjectAlias.project_id)))
        assert aliases == [kept.id]
