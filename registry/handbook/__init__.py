"""The community's own words in ``handbook/*.toml``: the ladder of stages and the needs; `chapters` has its texts."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from registry.paths import HANDBOOK

Texts = dict[str, str]


class HandbookError(Exception):
    """A handbook file cannot be used; the message names the file, the place and what is wrong."""


class Checkpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to reach on a stage: found in the record (``evidence`` names the fact) or said by a person."""

    key: str
    text: Texts
    said_by: Literal["record", "person"]
    evidence: str | None = None


class Resource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the community offers on a stage."""

    title: Texts
    text: Texts


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rung of the ladder."""

    key: str
    name: Texts
    summary: Texts
    imported_when: tuple[str, ...] = ()
    checkpoint: tuple[Checkpoint, ...] = ()
    resource: tuple[Resource, ...] = ()


class StandingWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people call a standing."""

    key: str
    name: Texts


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stages in the order in which a project reaches them, and the standings beside them."""

    stage: tuple[Stage, ...]
    standing: tuple[StandingWords, ...]

    def position(self, key: str) -> int:
        """How many stages come before ``key``; a key that left the handbook counts as the first stage."""
        return next((number for number, stage in enumerate(self.stage) if stage.key == key), 0)

    def stage_of(self, key: str) -> Stage:
        """The stage with this key, or the first one when the handbook no longer has it."""
        return self.stage[self.position(key)]


class NeedWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role that projects look for and people offer, and how people write it."""

    key: str
    name: Texts
    broader: str | None = None
    synonyms: tuple[str, ...] = ()


class ConductItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item of the Code of Conduct that events start from; who registers accepts each by itself."""

    key: str
    text: Texts


class _ConductFile(msgspec.Struct, forbid_unknown_fields=True):
    item: tuple[ConductItem, ...]


class _NeedsFile(msgspec.Struct, forbid_unknown_fields=True):
    need: tuple[NeedWords, ...]


_Form = TypeVar("_Form")


@cache
def ladder() -> Ladder:
    """The community's ladder.

    Raises:
        HandbookError: ``stages.toml`` cannot be read, has no stage, or uses a key twice.
    """
    read = _read("stages.toml", Ladder)
    _refuse_doubles("stages.toml", [stage.key for stage in read.stage])
    _refuse_doubles("stages.toml", [one.key for stage in read.stage for one in stage.checkpoint])
    return read


@cache
def needs() -> dict[str, NeedWords]:
    """The vocabulary of needs by key, in the handbook's order.

    Raises:
        HandbookError: ``needs.toml`` cannot be read or uses a key twice.
    """
    read = _read("needs.toml", _NeedsFile)
    _refuse_doubles("needs.toml", [need.key for need in read.need])
    return {need.key: need for need in read.need}


@cache
def conduct() -> tuple[ConductItem, ...]:
    """The Code of Conduct with which an event starts; each event may change its own.

    Raises:
        HandbookError: ``conduct.toml`` cannot be read or uses a key twice.
    """
    read = _read("conduct.toml", _ConductFile)
    _refuse_doubles("conduct.toml", [item.key for item in read.item])
    return read.item


def need_words(key: str) -> NeedWords:
    """The need with this key; one that left the handbook is called by its key."""
    return needs().get(key) or NeedWords(key=key, name={"": key})


def standing_words(key: str) -> StandingWords:
    """The standing with this key; one that left the handbook is called by its key."""
    named = (words for words in ladder().standing if words.key == key)
    return next(named, StandingWords(key=key, name={"": key}))


def _read(name: str, form: type[_Form]) -> _Form:
    path: Path = HANDBOOK / name
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), form)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        message = f"{path}: {error}"
        raise HandbookError(message) from error


def _refuse_doubles(name: str, keys: list[str]) -> None:
    if not keys:
        message = f"{HANDBOOK / name}: nothing is defined in it"
        raise HandbookError(message)
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        message = f"{HANDBOOK / name}: these keys are used twice: {', '.join(doubled)}"
        raise HandbookError(message)
