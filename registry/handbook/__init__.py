"""The community's own words in ``handbook/*.toml``: stages, needs, kinds of contribution; `chapters` has its texts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from registry.community import Community, Texts
from registry.community.current import once_a_community
from registry.community.files import HandbookError, read_toml, refuse
from registry.handbook.faults import conduct_faults, kind_faults, ladder_faults, need_faults

__all__ = ["HandbookError", "Texts", "conduct", "contribution_kinds", "ladder", "meals", "needs"]


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
    """One rung of the ladder.

    ``elsewhere`` is what other formats call it (``handbook.statuses``), ``also`` are words of theirs that mean it too.
    """

    key: str
    name: Texts
    summary: Texts
    imported_when: tuple[str, ...] = ()
    checkpoint: tuple[Checkpoint, ...] = ()
    resource: tuple[Resource, ...] = ()
    elsewhere: dict[str, str] = {}
    also: dict[str, tuple[str, ...]] = {}


class StandingWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people call a standing; ``elsewhere`` and ``also`` as of a stage."""

    key: str
    name: Texts
    elsewhere: dict[str, str] = {}
    also: dict[str, tuple[str, ...]] = {}


Called = TypeVar("Called", Stage, StandingWords)


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stages in the order in which a project reaches them, and the standings beside them."""

    stage: tuple[Stage, ...]
    standing: tuple[StandingWords, ...]

    def position(self, key: str) -> int:
        """How many stages come before ``key``; a key that left the handbook counts as the first stage."""
        return next((number for number, stage in enumerate(self.stage) if stage.key == key), 0)

    def stage_of(self, key: str) -> Stage:
        """The stage with this key, or the first one when the handbook no longer has it."""
        return next((stage for stage in self.stage if stage.key == key), self.stage[0])

    def counted(self, counts: Mapping[str, int]) -> dict[str, int]:
        """What was counted by stage, for every stage in its order; a key that left the handbook counts as the first."""
        found = {stage.key: 0 for stage in self.stage}
        for key, count in counts.items():
            found[self.stage_of(key).key] += count
        return found

    def stage_name(self, key: str) -> Texts:
        """What a stage is called; one that left the handbook is called by its key."""
        return next((stage.name for stage in self.stage if stage.key == key), {"": key})

    def status(self, vocabulary: str, stage: str, standing: str) -> str:
        """What another format calls a project on this stage; its standing counts first. Empty where nobody has said."""
        return standing_words(standing).elsewhere.get(vocabulary) or self.stage_of(stage).elsewhere.get(vocabulary, "")

    def stage_called(self, vocabulary: str, status: str) -> Stage | None:
        """The first stage that another format calls so, or else may call so; none when no stage is."""
        return _called(self.stage, vocabulary, status)

    def standing_called(self, vocabulary: str, status: str) -> StandingWords | None:
        """The first standing that another format calls so, or else may call so; none when no standing is."""
        return _called(self.standing, vocabulary, status)

    def checkpoint_text(self, key: str) -> Texts:
        """What a checkpoint asks for; one that left the handbook is called by its key."""
        checkpoint = self.checkpoint(key)
        return checkpoint.text if checkpoint else {"": key}

    def checkpoint(self, key: str) -> Checkpoint | None:
        """The checkpoint with this key, on whichever stage; none when the handbook does not have it."""
        return next((one for stage in self.stage for one in stage.checkpoint if one.key == key), None)


def _called(known: Sequence[Called], vocabulary: str, status: str) -> Called | None:
    proper = (one for one in known if one.elsewhere.get(vocabulary) == status)
    return next(proper, None) or next((one for one in known if status in one.also.get(vocabulary, ())), None)


class NeedWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role that projects look for and people offer, and how people write it."""

    key: str
    name: Texts
    broader: str | None = None
    synonyms: tuple[str, ...] = ()
    elsewhere: dict[str, str] = {}


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


@once_a_community
def ladder(here: Community) -> Ladder:
    """The community's ladder.

    Raises:
        HandbookError: as `read_ladder`.
    """
    owner = here.owner_of("stages.toml")
    return read_ladder(owner.folder, languages=owner.languages)


@once_a_community
def needs(here: Community) -> dict[str, NeedWords]:
    """The vocabulary of needs by key, in the handbook's order.

    Raises:
        HandbookError: ``needs.toml`` cannot be read, or something in it cannot be used.
    """
    owner = here.owner_of("needs.toml")
    path = owner.folder / "needs.toml"
    read = read_toml(path, _NeedsFile)
    refuse(path, need_faults(read.need, languages=owner.languages))
    return {need.key: need for need in read.need}


@once_a_community
def conduct(here: Community) -> tuple[ConductItem, ...]:
    """The Code of Conduct with which an event starts; each event may change its own.

    Raises:
        HandbookError: ``conduct.toml`` cannot be read, or something in it cannot be used.
    """
    owner = here.owner_of("conduct.toml")
    path = owner.folder / "conduct.toml"
    read = read_toml(path, _ConductFile)
    refuse(path, conduct_faults(read.item, languages=owner.languages))
    return read.item


@once_a_community
def contribution_kinds(here: Community) -> dict[str, ContributionKind]:
    """The kinds of contribution by key, in the handbook's order.

    Raises:
        HandbookError: as `read_contribution_kinds`.
    """
    owner = here.owner_of("contributions.toml")
    return {kind.key: kind for kind in read_contribution_kinds(owner.folder, languages=owner.languages)}


def read_contribution_kinds(folder: Path, *, languages: Sequence[str]) -> tuple[ContributionKind, ...]:
    """Read ``contributions.toml`` of a community's folder; its texts must exist in each of ``languages``.

    Raises:
        HandbookError: it cannot be read, or something in it cannot be used.
    """
    path = folder / "contributions.toml"
    read = read_toml(path, _KindsFile)
    refuse(path, kind_faults(read.kind, languages=languages))
    return read.kind


@once_a_community
def meals(here: Community) -> tuple[ConductItem, ...]:
    """The meals that an event offers unless its organisers say otherwise.

    Raises:
        HandbookError: ``meals.toml`` cannot be read, or something in it cannot be used.
    """
    owner = here.owner_of("meals.toml")
    path = owner.folder / "meals.toml"
    read = read_toml(path, _ConductFile)
    refuse(path, conduct_faults(read.item, languages=owner.languages))
    return read.item


def read_ladder(folder: Path, *, languages: Sequence[str]) -> Ladder:
    """Read ``stages.toml`` of a community's folder; its texts must exist in each of ``languages``.

    Raises:
        HandbookError: it cannot be read, or something in it cannot be used: an unknown fact or standing, a missing
            text, a key that is used twice.
    """
    path = folder / "stages.toml"
    read = read_toml(path, Ladder)
    refuse(path, ladder_faults(read, languages=languages))
    return read


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

