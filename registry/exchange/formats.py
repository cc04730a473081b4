"""The formats an import knows, by the name given on the command line."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.exchange.aray import read_aray
from registry.exchange.case_axes import read_case_axes
from registry.exchange.g0v_db import read_g0v_db
from registry.exchange.jothon_events import read_jothon_events
from registry.exchange.own_formats import read_own_csv, read_own_json
from registry.exchange.problems import Problems
from registry.exchange.rows import AnyRow, Sourced

Read = Callable[[Path, ZoneInfo, Problems], Iterator[Sourced[AnyRow]]]


class Format(StrEnum):
    """A kind of source."""

    JOTHON_EVENTS = "jothon-events"
    G0V_DB = "g0v-db"
    ARAY = "aray"
    CASE_AXES = "case-axes"
    CSV = "csv"
    JSON = "json"


READERS: dict[Format, Read] = {
    Format.JOTHON_EVENTS: lambda path, _, problems: read_jothon_events(path, problems),
    Format.G0V_DB: lambda path, _, problems: read_g0v_db(path, problems),
    Format.ARAY: read_aray,
    Format.CASE_AXES: read_case_axes,
    Format.CSV: lambda path, _, problems: read_own_csv(path, problems),
    Format.JSON: lambda path, _, problems: read_own_json(path, problems),
}
"""Each format's reader; the zone is the community's own, where a moment becomes a day."""
