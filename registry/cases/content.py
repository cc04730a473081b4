"""All that a case study says, as it is drafted, published and exported. Pure: no I/O."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from registry.cases.rules import DEFAULT_LICENCE
from registry.database.types import Localized


class NumberSaid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number with what it counts, the day it is true of, and the address where a reader finds it."""

    what: Localized
    value: str
    as_of: date | None = None
    source: str = ""

    @property
    def is_sourced(self) -> bool:
        """Whether it has both its date and its source."""
        return self.as_of is not None and bool(self.source)


class Picture(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture that lives elsewhere, shown in ``section``; its caption is what those hear who don't see it."""

    url: str
    section: str
    caption: Localized
    credit: str = ""
    licence: str = ""

    @property
    def is_credited(self) -> bool:
        """Whether it says who made it and under which licence."""
        return bool(self.credit and self.licence)


class Moment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened, with where to read about it (a path of ours, or an address)."""

    on: date
    what: Localized
    url: str = ""


class CaseLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address to read on at."""

    url: str
    label: str = ""


class AxisPlace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a case stands on one axis; of the goals, ``spent`` holds the time for each ("6 month")."""

    choices: list[str] = []
    text: Localized = {}
    spent: dict[str, str] = {}


class CaseContent(msgspec.Struct, frozen=True, kw_only=True):
    """A whole case study. ``sections`` hold Markdown by section and language; ``credits`` name who has no account."""

    title: Localized = {}
    summary: Localized = {}
    sections: dict[str, Localized] = {}
    axes: dict[str, AxisPlace] = {}
    numbers: list[NumberSaid] = []
    pictures: list[Picture] = []
    timeline: list[Moment] = []
    links: list[CaseLink] = []
    credits: list[str] = []
    licence: str = DEFAULT_LICENCE

    def place(self, axis: str) -> AxisPlace:
        """Where it stands on an axis; nowhere when nobody has said."""
        return self.axes.get(axis, AxisPlace())

    def pictures_of(self, section: str) -> list[Picture]:
        """The pictures that belong to a section."""
        return [picture for picture in self.pictures if picture.section == section]


def content_of(stored: Mapping[str, Any]) -> CaseContent:
    """A case as the database keeps it."""
    return msgspec.convert(stored, CaseContent)


def stored(content: CaseContent) -> dict[str, Any]:
    """A case for the database to keep."""
    kept: dict[str, Any] = msgspec.to_builtins(content)
    return kept
