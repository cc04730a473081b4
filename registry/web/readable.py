"""A value as it is kept, for people who look behind a page: the audit log, their own data."""

from typing import Any

from registry.database.types import to_json

LONGEST_SHOWN = 300


def readable(value: Any) -> str:
    """A kept value in one line: texts by language beside each other, empty for what is empty, cut where it is long."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        text = " / ".join(value.values())
    else:
        text = value if isinstance(value, str) else to_json(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
