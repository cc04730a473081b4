import csv
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.activity.models import DuplicateCandidate
from registry.activity.rules import Subject
from registry.cases.rules import Axis
from registry.database.engine import Database
from registry.database.migrate import migrate
from registry.events.rules import EventState
from registry.exchange.commands import export_record
from registry.exchange.export import public_record
from registry.exchange.formats import Format
from registry.exchange.own_formats import Written, read_own_csv, read_own_json, write_own_csv, write_own_json
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.rows import (
    AnswerRow,
    CreditRow,
    EventRow,
    LinkRow,
    MemberRow,
    NeedRow,
    PersonRow,
    ProjectRow,
    ProposalRow,
    TagRow,
    UpdateRow,
    WantedRow,
)
from registry.paths import SAMPLE
from registry.people.rules import MembershipRole
from registry.projects.models import Update
from registry.projects.rules import LinkKind, NeedState, Standing
from registry.proposals.rules import ProposalState
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.exchange.acts import imported, rows_of, sourced, taken, totals
from tests.factories import a_case, a_credit, a_membership, a_person, a_project, a_proposal, an_event
from tests.trust.sheets import runs

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30)
RECORD = (
    TagRow(slug="交通", name={"zh-Hant": "交通", "en": "Transport"}),
    PersonRow(slug="mei", display_name="Mei Lin", bio={"en": "Rides buses."}, offers=("designer",), is_example=True),
    EventRow(
        slug="hackath0n", number=0, name={"en": "Zero", "zh-Hant": "零"}, summary={"en": "=SUM(A1)"},
        starts_on=date(2012, 12, 1), timezone="Asia/Taipei", video_urls={"demo": "https://video.example/d"},
    ),
    ProjectRow(
        slug="bus", name={"en": "Bus"}, aliases=("'Timetable", "-公車"), stage="release", standing=Standing.RETIRED,
        description={"en": "Line one\n\n* two, \"three\""}, tags=("交通",), code_licence="MIT",
        links=(LinkRow(url="https://bus.example", kind=LinkKind.SITE, label="+886"),),
        needs=(
            NeedRow(key="designer", line={"en": "Posters"}, state=NeedState.FILLED, opened_on=date(2013, 1, 2)),
            NeedRow(key="data", opened_on=date(2012, 12, 1), pitch="hackath0n-bus"),
        ),
        answers=(AnswerRow(axis=Axis.TEAM, choices=("ngo",), text="NGO", answered_on=date(2023, 2, 11)),),
        people=(MemberRow(person="mei", role=MembershipRole.OWNER, joined_on=date(2013, 1, 1)),),
        updates=(
            UpdateRow(
                posted_at=datetime(2013, 2, 1, 8, 30, 0, 125, tzinfo=UTC), text={"en": "=It *runs*"}, author="mei",
                picture_url="https://bus.example/stop.png", picture_text="A stop",
            ),
            UpdateRow(posted_at=datetime(2013, 2, 2, tzinfo=UTC), text={"zh-Hant": "公車來了"}),
        ),
    ),
    ProposalRow(
        slug="hackath0n-bus", event="hackath0n", project="bus", position=0, title={"en": "@Bus"}, why={"en": "Late."},
        is_open_source=False, credits=(CreditRow(name="Mei", person="mei"),), initiators="-Jo, Ann",
        wanted=(WantedRow(key="writer", line={"en": "Signs"}), WantedRow(key="data")), topics=("公車", "maps"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("form", [Format.JSON, Format.CSV])
async def test_what_is_exported_reads_back_into_an_equal_registry(
    database: Database, tmp_path: Path, form: Format
) -> None:
    await taken(database, *(sourced(one.slug, one) for one in RECORD), source="json")
    await export_record(database, to=form, folder=tmp_path / "out")
    migrate(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    other = Database(Settings(database_url=f"sqlite:///{tmp_path / 'other.sqlite3'}"))
    report = await imported(other, form, tmp_path / "out")
    assert report.problems.found == []
    async with database.reading() as first, other.reading() as second:
        exported = await public_record(first)
        assert exported == await public_record(second)
    again = await imported(other, form, tmp_path / "out")
    await other.close()
    assert totals(again) == {
        Subject.PERSON: (0, 0, 1), Subject.EVENT: (0, 0, 1), Subject.PROJECT: (0, 0, 1), Subject.PROPOSAL: (0, 0, 1),
        Subject.TAG: (0, 0, 1),
    }
    assert [row for rows in exported.values() for row in rows] == list(RECORD)


@given(st.dictionaries(st.sampled_from(["en", "zh-Hant", "ja"]), TEXT, min_size=1), st.lists(TEXT), TEXT, st.booleans())
def test_any_text_survives_both_formats_and_no_cell_begins_a_formula(
    texts: dict[str, str], aliases: list[str], notes: str, flag: bool
) -> None:
    project = ProjectRow(slug="p", name=texts, aliases=tuple(aliases), is_example=flag)
    proposal = ProposalRow(slug="x", event="e", project="p", title=texts, notes=notes, is_open_source=flag, position=0)
    written: Written = {"projects": [project], "proposals": [proposal]}
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_own_json(folder, written)
        write_own_csv(folder, written, for_spreadsheets=flag)
        for read in (read_own_json, read_own_csv):
            problems = Problems()
            assert [one.row for one in read(folder, problems)] == [project, proposal]
            assert problems.found == []
        with (folder / "proposals.csv").open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    assert [cell for line in lines for cell in line if runs(cell)] == []


def test_a_formula_is_written_as_text(tmp_path: Path) -> None:
    write_own_csv(tmp_path, {"tags": [TagRow(slug="t", name={"en": "=1+1"}), TagRow(slug="u", name={"en": "'=x"})]})
    assert (tmp_path / "tags.csv").read_bytes() == b"slug,name.en\r\nt,'=1+1\r\nu,''=x\r\n"


def test_entries_of_another_shape_are_refused_and_unknown_fields_left_out(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(
        '[{"slug": "a", "name": {"en": "A"}, "starts_on": "2024-01-06", "mood": 1}, {"name": {"en": "B"}},'
        ' {"slug": "c", "name": {"en": "C"}, "kind": "huge"}, 5, {"slug": "d", "name": {}}]'
    )
    problems = Problems()
    assert [one.key for one in read_own_json(tmp_path, problems)] == ["a"]
    assert [(one.row, one.field, one.is_refusal) for one in problems.found] == [
        ("entry 1", "mood", False), ("entry 2", "slug", True), ("entry 3", "kind", True), ("entry 4", "", True),
        ("entry 5", "name", True),
    ]


def test_a_csv_cell_that_should_be_a_list_and_is_not_refuses_its_line(tmp_path: Path) -> None:
    (tmp_path / "projects.csv").write_text("slug,name.en,tags\na,A,transport\nb,B,\"[\"\"x\"\"]\"\n")
    problems = Problems()
    assert [one.key for one in read_own_csv(tmp_path, problems)] == ["b"]
    assert [one.row for one in problems.refused] == ["line 2"]


@pytest.mark.parametrize("read", [read_own_json, read_own_csv])
def test_a_folder_without_our_files_is_unreadable(tmp_path: Path, read: Any) -> None:
    with pytest.raises(UnreadableSource, match="was expected"):
        list(read(tmp_path, Problems()))


async def test_nothing_private_leaves(database: Database) -> None:
    async with database.writing() as session:
        seen, draft = await an_event(session), await an_event(session, state=EventState.DRAFT)
        bus = await a_project(session, slug="bus")
        hidden = await a_project(session, hidden_at=draft.starts_at)
        await a_proposal(session, event=seen, project=hidden)
        await a_proposal(session, event=draft, project=bus)
        await a_proposal(session, event=seen, project=bus, slug="withdrawn", state=ProposalState.WITHDRAWN)
        anonymous = await a_proposal(
            session, event=seen, project=bus, slug="anonymous", is_anonymous=True, initiators="Canary"
        )
        signed = await a_proposal(session, event=seen, project=bus, slug="signed", initiators="Jo")
        public = await a_person(session, slug="public", display_name="Public")
        secret = await a_person(session, slug="secret", is_public=False)
        for proposal in (anonymous, signed):
            await a_credit(session, proposal=proposal, person=public)
            await a_credit(session, proposal=proposal, person=secret)
        await a_membership(session, project=bus, person=secret)
        session.add_all(
            Update(project_id=bus.id, author_id=secret.id, text={"en": text}, text_html={"en": text},
                   posted_at=seen.starts_at, hidden_at=hidden_at)
            for text, hidden_at in (("Shown", None), ("Canary", seen.starts_at))
        )
        await a_case(session, project=hidden)
        await a_case(session, project=bus, version=None)
        await a_case(session, project=bus, hidden_at=draft.starts_at)
    async with database.reading() as reader:
        record = await public_record(reader)
    assert {name: [row.slug for row in rows] for name, rows in record.items()} == {  # type: ignore[attr-defined]
        "tags": [], "people": ["public"], "events": [seen.slug], "projects": ["bus"],
        "proposals": ["anonymous", "signed"], "cases": [],
    }
    (bus_row,) = record["projects"]
    assert bus_row.people == ()  # type: ignore[attr-defined]
    assert [(one.text, one.author) for one in bus_row.updates] == [({"en": "Shown"}, None)]  # type: ignore[attr-defined]
    assert [row.initiators for row in record["proposals"]] == [None, "Jo"]  # type: ignore[attr-defined]
    assert [row.credits for row in record["proposals"]] == [  # type: ignore[attr-defined]
        (), (CreditRow(name="Public", person="public"),)
    ]


@postgresql_in_trust
async def test_the_sample_record_loads_whole_and_merges_nothing(database: Database) -> None:
    report = await imported(database, Format.JSON, SAMPLE)
    assert report.problems.found == []
    assert sum(one.created for one in report.loaded) == report.problems.rows_read
    assert totals(await imported(database, Format.JSON, SAMPLE)) == {
        one.subject: (0, 0, one.created) for one in report.loaded
    }
    assert [one for one in await rows_of(database, DuplicateCandidate.signs) if one[0] == ["same_number"]] == []
