"""The kinds of record that activity speaks of."""

from enum import StrEnum


class Subject(StrEnum):
    """A kind of record with a page of its own."""

    EVENT = "event"
    PROJECT = "project"
    PROPOSAL = "proposal"
    PERSON = "person"
    CASE = "case"
    TAG = "tag"
    NEED = "need"
    CHAPTER = "chapter"
    REPORT = "report"


class CandidateState(StrEnum):
    """What an organiser decided about two records that look alike."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
