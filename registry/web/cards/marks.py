"""The marks of the cards, drawn from the same pictures that the pages show: pits, the logo, contours."""

import re
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw

from registry.paths import STATIC

Point = tuple[float, float]
_FINER = 3
_STEPS = 12
_VIEW = 64
_SYMBOL = re.compile(r'<symbol id="(?P<name>[\w-]+)" viewBox="0 0 64 64">(?P<paths>.*?)</symbol>', re.DOTALL)
_PATH = re.compile(r'<path d="M(?P<start>[\d. -]+)C(?P<curves>[^"Z]+)Z"(?P<paint>[^>]*)/>')
_PAINT = re.compile(r'(?P<what>fill|stroke|stroke-width)="(?P<how>[^"]+)"')
_NAMED = re.compile(r"var\(--(?P<name>[\w-]+)(?:, *(?P<else>#\w{6}))?\)")


def mark(name: str, size: int, colours: dict[str, str], ink: str) -> Image.Image:
    """A symbol of ``icons.svg`` made of closed curves, on nothing; ``ink`` is its ``currentColor``."""
    scale = size * _FINER / _VIEW
    picture = Image.new("RGBA", (size * _FINER, size * _FINER))
    draw = ImageDraw.Draw(picture)
    for path in _PATH.finditer(_symbols()[name]):
        points = [(x * scale, y * scale) for x, y in _outline(path["start"], path["curves"])]
        paint = {one["what"]: one["how"] for one in _PAINT.finditer(path["paint"])}
        fill, stroke = (_colour(paint.get(what, "none"), colours, ink) for what in ("fill", "stroke"))
        draw.polygon(points, fill=fill)
        if stroke:
            draw.line([*points, points[0], points[1]], fill=stroke, joint="curve",
                      width=round(float(paint.get("stroke-width", 1)) * scale))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


@cache
def _symbols() -> dict[str, str]:
    text = (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")
    return {one["name"]: one["paths"] for one in _SYMBOL.finditer(text)}


def _outline(start: str, curves: str) -> list[Point]:
    """Points along a path of cubic curves."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", curves)]
    corners = [(numbers[place], numbers[place + 1]) for place in range(0, len(numbers), 2)]
    x, y = (float(number) for number in start.split())
    knots = [(x, y), *corners[2::3]]
    return [
        _on_curve(here, corners[3 * number], corners[3 * number + 1], there, step / _STEPS)
        for number, (here, there) in enumerate(pairwise(knots)) for step in range(_STEPS)
    ]


def _on_curve(here: Point, one: Point, other: Point, there: Point, way: float) -> Point:
    back = 1 - way
    shares = (back**3, 3 * back**2 * way, 3 * back * way**2, way**3)
    x, y = (sum(share * point[axis] for share, point in zip(shares, (here, one, other, there), strict=True))
            for axis in (0, 1))
    return x, y


def _colour(said: str, colours: dict[str, str], ink: str) -> str | None:
    if said == "none":
        return None
    if named := _NAMED.fullmatch(said):
        return colours.get(named["name"], named["else"] or ink)
    return ink if said == "currentColor" else said
