"""How what is on record is added up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.numbers.rules import FEWEST, YearOfProjects, people_by_year, projects_by_year, said_by_enough

PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(2012, 2017)))
TODAY = date(2026, 1, 1)


@given(PAIRS)
def test_everybody_is_new_once_and_counts_once_a_year(pairs: list[tuple[int, int]]) -> None:
    years = people_by_year(pairs)

    assert sum(year.newcomers for year in years.values()) == len({who for who, _year in pairs})
    assert {year: sum(counts) for year, counts in years.items()} == {
        year: len({who for who, other in pairs if other == year}) for _who, year in pairs
    }
    assert not years or years[min(years)].returning == 0


def test_a_project_is_heard_of_a_full_year_later_or_quiet_or_too_young() -> None:
    first, young = date(2014, 3, 1), TODAY - timedelta(days=364)
    lives = [
        (first, first + timedelta(days=365), 2), (first, first + timedelta(days=364), 1), (young, TODAY, 4),
        (TODAY - timedelta(days=365), TODAY - timedelta(days=1), 8),
    ]

    assert projects_by_year(lives, today=TODAY) == {
        2014: YearOfProjects(heard_of=2, quiet=1), 2025: YearOfProjects(quiet=8, too_young=4),
    }


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"))))
def test_what_few_say_is_never_told_and_saying_it_twice_counts_once(said: list[tuple[int, str]]) -> None:
    people = {what: {who for who, other in said if other == what} for _who, what in said}

    assert dict(said_by_enough(said + said)) == {
        what: len(who) for what, who in people.items() if len(who) >= FEWEST
    }
