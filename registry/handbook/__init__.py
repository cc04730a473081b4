"""The community's own words, read from the files in ``handbook/``: its stages and needs; ``chapters`` has the texts."""

from registry.handbook.vocabulary import (
    Checkpoint,
    HandbookError,
    Ladder,
    NeedWords,
    Resource,
    Stage,
    StandingWords,
    Texts,
    ladder,
    need_words,
    needs,
)

__all__ = [
    "Checkpoint", "HandbookError", "Ladder", "NeedWords", "Resource", "Stage", "StandingWords", "Texts", "ladder",
    "need_words", "needs",
]
