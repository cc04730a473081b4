from datetime import date
from typing import Any

import pytest

from registry.activity.models import AuditEntry, DuplicateCandidate, Provenance, SlugRedirect
from registry.activity.rules import Subject
from registry.cases.models import AxisAnswer
from registry.cases.rules import Axis
from registry.database.engine import Database
from registry.exchange.rows import AnswerRow, LinkRow, Pitch, ProjectRow, ProposalRow
from registry.languages import in_its_language
from registry.projects.models import Link, Project, ProjectAlias, ProjectTag, Tag
from registry.projects.rules import LinkKind
from registry.stages.models import StageChange
from tests.conftest import postgresql_in_trust
from tests.exchange.acts import NOW, an_event_row, rows_of, sourced, taken
from tests.factories import a_person

BUS = "https://github.com/keng/bus"


def a_project_row(name: str, **fields: Any) -> ProjectRow:
    return ProjectRow(name=in_its_language(name), **fields)


def a_repository(url: str = BUS) -> LinkRow:
    return LinkRow(url=url, kind=LinkKind.REPOSITORY)


async def pairs(database: Database) -> list[Any]:
    return await rows_of(database, DuplicateCandidate.left_id, DuplicateCandidate.right_id, DuplicateCandidate.signs)


@pytest.mark.parametrize("other", ["vtaiwan -1", "ＶＴＡＩＷＡＮ -2 ", "v Taiwan!"])
async def test_spellings_of_one_name_are_one_project(database: Database, other: str) -> None:
    counts = await taken(database, sourced("1", a_project_row("vTaiwan")), sourced("2", a_project_row(other)))
    assert counts[Subject.PROJECT] == (1, 0, 0)
    assert await rows_of(database, Project.slug, Project.name) == [("vtaiwan", {"en": "vTaiwan"})]
    assert await rows_of(database, Provenance.row) == [("1",), ("2",)]


async def test_a_repository_makes_one_project_of_two_names_and_keeps_the_other_as_alias(database: Database) -> None:
    await taken(
        database, sourced("1", a_project_row("Bus", links=(a_repository(),))),
        sourced("2", a_project_row("Timetable", links=(a_repository("https://GitHub.com/Keng/Bus/#readme"),))),
    )
    assert await rows_of(database, Project.name, Project.has_repository) == [({"en": "Bus"}, True)]
    assert await rows_of(database, ProjectAlias.name, ProjectAlias.normalised) == [("Timetable", "timetable")]
    assert await taken(database, sourced("x", a_project_row("TIMETABLE")), source="other") == {
        Subject.PROJECT: (0, 0, 1)
    }


async def test_signs_that_disagree_merge_nothing_and_are_noted(database: Database) -> None:
    bus = a_project_row("Bus", links=(a_repository(),))
    await taken(database, sourced("1", bus), sourced("2", a_project_row("Map")))
    await taken(database, sourced("3", a_project_row("Map", links=(a_repository(),))), source="other")
    assert await rows_of(database, Project.slug) == [("bus",), ("map",)]
    assert await pairs(database) == [(1, 2, ["same_repository"])]


@postgresql_in_trust
async def test_a_repository_of_several_projects_is_a_sign_of_none(database: Database) -> None:
    for key, name in enumerate(["Bus", "Map"]):
        await taken(database, sourced(str(key), a_project_row(name)))
    async with database.writing() as session:
        session.add_all(Link(project_id=number, url=BUS, kind=LinkKind.REPOSITORY) for number in (1, 2))
    await taken(database, sourced("3", a_project_row("Road", links=(a_repository(),))), source="other")
    assert await rows_of(database, Project.slug) == [("bus",), ("map",), ("road",)]


async def test_names_that_hold_or_resemble_each_other_are_noted_and_not_merged(database: Database) -> None:
    await taken(
        database, sourced("1", a_project_row("投票指南")), sourced("2", a_project_row("議員投票指南網站")),
        sourced("3", a_project_row("公民審議工作坊平台")), sourced("4", a_project_row("公民審議工作坊平臺網")),
        sourced("5", a_project_row("Go")), sourced("6", a_project_row("Gopher")),
    )
    assert [one for (one,) in await rows_of(database, Project.pitch_count)] == [0] * 6
    assert await pairs(database) == [(3, 4, ["name_alike"]), (1, 2, ["name_contained"])]


async def test_a_hubs_title_for_a_pitch_becomes_an_alias_unless_it_names_two_projects(database: Database) -> None:
    event = sourced("e1", an_event_row())
    bus = sourced("p1", a_project_row("Bus"), None, Pitch("e1", "Bus 新進度"), Pitch("e1", "交通小組"))
    map_ = sourced("p2", a_project_row("Map"), None, Pitch("e1", "交通小組"))
    await taken(database, event, bus, map_, source="hub")
    assert await rows_of(database, ProjectAlias.project_id, ProjectAlias.name) == [(1, "Bus 新進度")]


async def test_a_project_known_by_its_pitch_takes_the_hubs_name_and_its_old_address(database: Database) -> None:
    def rows(source: str) -> list[Any]:
        title = {"zh-Hant": "選票成份分析第二期"}
        project = ProjectRow(name=title if source == "sheet" else {"en": "Votes"})
        pitches = [Pitch("e1", "選票成份分析第二期")] if source == "hub" else []
        return [
            sourced("e1", an_event_row()), sourced("p1", project, None, *pitches),
            sourced("x1", ProposalRow(event="e1", project="p1", title=title)),
        ]

    await taken(database, *rows("sheet"))
    counts = await taken(database, *rows("hub"), source="hub")
    assert counts == {Subject.EVENT: (0, 0, 1), Subject.PROJECT: (0, 1, 0), Subject.PROPOSAL: (0, 0, 1)}
    assert await rows_of(database, Project.slug, Project.name) == [("votes", {"en": "Votes"})]
    assert await rows_of(database, ProjectAlias.name) == [("選票成份分析第二期",)]
    assert await rows_of(database, SlugRedirect.old_slug, SlugRedirect.subject_id) == [("選票成份分析第二期", 1)]


async def test_a_name_that_people_have_edited_is_never_replaced(database: Database) -> None:
    pitch = ProposalRow(event="e1", project="p1", title={"en": "Ballots II"})
    event = sourced("e1", an_event_row())
    await taken(database, event, sourced("p1", ProjectRow(name={"en": "Ballots II"})), sourced("x1", pitch))
    async with database.writing() as session:
        session.add(
            AuditEntry(at=NOW, actor="person:mei", action="project.edit", subject=Subject.PROJECT, subject_id=1)
        )
    hub = sourced("p1", ProjectRow(name={"en": "Votes"}), None, Pitch("e1", "Ballots II"))
    await taken(database, event, hub, sourced("x1", pitch), source="hub")
    assert await rows_of(database, Project.name) == [({"en": "Ballots II"},)]


async def test_the_same_row_again_brings_back_nothing_that_a_person_removed(database: Database) -> None:
    row = sourced("1", a_project_row("Bus", tags=("交通",), links=(a_repository(),)))
    await taken(database, row)
    async with database.writing() as session:
        await session.delete(await session.get_one(Link, 1))
        await session.delete(await session.get_one(ProjectTag, (1, 1)))
    assert await taken(database, row) == {Subject.PROJECT: (0, 0, 1)}
    assert await rows_of(database, Link.url) == []


async def test_a_row_that_says_more_than_last_time_fills_the_gap(database: Database) -> None:
    await taken(database, sourced("1", a_project_row("Bus")))
    fuller = sourced("1", a_project_row("Bus", summary={"en": "Timetables"}, tags=("交通", "OSM")))
    assert await taken(database, fuller) == {Subject.PROJECT: (0, 1, 0), Subject.TAG: (2, 0, 0)}
    assert await taken(database, fuller) == {Subject.PROJECT: (0, 0, 1)}
    assert await rows_of(database, Project.summary) == [({"en": "Timetables"},)]
    tags = [("osm", {"en": "OSM"}), ("交通", {"zh-Hant": "交通"})]
    assert sorted(await rows_of(database, Tag.slug, Tag.name)) == tags


async def test_each_change_leaves_one_audit_row_that_names_its_source(database: Database) -> None:
    await taken(database, sourced("1", a_project_row("Bus")))
    await taken(database, sourced("x", a_project_row("Bus", code_licence="MIT")), source="hub")
    columns = (AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.subject_id, AuditEntry.changes)
    assert await rows_of(database, *columns) == [
        ("import:sheet", "import.create", Subject.PROJECT, 1, {}),
        ("import:hub", "import.fill", Subject.PROJECT, 1, {"code_licence": "MIT"}),
    ]


async def test_projects_stand_on_the_highest_stage_the_record_shows_and_rise_with_it(database: Database) -> None:
    await taken(database, sourced("1", a_project_row("Bus")))
    await taken(database, sourced("x", a_project_row("Bus", links=(a_repository(),))), source="hub")
    await taken(database, sourced("y", a_project_row("Bus", stage="idea")), source="other")
    assert await rows_of(database, Project.stage_key) == [("blueprint",)]
    columns = (StageChange.from_stage, StageChange.to_stage, StageChange.reason)
    assert await rows_of(database, *columns) == [
        (None, "idea", "Found in the imported record: -."),
        ("idea", "blueprint", "Found in the imported record: link:repository."),
    ]


async def test_a_stage_that_a_person_set_is_left_alone(database: Database) -> None:
    await taken(database, sourced("1", a_project_row("Bus")))
    async with database.writing() as session:
        owner = await a_person(session)
        session.add(
            StageChange(project_id=1, to_stage="idea", by_person_id=owner.id, reason="back", changed_at=NOW)
        )
    await taken(database, sourced("x", a_project_row("Bus", links=(a_repository(),))), source="hub")
    assert await rows_of(database, Project.stage_key) == [("idea",)]


async def test_answers_of_one_day_about_one_project_stand_together(database: Database) -> None:
    def answered(choice: str) -> ProjectRow:
        answer = AnswerRow(axis=Axis.TEAM, choices=(choice,), text=choice, answered_on=date(2023, 2, 11))
        return a_project_row("Bus", answers=(answer,))

    rows = [sourced("1", answered("student")), sourced("2", answered("ngo"))]
    await taken(database, *rows)
    assert await taken(database, *rows) == {Subject.PROJECT: (0, 0, 1)}
    assert await rows_of(database, AxisAnswer.choices, AxisAnswer.text) == [(["student", "ngo"], "student\nngo")]
