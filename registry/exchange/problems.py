"""What an import tells about the rows it could not take, or not whole."""

import msgspec

LONGEST_SHOWN = 200


class Problem(msgspec.Struct, frozen=True):
    """A row refused whole, or (``is_refusal`` false) one of its fields left out or kept as a note."""

    file: str
    row: str
    field: str
    value: str
    reason: str
    is_refusal: bool = True


class Problems:
    """The problems of one source, in the order they were met, and how many rows were read."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.rows_read = 0

    @property
    def refused(self) -> list[Problem]:
        """The first reason of each row that was refused."""
        first = {(one.file, one.row): one for one in reversed(self.found) if one.is_refusal}
        return list(reversed(first.values()))

    def at(self, file: str, row: str) -> "Place":
        """A row of a file, to tell problems of."""
        return Place(self, file, row)


class Place:
    """A row of a file, as a person finds it there."""

    def __init__(self, problems: Problems, file: str, row: str) -> None:
        self._problems = problems
        self.file = file
        self.row = row

    def refuse(self, field: str, value: object, reason: object) -> None:
        """Tell that the row is refused whole because of a field."""
        self._tell(field, value, reason, is_refusal=True)

    def remark(self, field: str, value: object, reason: object) -> None:
        """Tell that the row is taken, but not this field as it was written."""
        self._tell(field, value, reason, is_refusal=False)

    def _tell(self, field: str, value: object, reason: object, *, is_refusal: bool) -> None:
        shown = str(value)[:LONGEST_SHOWN]
        self._problems.found.append(Problem(self.file, self.row, field, shown, str(reason), is_refusal))


class UnreadableSource(Exception):
    """The whole source cannot be read; the message says what was expected."""
