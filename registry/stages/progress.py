"""A project's way along the ladder as its page shows it: what is met, by what evidence, and what comes next."""

from collections.abc import Collection, Mapping
from datetime import date

import msgspec

from registry.database.types import Localized
from registry.handbook import Resource, ladder
from registry.stages.rules import unmet_on_the_way


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What shows that a checkpoint is met: an address, a note, or both, and since when that is known.

    What somebody said (``is_said``) is named after them where the public sees them, and can be taken back by its
    ``id``; everything else was found.
    """

    url: str | None = None
    note: str | None = None
    noted_on: date | None = None
    is_said: bool = False
    by_name: str | None = None
    by_slug: str | None = None
    id: int | None = None


class CheckpointSeen(msgspec.Struct, frozen=True):
    """A checkpoint and whether the project meets it; ``by_person`` when only people can say so."""

    key: str
    text: Localized
    is_met: bool
    by_person: bool
    proofs: list[Proof]


class StageSeen(msgspec.Struct, frozen=True):
    """A stage with its checkpoints; the project has reached it, or stands on it."""

    key: str
    name: Localized
    summary: Localized
    is_reached: bool
    is_current: bool
    checkpoints: list[CheckpointSeen]
    resources: tuple[Resource, ...]

    @property
    def checkpoint_count(self) -> int:
        """How many checkpoints the stage has."""
        return len(self.checkpoints)

    @property
    def met_count(self) -> int:
        """How many of them the project meets."""
        return sum(checkpoint.is_met for checkpoint in self.checkpoints)

    @property
    def unmet(self) -> list[CheckpointSeen]:
        """The checkpoints that are still to reach."""
        return [checkpoint for checkpoint in self.checkpoints if not checkpoint.is_met]


def progress(
    stage_key: str, *, met: Collection[str], found: Mapping[str, Proof], told: Mapping[str, list[Proof]]
) -> list[StageSeen]:
    """The whole ladder for a project on ``stage_key``.

    ``met`` names the facts that the record shows (``registry.stages.rules.met_evidence``), ``found`` where to see
    them, ``told`` what people said for a checkpoint, by its key.
    """
    here = ladder().position(stage_key)
    return [
        StageSeen(
            key=stage.key, name=stage.name, summary=stage.summary, is_reached=position <= here,
            is_current=position == here, resources=stage.resource,
            checkpoints=[
                CheckpointSeen(
                    key=checkpoint.key, text=checkpoint.text, by_person=checkpoint.said_by == "person",
                    is_met=checkpoint.evidence in met or checkpoint.key in told,
                    proofs=[
                        *(proof for fact, proof in found.items() if fact == checkpoint.evidence),
                        *told.get(checkpoint.key, ()),
                    ],
                )
                for checkpoint in stage.checkpoint
            ],
        )
        for position, stage in enumerate(ladder().stage)
    ]


def unmet_before(stages: list[StageSeen], *, leaving: str, to: str) -> list[str]:
    """The keys of the checkpoints that a move from one stage to another leaves behind unmet."""
    return unmet_on_the_way(
        [(stage.key, [one.key for one in stage.checkpoints]) for stage in stages], leaving=leaving, to=to,
        met={one.key for stage in stages for one in stage.checkpoints if one.is_met},
    )


def next_step(stages: list[StageSeen]) -> StageSeen | None:
    """The stage to work on now: the current one while something of it is unmet, else the next; none at the end."""
    return next((stage for stage in stages if stage.unmet and (stage.is_current or not stage.is_reached)), None)
