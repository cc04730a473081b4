"""What the figures of the community in numbers are drawn from, counted over the whole public record."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from registry.database.engine import Reader
from registry.exchange.vocabulary import wanted
from registry.numbers.queries import Guest, PitchesOfDay, guests_since, pitches_by_day, record_counts
from registry.numbers.rules import YearOfPeople, YearOfProjects, people_by_year, projects_by_year, said_by_enough
from registry.stages.queries import Paces, stage_paces
from registry.tallies.queries import Occasion, Tally
from registry.web.i18n import languages


class YearOfPitches(msgspec.Struct, frozen=True):
    """The pitches of a year; ``unnamed`` of them name nobody whom the public sees.

    ``alone`` counts those whose title is in one language only, by that language; ``several`` in more than one.
    """

    count: int
    unnamed: int
    alone: dict[str, int]
    several: int


class EventPitches(NamedTuple):
    """How much was pitched at an event, which is given by its row number, in a year."""

    event_id: int
    year: int
    pitches: int


class CountedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Every number of the figures. ``events`` are those that took pitches, oldest first; ``elsewhere`` had no event.

    Topics are given by their row numbers, each with how often it was pitched in each year.
    """

    pitches: dict[int, YearOfPitches]
    events: list[EventPitches]
    elsewhere: int
    people: dict[int, YearOfPeople]
    disciplines: list[tuple[str, int]]
    needs: dict[str, dict[str, int]]
    lives: dict[int, YearOfProjects]
    paces: Paces
    topics: dict[int, dict[int, int]]
    code_licences: dict[str, int]
    content_licences: dict[str, int]


async def _count_record(reader: Reader, occasion: Occasion) -> CountedRecord:
    """Count all of it (four statements)."""
    settings, now = occasion
    days = await pitches_by_day(reader, languages=languages())
    counts = await record_counts(reader)
    guests = await guests_since(reader, now - timedelta(days=settings.guests_kept_days))
    return CountedRecord(
        pitches=_by_year(days),
        events=[EventPitches(day.event_id, day.day.year, day.count) for day in days if day.event_id is not None],
        elsewhere=sum(day.count for day in days if day.event_id is None),
        people=people_by_year((one.who, one.year) for one in counts.named),
        disciplines=_disciplines(guests), needs=counts.needs,
        lives=projects_by_year(((one.first, one.last, one.count) for one in counts.lives), today=now.date()),
        paces=await stage_paces(reader, now), topics=counts.topics,
        code_licences=counts.code_licences, content_licences=counts.content_licences,
    )


COUNTED_RECORD = Tally("numbers", CountedRecord, _count_record)


def _by_year(days: Sequence[PitchesOfDay]) -> dict[int, YearOfPitches]:
    years: dict[int, YearOfPitches] = {}
    for day in days:
        before = years.get(day.day.year, YearOfPitches(0, 0, {}, 0))
        years[day.day.year] = YearOfPitches(
            before.count + day.count, before.unnamed + day.unnamed,
            dict(Counter(before.alone) + Counter(day.alone)), before.several + day.several,
        )
    return years


def _disciplines(guests: Iterable[Guest]) -> list[tuple[str, int]]:
    """What guests of the latest events say they do, where enough of them say the same."""
    return said_by_enough((guest.who, role) for guest in guests for word in guest.keywords for role in wanted(word))
