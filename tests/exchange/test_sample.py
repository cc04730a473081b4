"""The sample record holds together: what it counts, what it refers to, and in which languages."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
import pytest

from registry.cases.faults import faults_of
from registry.exchange.loading.cases import content_in
from registry.exchange.rows import CaseRow
from registry.handbook import ladder, needs
from registry.paths import SAMPLE

LANGUAGES = {"zh-Hant", "en"}
RECORDS = ("events", "projects", "proposals", "tags", "people", "cases")


def read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((SAMPLE / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_a_newcomer_finds_a_living_site() -> None:
    assert len(read("events")) >= 75
    assert len(read("projects")) >= 300
    assert {event["number"] for event in read("events")} >= set(range(67))


@pytest.mark.parametrize("name", RECORDS)
def test_slugs_are_unique_and_one_record_stands_on_a_line(name: str) -> None:
    rows = read(name)
    lines = (SAMPLE / f"{name}.json").read_text(encoding="utf-8").splitlines()
    assert repeated([row["slug"] for row in rows]) == []
    assert [json.loads(line.rstrip(",")) for line in lines[1:-1]] == rows


@pytest.mark.parametrize("name", ["events", "projects"])
def test_no_summary_is_half_translated_or_used_twice(name: str) -> None:
    summaries = [row["summary"] for row in read(name) if row["summary"] or name == "projects"]
    assert [summary for summary in summaries if set(summary) != LANGUAGES or not all(summary.values())] == []
    for language in LANGUAGES:
        assert repeated([summary[language] for summary in summaries]) == []


def test_every_reference_resolves() -> None:
    events, projects, tags, people = (
        {row["slug"] for row in read(name)} for name in ("events", "projects", "tags", "people")
    )
    proposals = read("proposals")
    assert {proposal["event"] for proposal in proposals} - events == set()
    assert {proposal["project"] for proposal in proposals} - projects == set()
    assert {tag for project in read("projects") for tag in project["tags"]} == tags
    assert {member["person"] for project in read("projects") for member in project["people"]} - people == set()


def test_stages_standings_and_needs_are_words_of_the_handbook() -> None:
    projects = read("projects")
    assert {project["stage"] for project in projects} - {None, *(stage.key for stage in ladder().stage)} == set()
    assert {project["standing"] for project in projects} - {standing.key for standing in ladder().standing} == set()
    wanted = {need["key"] for project in projects for need in project["needs"]}
    assert wanted - needs().keys() == set()


def test_pitches_of_an_event_are_counted_from_one_without_a_gap() -> None:
    positions: dict[str, list[int]] = {}
    for proposal in read("proposals"):
        positions.setdefault(proposal["event"], []).append(proposal["position"])
        assert proposal["slug"] == f"{proposal['event']}-{proposal['project']}"
        assert len(proposal["slug"]) <= 120
    assert [event for event, found in positions.items() if found != list(range(1, len(found) + 1))] == []


@pytest.mark.parametrize("event", read("events"), ids=lambda event: event["slug"])
def test_an_event_begins_on_its_day_and_ends_later(event: dict[str, Any]) -> None:
    day = date.fromisoformat(event["starts_on"])
    assert datetime(2012, 12, 1, tzinfo=UTC).date() <= day <= datetime(2026, 12, 31, tzinfo=UTC).date()
    if event["starts_at"] is not None:
        starts, ends = (datetime.fromisoformat(event[key]) for key in ("starts_at", "ends_at"))
        assert starts.astimezone(ZoneInfo(event["timezone"])).date() == day
        assert starts < ends


def test_every_link_is_a_web_address() -> None:
    addresses = [link["url"] for project in read("projects") for link in project["links"]]
    for event in read("events"):
        addresses += event["video_urls"].values()
        addresses += [event["registration_url"]] if event["registration_url"] else []
    assert [url for url in addresses if urlsplit(url).scheme not in {"http", "https"}] == []
    assert [url for url in addresses if not urlsplit(url).hostname or " " in url] == []


def test_the_only_people_are_made_up_and_belong_to_the_example() -> None:
    people = read("people")
    assert [person["slug"] for person in people if not person["is_example"]] == []
    assert [person["slug"] for person in people if set(person["bio"]) != LANGUAGES] == []
    assert [project["slug"] for project in read("projects") if project["people"]] == ["example-street-tree-map"]
    assert [proposal["credits"] for proposal in read("proposals") if proposal["credits"]] == []


def test_case_studies_are_whole_and_each_number_in_them_has_its_source() -> None:
    cases = [msgspec.convert(row, CaseRow) for row in read("cases")]
    assert len(cases) >= 6
    assert {row.slug: faults_of(content_in(row), LANGUAGES) for row in cases} == {row.slug: [] for row in cases}
    here = {f"/{name}/{row['slug']}" for name in ("events", "projects", "proposals") for row in read(name)}
    linked = {path for row in cases for path in re.findall(r"\]\((/[^)]*)\)", str(row))}
    linked |= {moment.url for row in cases for moment in row.timeline if moment.url.startswith("/")}
    assert linked - here == set()
    assert {row.project for row in cases} - {row["slug"] for row in read("projects")} == set()
