from datetime import UTC, date, datetime, timedelta

from registry.activity.models import DuplicateCandidate, Provenance
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.models import Event
from registry.events.rules import EventKind
from registry.exchange.problems import Problems
from registry.exchange.rows import EventRow
from tests.conftest import postgresql_in_trust
from tests.exchange.acts import an_event_row, rows_of, sourced, taken

DAY = date(2014, 2, 22)


async def test_an_event_without_hours_spans_its_local_day(database: Database) -> None:
    assert await taken(database, sourced("7", an_event_row(7, DAY))) == {Subject.EVENT: (1, 0, 0)}
    columns = (Event.slug, Event.number, Event.starts_at, Event.ends_at, Event.is_all_day, Event.timezone)
    starts_at = datetime(2014, 2, 21, 16, tzinfo=UTC)
    assert await rows_of(database, *columns) == [
        ("第7次測試松", 7, starts_at, starts_at + timedelta(days=1), True, "Asia/Taipei")
    ]


async def test_number_zero_is_a_number_and_names_the_address(database: Database) -> None:
    row = EventRow(number=0, kind=EventKind.LARGE, name={"en": "Zero"}, starts_on=DAY)
    await taken(database, sourced("0", row))
    assert await taken(database, sourced("zero", row), source="other") == {Subject.EVENT: (0, 0, 1)}
    assert await rows_of(database, Event.slug, Event.number) == [("hackath0n", 0)]


async def test_a_later_source_fills_what_is_empty_and_overwrites_nothing(database: Database) -> None:
    await taken(database, sourced("7", EventRow(number=7, name={"zh-Hant": "第一個名字"}, starts_on=DAY)))
    hours = datetime(2014, 2, 22, 1, tzinfo=UTC), datetime(2014, 2, 22, 10, tzinfo=UTC)
    later = EventRow(
        number=7, name={"zh-Hant": "第二個名字", "en": "Seven"}, description={"en": "**Bring** food"},
        starts_on=DAY, starts_at=hours[0], ends_at=hours[1], address="某路 1 號",
    )
    assert await taken(database, sourced("e7", later), source="hub") == {Subject.EVENT: (0, 1, 0)}
    last = EventRow(number=7, name={"en": "Else"}, starts_on=DAY, address="他處")
    assert await taken(database, sourced("x7", last), source="third") == {Subject.EVENT: (0, 0, 1)}
    columns = (Event.name, Event.description_html, Event.starts_at, Event.is_all_day, Event.address)
    assert await rows_of(database, *columns) == [
        (
            {"zh-Hant": "第一個名字", "en": "Seven"}, {"en": "<p><strong>Bring</strong> food</p>\n"}, hours[0], False,
            "某路 1 號",
        )
    ]
    assert await rows_of(database, Provenance.source, Provenance.row, Provenance.subject_id) == [
        ("sheet", "7", 1), ("hub", "e7", 1), ("third", "x7", 1)
    ]


async def test_a_date_that_is_days_off_is_the_same_hackathon_and_months_off_is_another(database: Database) -> None:
    await taken(database, sourced("7", an_event_row(7, DAY)))
    await taken(database, sourced("a", an_event_row(7, DAY + timedelta(days=10))), source="typo")
    assert await rows_of(database, Event.starts_on) == [(DAY,)]
    await taken(database, sourced("b", an_event_row(7, date(2017, 7, 29))), source="elsewhere")
    assert await rows_of(database, Event.starts_on) == [(DAY,), (date(2017, 7, 29),)]
    pairs = await rows_of(database, DuplicateCandidate.left_id, DuplicateCandidate.right_id, DuplicateCandidate.signs)
    assert (1, 2, ["same_number"]) in pairs


async def test_unnumbered_events_are_matched_by_day_and_name_without_dates_in_it(database: Database) -> None:
    await taken(database, sourced("a", EventRow(name={"zh-Hant": "辭典松"}, starts_on=DAY)))
    same = EventRow(name={"zh-Hant": "2/22 辭典松"}, starts_on=DAY)
    other_day = EventRow(name={"zh-Hant": "辭典松"}, starts_on=DAY + timedelta(days=7))
    counts = await taken(database, sourced("b", same), sourced("c", other_day), source="hub")
    assert counts == {Subject.EVENT: (1, 0, 1)}


@postgresql_in_trust
async def test_an_event_without_a_day_only_adds_to_a_known_one(database: Database) -> None:
    problems = Problems()
    undated = EventRow(number=7, name={"en": "Seven"})
    assert await taken(database, sourced("e7", undated, problems), source="hub") == {}
    assert [(one.row, one.field) for one in problems.refused] == [("e7", "date")]
    await taken(database, sourced("7", an_event_row(7, DAY)))
    assert await taken(database, sourced("e7", undated), source="hub") == {Subject.EVENT: (0, 1, 0)}


async def test_rows_outside_the_limits_are_refused(database: Database) -> None:
    problems = Problems()
    rows = [
        EventRow(name={}, starts_on=DAY), EventRow(name={"en": "x" * 301}, starts_on=DAY),
        EventRow(name={"English!": "x"}, starts_on=DAY), EventRow(name={"en": "x"}, starts_on=DAY, number=-1),
        EventRow(name={"en": "x"}, starts_on=DAY, timezone="Mars/Base"),
        EventRow(name={"en": "x"}, starts_on=DAY, registration_url="javascript:alert(1)"),
        EventRow(name={"en": "a\x00b"}, starts_on=DAY),
        EventRow(
            name={"en": "x"}, starts_on=DAY, starts_at=datetime(2014, 1, 2, tzinfo=UTC),
            ends_at=datetime(2014, 1, 1, tzinfo=UTC),
        ),
    ]
    assert await taken(database, *(sourced(str(n), row, problems) for n, row in enumerate(rows))) == {}
    assert len(problems.refused) == len(rows)
    assert await rows_of(database, Event.id) == []
