"""The formats of the field: what is good in a file is taken, the rest told, and nothing comes twice."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.activity.models import Provenance
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.models import Event
from registry.exchange.formats import Format
from registry.exchange.loading.limits import is_within_limits
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.reading import read_source
from registry.exchange.rows import AnyRow, EventRow, ProjectRow, ProposalRow, Sourced
from registry.projects.models import Project
from registry.proposals.models import Proposal
from tests.exchange.acts import ZONE, imported, rows_of, totals

HACKATHON: dict[str, Any] = {
    "@context": "http://schema.org", "@type": ["Event", "Hackathon"], "name": "Open Data Camp | 開放資料營",
    "url": "https://camp.example.org/event/1", "description": "Two days.", "startDate": "2024-05-04T09:00",
    "endDate": "2024-05-05T17:00+08:00", "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
    "eventStatus": "https://schema.org/EventCancelled", "offers": {"url": "https://camp.example.org/join"},
    "location": {"@type": "Place", "name": "圖書館", "address": {"streetAddress": "1 Road", "addressCountry": "TW"}},
    "workPerformed": [
        {"@type": "CreativeWork", "name": "Bus map", "url": "https://camp.example.org/project/1",
         "description": "Maps.", "license": "https://creativecommons.org/licenses/by/4.0/", "discussionUrl": "no link"},
        {"@type": "CreativeWork", "name": ""},
    ],
}
DRIBDAT: dict[str, Any] = {
    "name": "event-1", "sources": [{"title": "dribdat", "path": "https://dribdat.cc"}], "resources": [
        {"name": "events", "data": [
            {"id": 1, "name": "Food Hack", "hostname": "Market", "location": "Bern", "starts_at": "2023-03-04T09:00",
             "ends_at": "2023-03-05T17:00", "summary": "Eat.", "webpage_url": "", "description": "Long."},
            {"id": 2, "name": "No Day", "starts_at": None, "ends_at": ""},
        ]},
        {"name": "projects", "data": [
            {"id": 7, "url": "https://hack.example.org/project/7", "name": "Soup", "event_name": "Food Hack",
             "progress": 30, "team": "ada, ben", "summary": "Warm.", "longtext": "How to cook.",
             "source_url": "https://github.com/example/soup", "webpage_url": "", "category_name": "Kitchen"},
            {"id": 8, "name": "Lost", "event_name": "No Day", "progress": "x"}, {"name": ""},
        ]},
        {"name": "users", "data": [{"username": "ada", "email": "ada@example.org"}]},
    ],
}
G0V_V2 = {
    "g0v_json": "v2", "author": "g0v", "name": "Budget map", "name_zh": "預算地圖", "status": "Beta",
    "description": "See taxes.", "description_zh": "看見稅金", "homepage": "https://budget.example.org",
    "repository": {"type": "git", "url": "git+https://github.com/g0v/budget.git"}, "licenses": [{"type": "MIT"}],
    "keywords": ["budget", "預算"], "needs": ["Designer", "magician"], "contributors": ["Ada <ada@example.org>"],
}
G0V_V1 = {"author": "g0v", "name": "舊的坑", "status": "magic", "repository": "g0v/old"}
CIVIC = {
    "name": "Pothole", "status": "archival", "bornAt": "Civic Night", "repository": "https://github.com/example/pothole",
    "needs": [{"need": "UI design"}], "categories": [{"category": "Streets"}], "politicalEntity": {"a": 1},
}
PUBLICCODE = """\
publiccodeYmlVersion: "0.5"
name: Town desk
url: https://github.com/example/desk.git
landingURL: https://desk.example.org
platforms: [web]
developmentStatus: development
softwareType: standalone/web
categories: [document-management]
description:
  en: {shortDescription: Forms for a town, longDescription: "All the forms."}
  it: {shortDescription: Moduli}
legal: {license: EUPL-1.2}
maintenance: {type: community}
localisation: {localisationReady: false, availableLanguages: [en]}
"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
BEGIN:VEVENT
UID:one@example.org
SUMMARY:基礎建設松
DTSTART:20240601T013000Z
DURATION:PT8H
LOCATION:Taipei\\, Taiwan
RRULE:FREQ=WEEKLY
END:VEVENT
BEGIN:VEVENT
UID:two@example.org
SUMMARY:Three days
DTSTART;VALUE=DATE:20240701
DTEND;VALUE=DATE:20240704
STATUS:CANCELLED
END:VEVENT
BEGIN:VEVENT
UID:three@example.org
DTSTART:20240601T013000Z
END:VEVENT
BEGIN:VEVENT
UID:one@example.org
RECURRENCE-ID:20240608T013000Z
SUMMARY:Moved
DTSTART:20240609T013000Z
END:VEVENT
END:VCALENDAR
"""
TABLE = """\
活動名稱,日期,專案,提案人,簡介,相關連結,授權,順序
第六十次黑客松,2023/12/09,預算地圖,"au, 小明",看見稅金,https://github.com/g0v/budget,MIT,1
第六十次黑客松,someday,別的坑,,,,,
,,,,,,,
"""
FILES: dict[Format, str] = {
    Format.HACKATHON_JSON: json.dumps([HACKATHON, {"@graph": [{"@type": "schema:Event", "name": "No day"}]}]),
    Format.DRIBDAT: json.dumps(DRIBDAT), Format.G0V_JSON: json.dumps(G0V_V2), Format.CIVIC_JSON: json.dumps(CIVIC),
    Format.PUBLICCODE: PUBLICCODE, Format.ICALENDAR: CALENDAR, Format.TABLE: TABLE,
}
# (events, projects, pitches) that a first run makes, and where rows are refused: (row, field)
EXPECTED: dict[Format, tuple[tuple[int, int, int], list[tuple[str, str]]]] = {
    Format.HACKATHON_JSON: ((1, 1, 1), [("event 1, work 2", "name"), ("event 2", "startDate")]),
    Format.DRIBDAT: ((1, 2, 1), [("events, 2", "starts_at"), ("projects, 3", "name"), ("projects, 2", "event")]),
    Format.G0V_JSON: ((0, 1, 0), []), Format.CIVIC_JSON: ((0, 1, 0), [("1, bornAt", "event")]),
    Format.PUBLICCODE: ((0, 1, 0), []),
    Format.ICALENDAR: ((2, 0, 0), [("event 3", "SUMMARY"), ("event 4", "RECURRENCE-ID")]),
    Format.TABLE: ((1, 1, 2), []),  # of one of its projects g0v.json has told
}


def a_file(tmp_path: Path, content: str | bytes, name: str = "file.json") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def attempted(source: Format, path: Path, problems: Problems) -> tuple[list[Sourced[AnyRow]], str]:
    """The rows of a file that are within limits, or the sentence with which it is refused as a whole."""
    try:
        rows = read_source(source, path, ZoneInfo(ZONE), problems)
    except UnreadableSource as error:
        return [], str(error).strip()
    return [one for one in rows if is_within_limits(one)], ""


def rows_in(source: Format, path: Path, problems: Problems | None = None) -> list[AnyRow]:
    return [one.row for one in read_source(source, path, ZoneInfo(ZONE), problems or Problems())]


async def test_each_format_is_taken_with_its_reasons_and_a_second_run_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    for source, content in FILES.items():
        path = a_file(tmp_path, content)
        dry = await imported(database, source, path, dry_run=True)
        first, second = await imported(database, source, path), await imported(database, source, path)
        counted, refused = EXPECTED[source]
        kinds = (Subject.EVENT, Subject.PROJECT, Subject.PROPOSAL)
        assert tuple(totals(first).get(kind, (0, 0, 0))[0] for kind in kinds) == counted, source
        assert [(one.row, one.field) for one in first.problems.refused] == refused, source
        assert (totals(dry), dry.problems.found) == (totals(first), first.problems.found)
        assert [count[:2] for count in totals(second).values() if count[:2] != (0, 0)] == [], source
    stages = {row.name.get("en"): (row.stage_key, row.standing) for row in await rows_of(
        database, Project.name, Project.stage_key, Project.standing
    )}
    assert (stages["Budget map"], stages["Soup"], stages["Town desk"], stages["Pothole"][1]) == (
        ("release", "active"), ("prototype", "active"), ("prototype", "active"), "retired"
    )
    sources = {row.source for row in await rows_of(database, Provenance.source)}
    assert sources == {source.value for source in FILES}
    assert (await rows_of(database, Event.starts_on))[0].starts_on == date(2024, 5, 4)
    assert len(await rows_of(database, Proposal.id)) == 4


def test_what_the_files_say_becomes_rows_as_they_mean_it(tmp_path: Path) -> None:
    event, project, pitch = rows_in(Format.HACKATHON_JSON, a_file(tmp_path, json.dumps(HACKATHON)))
    assert isinstance(event, EventRow)
    assert isinstance(project, ProjectRow)
    assert isinstance(pitch, ProposalRow)
    assert (event.name, event.state, event.attendance, event.address, event.place) == (
        {"en": "Open Data Camp", "zh-Hant": "開放資料營"}, "cancelled", "online", "1 Road, TW", {"zh-Hant": "圖書館"}
    )
    assert [str(moment) for moment in (event.starts_at, event.ends_at)] == [
        "2024-05-04 01:00:00+00:00", "2024-05-05 09:00:00+00:00"
    ]
    assert (project.content_licence, project.links, pitch.position) == ("CC-BY-4.0", (), 1)
    problems = Problems()
    (budget,) = rows_in(Format.G0V_JSON, a_file(tmp_path, json.dumps(G0V_V2)), problems)
    assert isinstance(budget, ProjectRow)
    assert ([link.url for link in budget.links], [need.key for need in budget.needs], budget.code_licence) == (
        ["https://github.com/g0v/budget", "https://budget.example.org"], ["designer"], "MIT"
    )
    assert [(one.field, one.value) for one in problems.found] == [("needs", "magician")]
    problems = Problems()
    (old,) = rows_in(Format.G0V_JSON, a_file(tmp_path, json.dumps(G0V_V1)), problems)
    assert isinstance(old, ProjectRow)
    assert (old.stage, old.links[0].url, [one.field for one in problems.found]) == (
        None, "https://github.com/g0v/old", ["status"]
    )
    three_days = rows_in(Format.ICALENDAR, a_file(tmp_path, CALENDAR))[1]
    assert isinstance(three_days, EventRow)
    assert three_days.ends_at
    assert str(three_days.ends_at.astimezone(ZoneInfo(ZONE))) == "2024-07-04 00:00:00+08:00"


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize("content", [b"", b"{", b"\x00\x01", b"[[[[", b"[" * 100_000, b"null", b"3", "BEGIN:VCALENDAR",
                                     b"a: &x [1]\nb: [*x, *x]", "\udce5".encode("utf-8", "surrogatepass")])
def test_a_broken_file_is_refused_with_a_sentence_and_never_raises_anything_else(
    tmp_path: Path, source: Format, content: bytes | str
) -> None:
    problems = Problems()
    rows, sentence = attempted(source, a_file(tmp_path, content), problems)
    assert rows == []
    assert sentence or problems.refused


def test_a_data_package_reads_the_files_beside_it_and_none_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    a_file(tmp_path / "in", "name,event_name,progress\nSoup,,50\n", "p.csv")
    a_file(tmp_path, "name\nStolen\n", "secret.csv")
    for path, names in (("p.csv", ["Soup", "Soup"]), ("../secret.csv", []), (str(tmp_path / "secret.csv"), [])):
        package = {"resources": [{"name": "projects", "path": path}]}
        a_file(tmp_path / "in", json.dumps(package), "datapackage.json")
        rows, sentence = attempted(Format.DRIBDAT, tmp_path / "in", Problems())
        assert [one.row.called for one in rows] == names
        assert ("leads out of the package" in sentence) == (not names)


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(
        ["2024-01-06", "https://example.org", "Event", "github.com/a/b", "\ud800", "x" * 400]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=6,
)


@given(st.data())
def test_whatever_stands_in_a_field_is_taken_told_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole, source = data.draw(st.sampled_from([
        (HACKATHON, Format.HACKATHON_JSON), (HACKATHON["workPerformed"][0], Format.HACKATHON_JSON),
        (DRIBDAT["resources"][0]["data"][0], Format.DRIBDAT), (DRIBDAT["resources"][1]["data"][0], Format.DRIBDAT),
        (G0V_V2, Format.G0V_JSON), (CIVIC, Format.CIVIC_JSON),
    ]))
    changed = whole | {data.draw(st.sampled_from(sorted(whole))): data.draw(SCRAPS)}
    if "progress" in whole or "hostname" in whole:
        name = "projects" if "progress" in whole else "events"
        changed = {"resources": [{"name": name, "data": [changed]}]}
    elif "@context" not in whole and source is Format.HACKATHON_JSON:
        changed = HACKATHON | {"workPerformed": [changed]}
    path = a_file(tmp_path_factory.getbasetemp(), json.dumps(changed))
    problems = Problems()
    rows, sentence = attempted(source, path, problems)
    assert not (rows and sentence)
    assert all(one.reason and one.value.encode() is not None for one in problems.found)
