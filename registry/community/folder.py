"""Writes the folder of a new community: ours, in its languages, with the comments that explain each file."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages import Catalog, pofile

from registry.community import CATALOGUES, COMMUNITY_FILE, SHIPPED, SOURCE_LANGUAGE
from registry.paths import HANDBOOK, LOCALES

VOCABULARIES = ("stages.toml", "needs.toml", "conduct.toml", "contributions.toml", "meals.toml")
_TEXT = re.compile(r"(?P<name>\w+)\.(?P<tag>[\w-]+) = (?P<text>\".*\")")
_COMMUNITY = '''\
# Whose registry this is. Anyone may edit this file: no programming is needed. docs/community.md explains each line;
# `keng doctor` says what is wrong with it. Lines that begin with # are not read: take the # away to use one.

# What the community is called, one line for each language; one is enough where the name is the same everywhere.
name.{first} = {name}

# The languages of the interface; the first is shown to those whose browser asks for none of them.
languages = [{languages}]

# Where the community's events are.
timezone = {timezone}

# What the registry itself is called, beside the logo. Without it: the community's name.
# site_name.{first} = "…"

# The heading of the front page, and the sentence at the foot of every page.
# tagline.{first} = "…"
# about.{first} = "…"

# How often there are events, for the front page when no date is announced.
# rhythm.{first} = "…"

# Who answers for the personal data here, by their full name, and the law that the privacy notice follows.
# keeper.{first} = "…"
# law.{first} = "…"

# Where people write to, and where the community is found: full addresses; contact may be a mailto: address.
# contact = "mailto:hello@example.org"
# home = "https://example.org"
# chat = "https://chat.example.org"

# A picture in this folder (svg, png, webp or jpg), shown 36 pixels high.
# logo = "logo.svg"

# Colours, as #rrggbb; what is left out is the house's. Words must stay readable on them: keng checks that.
# [colours.light]
# band = "#0b5563"        # the head of every page
# on-band = "#ffffff"     # words on it
# box = "#06303a"         # the box of the next event, on it the button's colour too
# button = "#7fd0de"      # marks and the button in that box
# on-button = "#06303a"
# accent = "#0b5563"      # small emphasised words
# link = "#0b5563"
# [colours.dark]
# band = "#06303a"
# on-band = "#d5f3f8"

# Where the record came from, for the page about the registry; as many as you like.
# [[source]]
# url = "https://example.org/list"
# text.{first} = "…"
'''


def write_folder(folder: Path, *, name: str, languages: Sequence[str], timezone: str) -> list[Path]:
    """Write a community's folder that can be used as it is; the files written.

    A language that our own files do not speak gets our English words, marked for translation, and a catalogue of the
    interface's messages without words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / COMMUNITY_FILE]
    written[0].write_text(_COMMUNITY.format(
        name=_quoted(name), first=languages[0], languages=", ".join(_quoted(tag) for tag in languages),
        timezone=_quoted(timezone),
    ), encoding="utf-8")
    for file in VOCABULARIES:
        lines = (HANDBOOK / file).read_text(encoding="utf-8").split("\n")
        written.append(folder / file)
        written[-1].write_text("\n".join(_in_languages(lines, languages)), encoding="utf-8")
    for tag in languages:
        if tag not in SHIPPED:
            written.append(folder / CATALOGUES / tag / "messages.po")
            written[-1].parent.mkdir(parents=True, exist_ok=True)
            write_catalogue(written[-1], tag)
    return written


def write_catalogue(path: Path, language: str) -> None:
    """Write a catalogue with every message of the interface and no words yet."""
    shipped = next(LOCALES.glob("*/LC_MESSAGES/messages.po"))
    with shipped.open("rb") as lines:
        known = pofile.read_po(lines)
    empty = Catalog(locale=language.replace("-", "_"), project="keng", charset="utf-8")
    for message in known:
        if message.id:
            empty.add(message.id, flags=message.flags, context=message.context)
    with path.open("wb") as out:
        pofile.write_po(out, empty, sort_output=True, width=120)


def _in_languages(lines: Sequence[str], languages: Sequence[str]) -> Iterator[str]:
    """Our lines with a text in exactly ``languages``, where ours has one in each of its own."""
    for line in lines:
        text = _TEXT.fullmatch(line)
        if text is None:
            yield line
        elif text["tag"] == SOURCE_LANGUAGE:
            yield from (
                line if tag == SOURCE_LANGUAGE else f"{text['name']}.{tag} = {text['text']}  # translate"
                for tag in languages if tag not in SHIPPED or tag == SOURCE_LANGUAGE
            )
        elif text["tag"] in languages:
            yield line


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
