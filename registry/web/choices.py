"""The filters of a list as its address says them, and the choices offered beside it."""

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
from litestar.datastructures import MultiDict

LONGEST_VALUE = 200


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter; ``url`` chooses it, or drops it when it ``is_chosen``.

    Where too much is found to count, ``count`` is none.
    """

    label: str
    url: str
    count: int | None
    is_chosen: bool


class Chip(msgspec.Struct, frozen=True):
    """A filter in force; ``url`` drops it."""

    label: str
    url: str


class Chosen(msgspec.Struct, frozen=True):
    """The filters in force on the list at ``path``; ``values`` are as the reader or the address wrote them."""

    path: str
    values: dict[str, str]

    def url(self, **changes: str) -> str:
        """The list with some filters changed; an empty value drops one. It starts at the first page."""
        query = urlencode({name: value for name, value in {**self.values, **changes}.items() if value})
        return f"{self.path}?{query}" if query else self.path

    def choices(self, name: str, words: Mapping[str, str], counts: Mapping[str, int | None]) -> list[Choice]:
        """The values of a filter in the order of ``words``; those that nothing has are left out."""
        return [
            Choice(
                label, self.url(**{name: "" if value == self.values.get(name) else value}), counts.get(value, 0),
                is_chosen=value == self.values.get(name),
            )
            for value, label in words.items() if counts.get(value, 0) != 0 or value == self.values.get(name)
        ]

    def chips(self, words: Mapping[str, Mapping[str, str]]) -> list[Chip]:
        """The filters in force, each in the words of its filter; a value without words stands for itself."""
        return [
            Chip(words.get(name, {}).get(value, value), self.url(**{name: ""}))
            for name, value in self.values.items() if name != "sort"
        ]


def read_choices(path: str, query: MultiDict[str] | Mapping[str, str], names: tuple[str, ...]) -> Chosen:
    """Take the filters called ``names`` from an address; other parameters and empty values are passed over."""
    values = {name: query[name].strip()[:LONGEST_VALUE] for name in names if name in query}
    return Chosen(path, {name: value for name, value in values.items() if value})
