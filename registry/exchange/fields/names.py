"""Names of people in a cell."""

import re

from registry.exchange.fields.text import MASK, public_line

LONGEST_NAME = 100
_SEPARATORS = re.compile(r"[、,，；;/／|\n]+|(?<!\s)\s+(?:&|＆|and)\s+")
_NOBODY = {"", "n/a", "na", "none", "-", "無", "tbd", "?"}


def split_names(text: str) -> tuple[str, ...]:
    """Split a cell into names as written, in order, without repeats; a leading "@" is dropped.

    Contact details are left out: a credit names a person, it does not tell how to reach one.

    Raises:
        ValueError: a piece is longer than 100 characters, which is prose and no name.
    """
    if text.strip().casefold() in _NOBODY:
        return ()
    names: dict[str, None] = {}
    for piece in _SEPARATORS.split(text):
        name = public_line(piece).removeprefix("@")
        if name.casefold() in _NOBODY or MASK in name:
            continue
        if len(name) > LONGEST_NAME:
            raise ValueError("a name has at most 100 characters")
        names[name] = None
    return tuple(names)
