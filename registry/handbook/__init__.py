"""The community's own words in ``handbook/*.toml``: stages, needs, kinds of contribution; `chapters` has its texts."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from registry.handbook.faults import conduct_faults, form_fault, kind_faults, ladder_faults, need_faults
from registry.paths import HANDBOOK

Texts = dict[str, str]


class HandbookError(Exception):
    """A handbook file cannot be used; each line of the message names the file, the place, and what to do."""


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

    def stage_name(self, key: str) -> Texts:
        """What a stage is called; one that left the handbook is called by its key."""
        return next((stage.name for stage in self.stage if stage.key == key), {"": key})

    def checkpoint_text(self, key: str) -> Texts:
        """What a checkpoint asks for; one that left the handbook is called by its key."""
        checkpoint = self.checkpoint(key)
        return checkpoint.text if checkpoint else {"": key}

    def checkpoint(self, key: str) -> Checkpoint | None:
        """The checkpoint with this key, on whichever stage; none when the handbook does not have it."""
        return next((one for stage in self.stage for one in stage.checkpoint if one.key == key), None)


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


class ContributionKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody can be credited with: added by people themselves, or known to the record alone."""

    key: str
    name: Texts
    said_by: Literal["record", "person"]


class _KindsFile(msgspec.Struct, forbid_unknown_fields=True):
    kind: tuple[ContributionKind, ...]


class _ConductFile(msgspec.Struct, forbid_unknown_fields=True):
    item: tuple[ConductItem, ...]


class _NeedsFile(msgspec.Struct, forbid_unknown_fields=True):
    need: tuple[NeedWords, ...]


_Form = TypeVar("_Form")


@cache
def ladder() -> Ladder:
    """The community's ladder.

    Raises:
        HandbookError: as `read_ladder`.
    """
    return read_ladder(HANDBOOK)


@cache
def needs() -> dict[str, NeedWords]:
    """The vocabulary of needs by key, in the handbook's order.

    Raises:
        HandbookError: ``needs.toml`` cannot be read, or something in it cannot be used.
    """
    path = HANDBOOK / "needs.toml"
    read = _read(path, _NeedsFile)
    _refuse(path, need_faults(read.need, languages=editions(HANDBOOK)))
    return {need.key: need for need in read.need}


@cache
def conduct() -> tuple[ConductItem, ...]:
    """The Code of Conduct with which an event starts; each event may change its own.

    Raises:
        HandbookError: ``conduct.toml`` cannot be read, or something in it cannot be used.
    """
    path = HANDBOOK / "conduct.toml"
    read = _read(path, _ConductFile)
    _refuse(path, conduct_faults(read.item, languages=editions(HANDBOOK)))
    return read.item


@cache
def contribution_kinds() -> dict[str, ContributionKind]:
    """The kinds of contribution by key, in the handbook's order.

    Raises:
        HandbookError: as `read_contribution_kinds`.
    """
    return {kind.key: kind for kind in read_contribution_kinds(HANDBOOK)}


def read_contribution_kinds(folder: Path) -> tuple[ContributionKind, ...]:
    """Read ``contributions.toml`` of a handbook.

    Raises:
        HandbookError: it cannot be read, or something in it cannot be used.
    """
    path = folder / "contributions.toml"
    read = _read(path, _KindsFile)
    _refuse(path, kind_faults(read.kind, languages=editions(folder)))
    return read.kind


@cache
def meals() -> tuple[ConductItem, ...]:
    """The meals that an event offers unless its organisers say otherwise.

    Raises:
        HandbookError: ``meals.toml`` cannot be read, or something in it cannot be used.
    """
    path = HANDBOOK / "meals.toml"
    read = _read(path, _ConductFile)
    _refuse(path, conduct_faults(read.item, languages=editions(HANDBOOK)))
    return read.item


def read_ladder(folder: Path) -> Ladder:
    """Read ``stages.toml`` of a handbook; its texts must exist in every language the handbook speaks.

    Raises:
        HandbookError: it cannot be read, or something in it cannot be used: an unknown fact or standing, a missing
            text, a key that is used twice.
    """
    path = folder / "stages.toml"
    read = _read(path, Ladder)
    _refuse(path, ladder_faults(read, languages=editions(folder)))
    return read


def editions(folder: Path) -> list[str]:
    """The languages a handbook speaks: it has a folder of chapters for each."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def need_words(key: str) -> NeedWords:
    """The need with this key; one that left the handbook is called by its key."""
    return needs().get(key) or NeedWords(key=key, name={"": key})


def contribution_name(key: str) -> Texts:
    """What a kind of contribution is called; one that left the handbook is called by its key."""
    kind = contribution_kinds().get(key)
    return kind.name if kind else {"": key}


def standing_words(key: str) -> StandingWords:
    """The standing with this key; one that left the handbook is called by its key."""
    named = (words for words in ladder().standing if words.key == key)
    return next(named, StandingWords(key=key, name={"": key}))


def _read(path: Path, form: type[_Form]) -> _Form:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HandbookError(f"{path}: it cannot be read ({error.strerror}). Put the file there.") from error
    except UnicodeDecodeError as error:
        raise HandbookError(f"{path}: byte {error.start + 1} is no UTF-8 text. Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise HandbookError(f"{path}: {error}. Mend that line: quotes, brackets and = must be whole.") from error
    try:
        return msgspec.convert(written, form)
    except msgspec.ValidationError as error:
        raise HandbookError(f"{path}: {form_fault(error, written)}") from error


def _refuse(path: Path, faults: list[str]) -> None:
    if faults:
        raise HandbookError("\n".join(f"{path}: {fault}" for fault in faults))
