"""The components where a wrong number would show: pit, event card, pager, filters, charts."""

import re
from datetime import date
from typing import Any

import pytest

from registry.web.templates import environment


def _draw(component: str, macro: str, **arguments: Any) -> str:
    module = environment().get_template(f"_components/{component}.html").module
    return str(getattr(module, macro)(**arguments))


@pytest.mark.parametrize(
    ("times_pitched", "rings"),
    [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (7, 3), (8, 4), (16, 5), (31, 5), (32, 6), (500, 6)],
)
def test_a_pit_gains_a_ring_each_time_its_pitches_double(times_pitched: int, rings: int) -> None:
    assert re.findall(r"#pit-(\d)", _draw("pit", "pit", times_pitched=times_pitched)) == [str(rings)]


@pytest.mark.parametrize(("number", "shown"), [(0, ["0"]), (74, ["74"]), (None, [])])
def test_event_zero_has_a_number_like_any_other(number: int | None, shown: list[str]) -> None:
    html = _draw("event_card", "event_card", name={"en": "First"}, url="/events/first", number=number,
                 starts_on=date(2012, 12, 1), phase="over")

    assert re.findall(r"Event number </span>(\d+)<", html) == shown


@pytest.mark.parametrize(
    ("number", "count", "pages"),
    [
        (1, 1, []), (1, 3, ["1", "2", "3"]), (5, 42, ["1", "…", "4", "5", "6", "…", "42"]),
        (42, 42, ["1", "…", "41", "42"]),
    ],
)
def test_a_pager_shows_the_ends_and_the_neighbours(number: int, count: int, pages: list[str]) -> None:
    html = _draw("pager", "pager", number=number, count=count, page_url="/projects?stage=idea&page={}".format)

    assert re.findall(r"(?:Page </span>|>)(\d+|…)<", html) == pages


def test_a_choice_that_would_find_nothing_is_no_link() -> None:
    choices = [{"label": "MIT", "url": "?licence=MIT", "count": 3, "is_chosen": False},
               {"label": "GPL", "url": "?licence=GPL", "count": 0, "is_chosen": False},
               {"label": "CC0", "url": "?", "count": 0, "is_chosen": True}]

    html = _draw("filter_group", "filter_group", title="Licence", choices=choices)

    assert re.findall(r'<a [^>]*href="([^"]*)"', html) == ["?licence=MIT", "?"]


def test_a_chart_has_a_bar_and_a_row_for_each_year_and_the_tallest_fills_it() -> None:
    html = _draw("bar_chart", "column_chart", id="years", title="Pitches", description="By year",
                 bars=[("2012", 0), ("2013", 50), ("2014", 100)], label_name="Year", unit="Pitches")

    assert re.findall(r'<rect [^>]* height="([\d.]+)"', html) == ["0.0", "75.0", "150.0"]
    assert re.findall(r'<th scope="row">(\d+)</th><td>(\d+)</td>', html) == [
        ("2012", "0"), ("2013", "50"), ("2014", "100"),
    ]


def test_a_chart_of_nothing_is_drawn_without_bars() -> None:
    html = _draw("bar_chart", "column_chart", id="years", title="Pitches", description="By year", bars=[],
                 label_name="Year", unit="Pitches")

    assert "<rect" not in html
