"""What an import tells about the rows it could not take, or not whole."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from registry.activity.rules import Subject
from registry.exchange.fields.text import public_line

LONGEST_SHOWN = 200


class Problem(msgspec.Struct, frozen=True):
    """A row refused whole, or (``is_refusal`` false) one of its fields left out or kept as a note."""

    file: str
    row: str
    field: str
    value: str
    reason: str
    kind: Subject
    is_refusal: bool = True


class Outcome(StrEnum):
    """What became of a row that was taken."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Taken(msgspec.Struct, frozen=True):
    """A row that was taken: what it speaks of, by name, and which fields it filled in a record that was there."""

    file: str
    row: str
    kind: Subject
    name: str
    outcome: Outcome
    fields: tuple[str, ...] = ()


class Problems:
    """The problems of one source, in the order they were met, and how many rows were read, and what was taken."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.taken: list[Taken] = []
        self.rows_read = 0

    @property
    def refused(self) -> list[Problem]:
        """The first reason of each row that was refused."""
        first = {(one.file, one.row): one for one in reversed(self.found) if one.is_refusal}
        return list(reversed(first.values()))

    def at(self, file: str, row: str, kind: Subject) -> "Place":
        """A row of a file, to tell problems of; ``kind`` is what the row speaks of."""
        return Place(self, file, row, kind)


class Place:
    """A row of a file, as a person finds it there."""

    def __init__(self, problems: Problems, file: str, row: str, kind: Subject) -> None:
        self._problems = problems
        self.file = file
        self.row = row
        self.kind = kind

    def refuse(self, field: str, value: object, reason: object) -> None:
        """Tell that the row is refused whole because of a field."""
        self._tell(field, value, reason, is_refusal=True)

    def remark(self, field: str, value: object, reason: object) -> None:
        """Tell that the row is taken, but not this field as it was written."""
        self._tell(field, value, reason, is_refusal=False)

    def take(self, kind: Subject, name: str, outcome: Outcome, fields: Iterable[str] = ()) -> None:
        """Tell that the row, or what of it speaks of ``kind``, was taken."""
        self._problems.taken.append(Taken(self.file, self.row, kind, name, outcome, tuple(fields)))

    def _tell(self, field: str, value: object, reason: object, *, is_refusal: bool) -> None:
        self._problems.found.append(
            Problem(
                file=self.file, row=self.row, field=field, value=public_line(str(value)[:LONGEST_SHOWN]),
                reason=str(reason), kind=self.kind, is_refusal=is_refusal,
            )
        )


class UnreadableSource(Exception):
    """The whole source cannot be read; the message says what was expected."""
