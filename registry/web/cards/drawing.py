"""Draws a card: half a tenth of a second of one core, so ``kept.py`` does it aside and seldom."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

import msgspec
from PIL import Image, ImageDraw

from registry.web.cards import HEIGHT, WIDTH, Card
from registry.web.cards.faces import font, runs
from registry.web.cards.lines import Measure, evenly, wrap
from registry.web.cards.marks import mark

Colours = dict[str, str]

_LEFT, _TOP, _BAND = 72, 54, 530
_COLUMN, _WIDE = 770, WIDTH - 2 * _LEFT
_PIT = 440
_LEADING = 1.28
_TITLE_SIZES, _TITLE_LINES = (76, 66, 56, 50), 3
_MARK = 60
_DRAWN_LOGOS = frozenset((".png", ".webp", ".jpg"))
_COLOURS_IN_PICTURE = 128


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Whose card it is: the names of community and registry, the logo (none: ours), and the colours by name."""

    community: str
    site: str
    logo: Path | None
    colours: Colours


def draw_card(card: Card, look: Look) -> bytes:
    """The card as a PNG."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), look.colours["ground"])
    pit = _mark(f"pit-{card.rings}", _PIT, tuple(look.colours.items()))
    sheet.paste(pit, (WIDTH - _PIT + 110, -70), pit)
    draw = ImageDraw.Draw(sheet)
    _draw_words(draw, card, look.colours)
    if card.stages:
        _draw_ladder(draw, *card.stages, look.colours)
    _draw_band(sheet, draw, look)
    out = BytesIO()
    sheet.quantize(_COLOURS_IN_PICTURE, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        out, "PNG", compress_level=7
    )
    return out.getvalue()


def _draw_words(draw: ImageDraw.ImageDraw, card: Card, colours: Colours) -> None:
    """Kind and title from the top, the facts at the bottom, and as much of the summary as fits between."""
    _write(draw, card.kind, (_LEFT, _TOP + 32), size=30, weight=700, ink=colours["accent"], width=_COLUMN)
    size, lines = _title(card.title)
    line = _TOP + 52.0
    for text in lines:
        line += size * _LEADING
        _write(draw, text, (_LEFT, line - size * 0.2), size=size, weight=800, ink=colours["ink"])
    end = _BAND - (72 if card.stages else 40)
    if card.facts:
        _write(draw, " · ".join(card.facts), (_LEFT, end), size=30, weight=700, ink=colours["ink"], width=_WIDE)
        end -= 52
    room = int((end - line - 4) // 42)
    summary = wrap(card.summary, _measure(30, 400), width=_COLUMN, most=min(room, 2))
    for number, text in enumerate(summary):
        _write(draw, text, (_LEFT, line + 54 + 42 * number), size=30, weight=400, ink=colours["ink-soft"])


def _title(title: str) -> tuple[int, list[str]]:
    """The largest size in which the title fits, and its lines; in the smallest it may end in an ellipsis."""
    for size in _TITLE_SIZES:
        lines = evenly(title, _measure(size, 800), width=_COLUMN, most=_TITLE_LINES)
        if len(lines) <= _TITLE_LINES:
            return size, lines
    smallest = _TITLE_SIZES[-1]
    return smallest, wrap(title, _measure(smallest, 800), width=_COLUMN, most=_TITLE_LINES)


def _draw_ladder(draw: ImageDraw.ImageDraw, count: int, place: int, colours: Colours) -> None:
    """The stages as the pages show them, layer below layer; those not reached yet are outlines."""
    gap, top = 6, _BAND - 54
    width = (_WIDE - gap * (count - 1)) / count
    for number in range(count):
        left = _LEFT + number * (width + gap)
        depth = 10 + 26 * (number + 1) / count
        stratum = colours[f"stratum-{1 + round(5 * number / max(count - 1, 1))}"]
        box = (round(left), top, round(left + width), round(top + depth))
        if number < place:
            draw.rectangle(box, fill=stratum)
        else:
            draw.rectangle(box, outline=colours["line"], width=2)
    draw.rectangle((_LEFT, top - 4, _LEFT + _WIDE, top), fill=colours["ink"])


def _draw_band(sheet: Image.Image, draw: ImageDraw.ImageDraw, look: Look) -> None:
    """Whose it is: the mark with the registry's name, and the community's."""
    ink = look.colours["on-band"]
    draw.rectangle((0, _BAND, WIDTH, HEIGHT), fill=look.colours["band"])
    left, line = _LEFT, _BAND + (HEIGHT - _BAND) // 2 + 12
    if logo := _logo(look):
        sheet.paste(logo, (left, _BAND + (HEIGHT - _BAND - logo.height) // 2), logo)
        left += logo.width + 18
    _write(draw, look.site, (left, line), size=36, weight=800, ink=ink, width=560)
    if look.community != look.site:
        length = min(_length(look.community, 32, 600), 400)
        _write(draw, look.community, (WIDTH - _LEFT - length, line), size=32, weight=600, ink=ink, width=400)


def _logo(look: Look) -> Image.Image | None:
    """The logo at the band's height; none where it is an SVG of the community's own, which we cannot draw."""
    if look.logo is None:
        band = {**look.colours, "logo-line": look.colours["band"]}
        return _mark("logo", _MARK, tuple(band.items()))
    if look.logo.suffix.lower() not in _DRAWN_LOGOS:
        return None
    with Image.open(look.logo) as picture:
        logo = picture.convert("RGBA")
    logo.thumbnail((200, _MARK), Image.Resampling.LANCZOS)
    return logo


@lru_cache(maxsize=16)
def _mark(name: str, size: int, colours: tuple[tuple[str, str], ...]) -> Image.Image:
    known = dict(colours)
    return mark(name, size, known, known["on-band"] if name == "logo" else known["pit-line"])


def _measure(size: int, weight: int) -> Measure:
    return lambda text: _length(text, size, weight)


@lru_cache(maxsize=10_000)
def _length(text: str, size: int, weight: int) -> float:
    return sum(font(file, size, weight).getlength(part) for file, part in runs(text))


def _write(
    draw: ImageDraw.ImageDraw, text: str, at: tuple[float, float], *, size: int, weight: int, ink: str,
    width: float | None = None,
) -> None:
    """Write one line with its baseline at a point; ``width`` shortens what is longer."""
    if width is not None:
        text = next(iter(wrap(text, _measure(size, weight), width=width, most=1)), "")
    left, line = at
    for file, part in runs(text):
        face = font(file, size, weight)
        draw.text((left, line), part, fill=ink, font=face, anchor="ls")
        left += face.getlength(part)
