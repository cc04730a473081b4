"""How what is on record is added up, so that nobody is counted twice and nobody is made out."""

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

FEWEST = 5
"""What fewer people than this say of themselves is not told, not even as a number."""
A_YEAR = timedelta(days=365)


class YearOfPeople(NamedTuple):
    """People who are named in a year for the first time, and those who were named in an earlier one."""

    newcomers: int = 0
    returning: int = 0


class YearOfProjects(NamedTuple):
    """Of the projects first pitched in a year: heard of a year later, not any more, or too young to tell."""

    heard_of: int = 0
    quiet: int = 0
    too_young: int = 0


def people_by_year(appearances: Iterable[tuple[Hashable, int]]) -> dict[int, YearOfPeople]:
    """Newcomers and returning people of each year, from pairs of who and in which year, in any order."""
    every = set(appearances)
    first: dict[Hashable, int] = {}
    for who, year in every:
        first[who] = min(year, first.get(who, year))
    new, named = Counter(first.values()), Counter(year for _who, year in every)
    return {year: YearOfPeople(new[year], count - new[year]) for year, count in named.items()}


def projects_by_year(lives: Iterable[tuple[date, date, int]], *, today: date) -> dict[int, YearOfProjects]:
    """What became of projects by the year of their first pitch; a life is (first day, last day heard of, how many)."""
    years: dict[int, YearOfProjects] = {}
    for first, last, count in lives:
        heard_of, quiet, too_young = years.get(first.year, YearOfProjects())
        if last - first >= A_YEAR:
            heard_of += count
        elif today - first >= A_YEAR:
            quiet += count
        else:
            too_young += count
        years[first.year] = YearOfProjects(heard_of, quiet, too_young)
    return years


def said_by_enough(said: Iterable[tuple[Hashable, str]]) -> list[tuple[str, int]]:
    """What at least ``FEWEST`` different people say, from pairs of who and what; the commonest first."""
    counts = Counter(what for _who, what in set(said))
    return sorted(
        ((what, count) for what, count in counts.items() if count >= FEWEST), key=lambda pair: (-pair[1], pair[0])
    )
