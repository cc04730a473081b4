"""The formats an import knows, by the name given on the command line."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.exchange.aray import read_aray
from registry.exchange.calendar_events import read_calendar_events
from registry.exchange.case_axes import read_case_axes
from registry.exchange.dribdat import read_dribdat
from registry.exchange.g0v_db import read_g0v_db
from registry.exchange.hackathon_json import read_hackathon_json
from registry.exchange.jothon_events import read_jothon_events
from registry.exchange.own_formats import read_own_csv, read_own_json
from registry.exchange.problems import Problems
from registry.exchange.repository_files import read_repository_files
from registry.exchange.rows import AnyRow, Sourced
from registry.exchange.table import read_table
from registry.handbook.statuses import CIVIC, G0V, PUBLICCODE

Read = Callable[[Path, ZoneInfo, Problems], Iterator[Sourced[AnyRow]]]


class Format(StrEnum):
    """A kind of source."""

    JOTHON_EVENTS = "jothon-events"
    G0V_DB = "g0v-db"
    ARAY = "aray"
    CASE_AXES = "case-axes"
    CSV = "csv"
    JSON = "json"
    HACKATHON_JSON = "hackathon-json"
    DRIBDAT = "dribdat"
    G0V_JSON = "g0v-json"
    CIVIC_JSON = "civic-json"
    PUBLICCODE = "publiccode"
    ICALENDAR = "icalendar"
    TABLE = "table"


FOLDERS = frozenset({
    Format.JOTHON_EVENTS, Format.ARAY, Format.CSV, Format.JSON, Format.DRIBDAT, Format.G0V_JSON, Format.CIVIC_JSON,
    Format.PUBLICCODE,
})
"""Formats that are, or may be, a folder; the others are a file."""

READERS: dict[Format, Read] = {
    Format.JOTHON_EVENTS: lambda path, _, problems: read_jothon_events(path, problems),
    Format.G0V_DB: lambda path, _, problems: read_g0v_db(path, problems),
    Format.ARAY: read_aray,
    Format.CASE_AXES: read_case_axes,
    Format.CSV: lambda path, _, problems: read_own_csv(path, problems),
    Format.JSON: lambda path, _, problems: read_own_json(path, problems),
    Format.HACKATHON_JSON: read_hackathon_json,
    Format.DRIBDAT: read_dribdat,
    Format.G0V_JSON: lambda path, _, problems: read_repository_files(G0V, path, problems),
    Format.CIVIC_JSON: lambda path, _, problems: read_repository_files(CIVIC, path, problems),
    Format.PUBLICCODE: lambda path, _, problems: read_repository_files(PUBLICCODE, path, problems),
    Format.ICALENDAR: read_calendar_events,
    Format.TABLE: read_table,
}
"""Each format's reader; the zone is the community's own, where a moment becomes a day."""
