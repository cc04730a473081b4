"""What a reader asks of the list of projects, as its address says it."""

import re
from datetime import date
from typing import Any

import msgspec

from registry.handbook import ladder
from registry.projects.rules import ProjectOrder

FIRST_STAGE = "first_stage"
_YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)


class ProjectFilters(msgspec.Struct, frozen=True, omit_defaults=True):
    """The filters of a list of projects; each is the value in the address, or empty. They combine with "and".

    ``q`` is free text; ``stage``, ``need`` and ``standing`` are keys of the handbook; ``tag`` and ``event`` are slugs;
    ``language`` is the tag of a language in which the project has a name or a sentence; ``year`` is a year in which it
    was pitched; ``licence`` is that of its code; ``has_repository`` is "yes" or "no".
    """

    q: str = ""
    stage: str = ""
    need: str = ""
    tag: str = ""
    standing: str = ""
    year: str = ""
    event: str = ""
    licence: str = ""
    language: str = ""
    has_repository: str = ""
    sort: str = ""

    @property
    def order(self) -> ProjectOrder:
        """How to sort; an unknown wish is passed over."""
        return next((order for order in ProjectOrder if order == self.sort), ProjectOrder.ACTIVE)

    def chosen(self) -> dict[str, str]:
        """The filters in force, by name."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if name != "sort"}

    def conditions(self) -> frozenset[str]:
        """What the list's statements look at: the names of the filters in force.

        A project whose stage left the handbook is found on the first stage, as its page shows it: that is another
        condition than a stage's own.
        """
        names = frozenset(self.chosen())
        is_first = self.stage == ladder().stage[0].key
        return names - {"stage"} | {FIRST_STAGE} if is_first else names

    def parameters(self, *, quiet_before: date) -> dict[str, Any]:
        """The values that the list's statements are run with; what is no year or no yes or no matches nothing."""
        _first, *later = [stage.key for stage in ladder().stage]
        year = int(self.year) if _YEAR.fullmatch(self.year) else None
        return {
            **self.chosen(),
            "later_stages": later,
            "has_repository": {"yes": True, "no": False}.get(self.has_repository),
            "year_starts": year and date(year, 1, 1),
            "year_ends": year and date(year, 12, 31),
            "quiet_before": quiet_before,
        }


FILTER_NAMES = ProjectFilters.__struct_fields__
"""The parameters of the list's address."""
