"""A language that is nobody's: each message in brackets, with an accent on every letter.

Whatever stands on a page without them came past the catalogues, or is the record's own.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import lxml.html
import msgspec
from babel.messages import pofile
from sqlalchemy import inspect, text

from registry.community import CATALOGUES, COMMUNITY_FILE
from registry.database.engine import Database
from registry.paths import HANDBOOK
from tests.catalogues import messages_in_use

LANGUAGE = "el"
"""Dates and numbers of this language hold neither Latin letters nor Han."""
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "ȧḃċḋėḟġḣịǰḳḷṁṅȯṗɋṙṡṫụṿẇẋẏżȦḂĊḊĖḞĠḢİɈḲḶṀṄȮṖɊṘṠṪỤṾẆẊẎŻ"
_TO_ACCENTED = str.maketrans(_PLAIN, _ACCENTED)
# What a message holds beside its words: places to fill, tags and characters by their names.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]+>|&\w+;|\{\w*\})")
_PSEUDO = re.compile(rf"[⟦⟧{_ACCENTED}][⟦⟧{_ACCENTED}\W\d_]*")
_LONG = 12
_WORD = re.compile(r"[A-Za-z]{2,}|[㐀-鿿]")
_BETWEEN = re.compile(r" · | – | → | / |: |[\n、，,;(){}\[\]\"]")
_IS_NAME = re.compile(r"\S*[A-Za-z\d][./_@:+]\S*")  # of a file, a field, a zone, a page elsewhere
NAMES = {
    "Keng 坑", "正體中文", "Atom", "JSON Feed", "htmx", "modern-normalize", "0BSD", "OFL", "all-contributorsrc", "json",
    "null", "HTTP", "坑",
    *available_timezones(),
}
"""What is called so in every language."""
_AROUND = "0123456789 \t\r\n.:·…/#+×%*-–—\"'“”「」()[]←→↑↓?!,&="
_READ_OUT = ("title", "alt", "placeholder", "aria-label", "aria-description")
_NO_TEXT = {"script", "style", "code", "kbd", "pre", "samp", "svg", "template"}


def in_pseudo(message: str) -> str:
    """A message as a careful translator with odd letters would write it."""
    parts = _KEPT.split(message)
    return f"⟦{''.join(part if place % 2 else part.translate(_TO_ACCENTED) for place, part in enumerate(parts))}⟧"


def a_community_that_speaks_it(folder: Path) -> Path:
    """A folder of our community that speaks one language more, all of whose words are made from the code's."""
    own = (HANDBOOK / COMMUNITY_FILE).read_text("utf-8")
    folder.mkdir()
    (folder / COMMUNITY_FILE).write_text(own.replace("languages = [", f'languages = ["{LANGUAGE}", '), "utf-8")
    words = messages_in_use()
    words.locale = LANGUAGE
    for message in words:
        if message.id:
            both = isinstance(message.id, tuple | list)
            message.string = tuple(map(in_pseudo, message.id)) if both else in_pseudo(str(message.id))
    place = folder / CATALOGUES / LANGUAGE
    place.mkdir(parents=True)
    with (place / "messages.po").open("wb") as out:
        pofile.write_po(out, words)
    return folder


class Known:
    """What a page may say in other words than the catalogue's: names, and texts that somebody wrote."""

    def __init__(self, texts: Iterable[str]) -> None:
        pieces = {piece.casefold() for said in texts for piece in (said.strip(_AROUND), *_pieces(said))}
        self._sorted = sorted(pieces - {""})

    def has(self, piece: str) -> bool:
        """Whether this is one of them; or, where it is long, the beginning of one: pages shorten what is longer."""
        if _IS_NAME.fullmatch(piece):
            return True
        said = piece.casefold()
        place = bisect_left(self._sorted, said)
        next_one = self._sorted[place] if place < len(self._sorted) else ""
        return next_one == said or (len(said) >= _LONG and next_one.startswith(said))


def noticed_share(known: Known) -> int:
    """How many of a hundred messages would be noticed if they were written past the catalogue."""
    messages = [str(message.id) for message in messages_in_use() if isinstance(message.id, str) and message.id]
    seen = [
        message for message in messages
        if any(_WORD.search(piece) and not known.has(piece) for part in _KEPT.split(message) for piece in _pieces(part))
    ]
    return 100 * len(seen) // len(messages)


def words_outside(html: str, *whose: Known) -> list[str]:
    """What stands on a page that neither the catalogue nor anyone who is known says."""
    page: Any = lxml.html.fromstring(html)
    return [
        piece for said in _said(page) for part in _PSEUDO.split(said) for piece in _pieces(part)
        if _WORD.search(piece) and not any(known.has(piece) for known in whose)
    ]


def _pieces(said: str) -> Iterator[str]:
    """A text by the marks that put several into one, each without what stands around it."""
    for piece in _BETWEEN.split(said):
        yield piece.strip(_AROUND)


def _said(page: Any) -> Iterator[str]:
    """Each text of a page that is in its own language, and each attribute that is read out or shown."""
    for element in page.iter():
        if not isinstance(element.tag, str) or _is_elsewhere(element):
            continue
        if element.tag == "meta" and element.get("name") == "description":
            yield element.get("content", "")
        yield from (element.get(name) for name in _READ_OUT if element.get(name))
        if element.text:
            yield element.text
        yield from (child.tail for child in element if child.tail)


def _is_elsewhere(element: Any) -> bool:
    """Whether an element says that it is in another language, or holds no words."""
    above = [element, *element.iterancestors()]
    return any(one.tag in _NO_TEXT or one.get("lang", LANGUAGE) != LANGUAGE for one in above)


def words_of_the_community() -> Iterator[str]:
    """What stands in the files of our community, and names."""
    yield from NAMES
    for file in HANDBOOK.glob("*.toml"):
        yield from _texts(tomllib.loads(file.read_text("utf-8")))


async def words_of_the_record(database: Database) -> list[str]:
    """Every text that stands in a column."""
    async with database.reading() as reader:
        columns = await reader.run_sync(lambda connection: [
            (table, column["name"])
            for inspector in [inspect(connection)] for table in inspector.get_table_names()
            for column in inspector.get_columns(table) if not table.startswith("fts_")
        ])
        values: set[Any] = set()
        for table, column in columns:
            values |= set((await reader.execute(text(f'SELECT "{column}" FROM "{table}"'))).scalars())  # noqa: S608
    return [said for value in values for said in _texts(value)]


def _texts(value: Any) -> Iterator[str]:
    """The texts of a value: those in it when it is a structure or markup, and itself."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        with suppress(msgspec.DecodeError):
            value = msgspec.json.decode(value)
    if isinstance(value, dict):
        yield from (text for part in (*value, *value.values()) for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))
    elif isinstance(value, str) and value.strip():
        yield value.strip(_AROUND)
        yield from _texts_of_markup(value) if "<" in value else value.splitlines()


def _texts_of_markup(value: str) -> Iterator[str]:
    page: Any = lxml.html.fromstring(f"<div>{value}</div>")
    yield from (str(part).strip(_AROUND) for part in page.itertext())
