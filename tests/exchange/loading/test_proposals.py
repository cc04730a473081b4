from datetime import date
from typing import Any

from registry.activity.models import DuplicateCandidate
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.exchange.problems import Problems
from registry.exchange.rows import AnyRow, CreditRow, LinkRow, PersonRow, ProjectRow, ProposalRow, Sourced
from registry.people.models import Person
from registry.people.rules import PersonOrigin
from registry.projects.models import Link, Need, Project
from registry.projects.rules import LinkKind
from registry.proposals.models import Credit, Proposal
from tests.exchange.acts import an_event_row, rows_of, sourced, taken

DAY, LATER = date(2014, 2, 22), date(2014, 4, 19)


def a_record(*pitches: tuple[str, ProposalRow]) -> list[Sourced[AnyRow]]:
    """Two events (e7, e8) and two projects (bus, map), and the pitches given by key."""
    return [
        sourced("e7", an_event_row(7, DAY)), sourced("e8", an_event_row(8, LATER)),
        sourced("bus", ProjectRow(name={"en": "Bus"})), sourced("map", ProjectRow(name={"en": "Map"})),
        *(sourced(key, pitch) for key, pitch in pitches),
    ]


def a_pitch(event: str = "e7", project: str = "bus", title: str = "Bus", **fields: Any) -> ProposalRow:
    return ProposalRow(event=event, project=project, title={"en": title}, **fields)


async def test_a_pitch_is_loaded_with_what_hangs_on_it(database: Database) -> None:
    pitch = a_pitch(
        position=3, needs=("designer",), needs_text="設計師", code_licence="CC-BY", continued=False,
        links=(LinkRow(url="https://hackmd.io/x", kind=LinkKind.NOTE),), credits=(CreditRow(name="小明"),),
    )
    await taken(database, *a_record(("x", pitch)))
    columns = (Proposal.slug, Proposal.position, Proposal.needs_text, Proposal.code_licence, Proposal.continued)
    assert await rows_of(database, *columns) == [("第7次測試松-bus", 3, "設計師", "CC-BY", False)]
    assert await rows_of(database, Link.url, Link.project_id, Link.proposal_id) == [("https://hackmd.io/x", None, 1)]
    assert await rows_of(database, Need.project_id, Need.proposal_id, Need.key, Need.opened_on) == [
        (1, 1, "designer", DAY)
    ]
    people = (Person.slug, Person.display_name, Person.origin, Person.claimed_at)
    assert await rows_of(database, *people) == [("小明", "小明", PersonOrigin.IMPORTED, None)]
    assert await rows_of(database, Credit.proposal_id, Credit.person_id, Credit.name_as_written) == [(1, 1, "小明")]


async def test_a_project_counts_its_pitches_and_days(database: Database) -> None:
    await taken(database, *a_record(("x", a_pitch("e8")), ("y", a_pitch("e7")), ("z", a_pitch("e8", "map", "Map"))))
    columns = (Project.pitch_count, Project.first_pitched_on, Project.last_active_on)
    assert await rows_of(database, *columns) == [(2, DAY, LATER), (1, LATER, LATER)]


async def test_the_same_pitch_in_two_sources_is_one_and_keeps_its_project(database: Database) -> None:
    await taken(database, *a_record(("x", a_pitch(title="Bus 2014")), ("y", a_pitch("e8", "map", "Map news"))))
    hub = a_record(
        ("h1", a_pitch(title="bus  2014!", needs_text="designer")), ("h2", a_pitch("e8", "bus", "MAP NEWS")),
        ("h3", a_pitch("e7", "map", "Streets")),
    )
    assert (await taken(database, *hub, source="hub"))[Subject.PROPOSAL] == (1, 1, 1)
    assert await rows_of(database, Proposal.title, Proposal.project_id, Proposal.needs_text) == [
        ({"en": "Bus 2014"}, 1, "designer"), ({"en": "Map news"}, 2, None), ({"en": "Streets"}, 2, None)
    ]


async def test_the_only_pitch_of_a_project_at_an_event_is_the_same_under_another_title(database: Database) -> None:
    await taken(database, *a_record(("x", a_pitch(title="Bus"))))
    hub = a_record(("h1", a_pitch(title="Bus: looking for riders")))
    assert (await taken(database, *hub, source="hub"))[Subject.PROPOSAL] == (0, 0, 1)


async def test_two_pitches_of_one_source_stay_two_unless_their_titles_are_one(database: Database) -> None:
    rows = a_record(("x", a_pitch(title="Bus app")), ("y", a_pitch(title="Bus site")), ("z", a_pitch(title="BUS APP")))
    assert (await taken(database, *rows))[Subject.PROPOSAL] == (2, 0, 0)
    assert await rows_of(database, Proposal.slug) == [("第7次測試松-bus",), ("第7次測試松-bus-2",)]


async def test_a_pitch_without_its_event_or_project_is_refused(database: Database) -> None:
    problems = Problems()
    lost = [
        sourced("x", a_pitch(event="e9"), problems), sourced("y", a_pitch(project="road"), problems),
        sourced("z", a_pitch(needs=("wizard",)), problems),
    ]
    assert Subject.PROPOSAL not in await taken(database, *a_record(), *lost)
    assert sorted((one.row, one.field) for one in problems.refused) == [
        ("x", "event"), ("y", "project"), ("z", "needs")
    ]


async def test_a_refused_pitch_takes_its_line_of_the_sheet_along_but_not_the_event(database: Database) -> None:
    place = Problems().at("sheet.csv", "line 2", Subject.PROPOSAL)
    line: dict[str, AnyRow] = {
        "e7": an_event_row(7, DAY), "bus": ProjectRow(name={"en": "Bus"}), "x": a_pitch(notes="x" * 100_001)
    }
    counts = await taken(database, *(Sourced(place, key, row) for key, row in line.items()))
    assert counts == {Subject.EVENT: (1, 0, 0)}


async def test_one_name_is_one_person_in_a_project_and_nobody_elses_by_name_alone(database: Database) -> None:
    named = (CreditRow(name="小明"),)
    await taken(
        database,
        *a_record(
            ("x", a_pitch("e7", credits=named)), ("y", a_pitch("e8", credits=(CreditRow(name="小明 "),))),
            ("z", a_pitch("e7", "map", "Map", credits=named)),
        ),
    )
    assert await rows_of(database, Person.slug) == [("小明",), ("小明-2",)]
    assert await rows_of(database, Credit.proposal_id, Credit.person_id) == [(1, 1), (2, 1), (3, 2)]
    columns = (DuplicateCandidate.subject, DuplicateCandidate.left_id, DuplicateCandidate.right_id,
               DuplicateCandidate.signs)  # fmt: skip
    assert await rows_of(database, *columns) == [(Subject.PERSON, 1, 2, ["same_name"])]


async def test_a_source_that_says_who_it_is_joins_credits_across_projects(database: Database) -> None:
    mei = sourced("mei", PersonRow(slug="mei", display_name="Mei Lin", bio={"en": "Rides buses."}))
    said = (CreditRow(name="梅", person="mei"),)
    rows = [mei, *a_record(("x", a_pitch(credits=said)), ("z", a_pitch("e7", "map", "Map", credits=said)))]
    assert (await taken(database, *rows))[Subject.PERSON] == (1, 0, 0)
    assert await rows_of(database, Person.slug, Person.bio) == [("mei", {"en": "Rides buses."})]
    assert await rows_of(database, Credit.person_id, Credit.name_as_written) == [(1, "梅"), (1, "梅")]
    assert await rows_of(database, DuplicateCandidate.id) == []
