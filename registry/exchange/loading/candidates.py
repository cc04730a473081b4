"""Records that may be one, below certainty: noted with their signs, for an organiser to decide."""

from enum import StrEnum
from itertools import combinations

from rapidfuzz import fuzz, process

from registry.activity.models import DuplicateCandidate
from registry.activity.rules import Subject
from registry.exchange.loading.record import Record
from registry.projects.rules import normalise_name

ALIKE = 0.85
"""Share of equal letters (Indel similarity) from which two names are worth an organiser's look."""
SHORTEST_CONTAINED = 3
"""Letters a name must have before its being part of another means anything; Latin words need twice as many."""


class Sign(StrEnum):
    """Why two records may be one."""

    SAME_NUMBER = "same_number"
    SAME_DAY = "same_day"
    SAME_NAME = "same_name"
    SAME_REPOSITORY = "same_repository"
    SAME_PITCH = "same_pitch"
    NAME_CONTAINED = "name_contained"
    NAME_ALIKE = "name_alike"


def note_pair(record: Record, subject: Subject, pair: tuple[int, int], sign: Sign, likeness: float) -> None:
    """Note two records as likely the same, once; a pair that was noted or decided before stays as it is.

    ``likeness`` runs from 0 to 1 and only orders the list.
    """
    left, right = sorted(pair)
    if left == right or (subject, left, right) in record.pairs:
        return
    record.pairs.add((subject, left, right))
    record.session.add(
        DuplicateCandidate(
            subject=subject, left_id=left, right_id=right, signs=[sign.value], likeness=round(likeness, 3),
            found_at=record.now,
        )
    )


def note_alike_projects(record: Record) -> None:
    """Compare the names of this import's new projects with all names, and note what is alike or contained."""
    new = {subject_id for subject, subject_id in record.new if subject is Subject.PROJECT}
    names = sorted((name, project_id) for name, ids in record.by_name.items() for project_id in ids)
    texts = [name for name, _ in names]
    for name, project_id in [one for one in names if one[1] in new]:
        alike = process.extract(name, texts, scorer=fuzz.ratio, score_cutoff=ALIKE * 100, limit=None)
        for _, likeness, position in alike:
            note_pair(record, Subject.PROJECT, (project_id, names[position][1]), Sign.NAME_ALIKE, likeness / 100)
        for other, other_id in names:
            short, long = sorted((name, other), key=len)
            if short in long and _tells(short):
                note_pair(record, Subject.PROJECT, (project_id, other_id), Sign.NAME_CONTAINED, len(short) / len(long))


def note_alike_events(record: Record) -> None:
    """Note events of one day and kind when one of them is new and their names are alike."""
    new = {subject_id for subject, subject_id in record.new if subject is Subject.EVENT}
    by_day: dict[object, list[int]] = {}
    for event in record.events.values():
        by_day.setdefault((event.starts_on, event.kind), []).append(event.id)
    for ids in by_day.values():
        for one, other in combinations(ids, 2):
            if new & {one, other}:
                likeness = fuzz.ratio(*(normalise_name(" ".join(record.events[i].name.values())) for i in (one, other)))
                if likeness >= ALIKE * 100:
                    note_pair(record, Subject.EVENT, (one, other), Sign.SAME_DAY, likeness / 100)


def note_namesakes(record: Record) -> None:
    """Note people of the same written name in different projects: one person or two, nothing here can tell."""
    first: dict[str, int] = {}
    for (_, name), person_id in sorted(record.credited.items(), key=lambda credit: credit[1]):
        other = first.setdefault(name, person_id)
        if (Subject.PERSON, person_id) in record.new:
            note_pair(record, Subject.PERSON, (person_id, other), Sign.SAME_NAME, 0.5)


def _tells(name: str) -> bool:
    return len(name) >= (SHORTEST_CONTAINED * 2 if name.isascii() else SHORTEST_CONTAINED)
