"""A community's colours in place of ours: which there are, and whether what is written on them can be read."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

import msgspec

from registry.community.files import nearest
from registry.paths import STATIC

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")
READABLE = 4.5
VISIBLE = 3.0
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_TOKEN = re.compile(
    r"--(?P<name>[\w-]+): (?:light-dark\((?P<light>#\w{6}), (?P<dark>#\w{6})\)|(?P<both>#\w{6}));"
)
_TOKEN_OF = {"button": "marigold", "on-button": "on-marigold"}
"""What a community calls a colour, where the style has another name for it: ours is marigold."""
_NEARLY_BLACK = 0.04045  # below it sRGB is straight, above it a curve
_GROUNDS = ("ground", "ground-sunk", "ground-raised")
_PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, ground, READABLE) for ink in ("ink", "ink-soft", "link", "accent") for ground in _GROUNDS),
    *((ink, ground, READABLE) for ink in ("good", "bad") for ground in ("ground", "ground-raised")),
    *((ink, "box", READABLE) for ink in ("on-box", "on-box-soft", "button")), ("on-band", "band", READABLE),
    ("on-button", "button", READABLE), ("ink", "highlight", READABLE),
    ("ink", "good-ground", READABLE), ("ink", "bad-ground", READABLE), ("bad", "bad-ground", READABLE),
    *((line, ground, VISIBLE) for line in ("line-control", "focus") for ground in ("ground", "ground-raised")),
)


class Colours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Colours by name, as ``#rrggbb``, for each scheme; what a community leaves out stays ours."""

    light: dict[str, str] = {}
    dark: dict[str, str] = {}

    def of(self, scheme: Scheme) -> dict[str, str]:
        """Every colour of a scheme by its name: the community's, else ours."""
        return house_colours(scheme) | (self.light if scheme == "light" else self.dark)

    @property
    def is_ours(self) -> bool:
        """Whether nothing is changed."""
        return not (self.light or self.dark)


@cache
def house_colours(scheme: Scheme) -> dict[str, str]:
    """Our colours, as ``tokens.css`` has them, by the names that communities use."""
    names = {token: name for name, token in _TOKEN_OF.items()}
    tokens = _TOKEN.finditer((STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))
    return {names.get(one["name"], one["name"]): one["both"] or one[scheme] for one in tokens}


def colour_faults(colours: Colours) -> list[str]:
    """Everything that is wrong with a community's colours: names, forms, and words that could not be read."""
    return list(_unusable(colours)) or [fault for scheme in SCHEMES for fault in _hard_to_read(colours, scheme)]


def contrast(one: str, other: str) -> float:
    """How well two colours tell apart: from 1 (not at all) to 21 (black on white), as WCAG 2 reckons."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour_rules(colours: Colours) -> str:
    """The community's colours as a style sheet that overrules ours."""
    light, dark = colours.of("light"), colours.of("dark")
    changed = [name for name in light if name in colours.light or name in colours.dark]
    lines = [f"  --{_TOKEN_OF.get(name, name)}: light-dark({light[name]}, {dark[name]});" for name in changed]
    return "\n".join([":root {", *lines, "}\n"])


def _unusable(colours: Colours) -> Iterator[str]:
    for scheme in SCHEMES:
        known = house_colours(scheme)
        for name, value in (colours.light if scheme == "light" else colours.dark).items():
            if name not in known:
                yield (f"colours.{scheme}, {name}: there is no such colour{nearest(name, known)}. "
                       f"Use one of {', '.join(known)}.")
            elif not _COLOUR.fullmatch(value):
                yield f"colours.{scheme}, {name}: \"{value}\" is no colour. Write it like \"#0b5563\"."


def _hard_to_read(colours: Colours, scheme: Scheme) -> Iterator[str]:
    chosen: Mapping[str, str] = colours.light if scheme == "light" else colours.dark
    shown = colours.of(scheme)
    for ink, ground, least in _PAIRS:
        found = contrast(shown[ink], shown[ground])
        if found < least and (ink in chosen or ground in chosen):
            changed = ink if ink in chosen else ground
            yield (
                f"colours.{scheme}, {changed}: {ink} {shown[ink]} on {ground} {shown[ground]} has a contrast of "
                f"{found:.1f}, and {least} is needed to read it. Make one of them darker or lighter."
            )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place:place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _NEARLY_BLACK else float(((part + 0.055) / 1.055) ** 2.4)
