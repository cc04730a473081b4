"""The formats an import knows, by the name given on the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.exchange.aray import read_aray
from registry.exchange.case_axes import read_case_axes
from registry.exchange.g0v_db import read_g0v_db
from registry.exchange.jothon_events import read_jothon_events
from registry.exchange.own_formats import read_own_csv, read_own_json
from registry.exchange.problems import Problems
from registry.exchange.rows import AnyRow, Sourced

Read = Callable[[Path, Problems], Iterator[Sourced[AnyRow]]]


def formats(zone: ZoneInfo) -> dict[str, Read]:
    """Each format's reader. ``zone`` is the community's own: where a moment becomes a day."""
    return {
        "jothon-events": read_jothon_events,
        "g0v-db": read_g0v_db,
        "aray": lambda path, problems: read_aray(path, zone, problems),
        "case-axes": lambda path, problems: read_case_axes(path, zone, problems),
        "csv": read_own_csv,
        "json": read_own_json,
    }
