"""Texts that made a reader slow once stay harmless: time grows with length, not with its square."""

import time
from collections.abc import Callable

import pytest

from registry.exchange.fields.events import comparable_event_name, read_event_name
from registry.exchange.fields.names import split_names
from registry.exchange.fields.text import prose, public_line
from registry.links import read_links
from registry.projects.rules import normalise_name


@pytest.mark.parametrize(
    ("read", "piece"),
    [
        (prose, "<!--"), (public_line, "a."), (split_names, " "), (read_event_name, "|"), (read_links, "a"),
        (comparable_event_name, "\u3000"), (normalise_name, "-1"), (normalise_name, "-"),
    ],
)
def test_a_hundred_thousand_characters_take_at_most_two_seconds(read: Callable[[str], object], piece: str) -> None:
    text = "x" + piece * (100_000 // len(piece)) + "!"
    started = time.perf_counter()
    try:
        read(text)
    except ValueError:
        assert read is split_names
    assert time.perf_counter() - started < 2
