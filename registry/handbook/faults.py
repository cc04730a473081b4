"""What is wrong with the handbook's vocabulary files: each fault names its place and says what to do."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from registry.community.files import nearest
from registry.handbook.statuses import NEEDS, STATUSES
from registry.projects.rules import Standing
from registry.stages.rules import KNOWN_FACTS

if TYPE_CHECKING:
    from registry.handbook import Checkpoint, ConductItem, ContributionKind, Ladder, NeedWords, Stage, Texts

LONGEST_STAGE_KEY = 40
LONGEST_CHECKPOINT_KEY = 60
LONGEST_TEXT = 1_000
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KIND = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")


def ladder_faults(ladder: "Ladder", *, languages: Collection[str]) -> list[str]:
    """Everything that is wrong with a ladder whose texts must exist in each of ``languages``."""
    return [*_stages(ladder, languages), *_standings(ladder, languages)]


def need_faults(needs: "Sequence[NeedWords]", *, languages: Collection[str]) -> list[str]:
    """Everything that is wrong with the vocabulary of needs."""
    keys = {need.key for need in needs}
    return [
        *([] if needs else ["the file as a whole: it has no need. Add at least one [[need]]."]),
        *_keys(((f"need “{need.key}”", need.key) for need in needs), longest=LONGEST_STAGE_KEY),
        *(fault for need in needs for fault in _texts(f"need “{need.key}”, name", need.name, languages)),
        *(
            f"need “{need.key}”: broader = \"{need.broader}\" is no need of this file{nearest(need.broader, keys)}. "
            "Use the key of one, or take the line out."
            for need in needs if need.broader and need.broader not in keys
        ),
        *(fault for need in needs for fault in _elsewhere(f"need “{need.key}”", need.elsewhere, NEEDS)),
    ]


def conduct_faults(items: "Sequence[ConductItem]", *, languages: Collection[str]) -> list[str]:
    """Everything that is wrong with the Code of Conduct that events start from."""
    return [
        *([] if items else ["the file as a whole: it has no item. Add at least one [[item]]."]),
        *_keys(((f"item “{one.key}”", one.key) for one in items), longest=LONGEST_STAGE_KEY),
        *(fault for one in items for fault in _texts(f"item “{one.key}”, text", one.text, languages)),
    ]


def kind_faults(kinds: "Sequence[ContributionKind]", *, languages: Collection[str]) -> list[str]:
    """Everything that is wrong with the kinds of contribution; their keys may be written as all-contributors does."""
    return [
        *([] if any(kind.said_by == "person" for kind in kinds) else [
            "the file as a whole: people can add no kind of it. Add at least one [[kind]] with said_by = \"person\"."
        ]),
        *(
            f"kind “{kind.key}”: a key is made of letters, digits and single hyphens or underscores, at most "
            f"{LONGEST_STAGE_KEY} characters. Choose another."
            for kind in kinds if not _KIND.fullmatch(kind.key) or len(kind.key) > LONGEST_STAGE_KEY
        ),
        *_repeated([(f"kind “{kind.key}”", kind.key) for kind in kinds]),
        *(fault for kind in kinds for fault in _texts(f"kind “{kind.key}”, name", kind.name, languages)),
    ]


def _stages(ladder: "Ladder", languages: Collection[str]) -> Iterator[str]:
    if not ladder.stage:
        yield "the file as a whole: it has no stage. Add at least one [[stage]]."
    yield from _keys(((f"stage “{one.key}”", one.key) for one in ladder.stage), longest=LONGEST_STAGE_KEY)
    yield from _keys((
        (f"stage “{stage.key}”, checkpoint “{one.key}”", one.key) for stage in ladder.stage for one in stage.checkpoint
    ), longest=LONGEST_CHECKPOINT_KEY)
    for stage in ladder.stage:
        yield from _stage(stage, f"stage “{stage.key}”", languages)


def _stage(stage: "Stage", place: str, languages: Collection[str]) -> Iterator[str]:
    yield from _texts(f"{place}, name", stage.name, languages)
    yield from _texts(f"{place}, summary", stage.summary, languages)
    yield from _elsewhere(place, stage.elsewhere, STATUSES)
    yield from _also(place, stage.also)
    for fact in stage.imported_when:
        yield from _fact(f"{place}, imported_when", fact)
    for checkpoint in stage.checkpoint:
        yield from _checkpoint(checkpoint, f"{place}, checkpoint “{checkpoint.key}”", languages)
    for number, resource in enumerate(stage.resource, 1):
        yield from _texts(f"{place}, resource {number}, title", resource.title, languages)
        yield from _texts(f"{place}, resource {number}, text", resource.text, languages)


def _checkpoint(checkpoint: "Checkpoint", place: str, languages: Collection[str]) -> Iterator[str]:
    yield from _texts(f"{place}, text", checkpoint.text, languages)
    if checkpoint.said_by == "person" and checkpoint.evidence is not None:
        yield (f"{place}: a person says it, so nothing looks for evidence. Take `evidence` out, or use "
               "said_by = \"record\".")
    if checkpoint.said_by == "record" and checkpoint.evidence is None:
        yield f"{place}: `evidence` is missing. Name the fact to look for, or use said_by = \"person\"."
    if checkpoint.evidence is not None:
        yield from _fact(f"{place}, evidence", checkpoint.evidence)


def _standings(ladder: "Ladder", languages: Collection[str]) -> Iterator[str]:
    known = [standing.value for standing in Standing]
    for key in sorted(set(known) - {one.key for one in ladder.standing}):
        yield f"standing “{key}”: it has no words. Add a [[standing]] with this key and its name."
    for key, count in Counter(one.key for one in ladder.standing).items():
        if key not in known:
            yield f"standing “{key}”: there is no such standing{nearest(key, known)}. Use one of {', '.join(known)}."
        elif count > 1:
            yield f"standing “{key}”: it is there {count} times. Keep one of them."
    for one in ladder.standing:
        yield from _texts(f"standing “{one.key}”, name", one.name, languages)
        yield from _elsewhere(f"standing “{one.key}”", one.elsewhere, STATUSES)
        yield from _also(f"standing “{one.key}”", one.also)


def _also(place: str, said: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for vocabulary, words in said.items():
        for word in words:
            yield from _elsewhere(place, {vocabulary: word}, STATUSES)


def _elsewhere(place: str, said: Mapping[str, str], known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for vocabulary, word in said.items():
        if vocabulary not in known:
            yield (f"{place}, elsewhere: \"{vocabulary}\" is no format we know{nearest(vocabulary, known)}. "
                   f"Use one of {', '.join(known)}.")
        elif word not in known[vocabulary]:
            yield (f"{place}, elsewhere.{vocabulary}: \"{word}\" is no word of it{nearest(word, known[vocabulary])}. "
                   f"Use one of {', '.join(known[vocabulary])}.")


def _keys(keys: Iterable[tuple[str, str]], *, longest: int) -> Iterator[str]:
    keys = list(keys)
    for place, key in dict.fromkeys(keys):
        if not _KEY.fullmatch(key) or len(key) > longest:
            yield (f"{place}: a key is made of small letters, digits and single hyphens, at most {longest} characters, "
                   "for it is part of addresses. Choose another.")
    yield from _repeated(keys)


def _repeated(keys: Sequence[tuple[str, str]]) -> Iterator[str]:
    for key, count in Counter(key for _, key in keys).items():
        if count > 1:
            found = " and in ".join(dict.fromkeys(place for place, one in keys if one == key))
            yield f"{found}: the key is used {count} times. Give each a key of its own."


def _texts(place: str, texts: "Texts", languages: Collection[str]) -> Iterator[str]:
    for language in languages:
        if not texts.get(language, "").strip():
            line = f"{place.rpartition(', ')[2]}.{language} = \"…\""
            yield f"{place}: the text in {language} is missing. Add the line `{line}`."
    for language, text in texts.items():
        if len(text) > LONGEST_TEXT:
            yield f"{place}.{language}: {len(text)} characters. Keep it to {LONGEST_TEXT}."


def _fact(place: str, fact: str) -> Iterator[str]:
    if fact not in KNOWN_FACTS:
        yield (f"{place}: \"{fact}\" is no fact that can be found in the record{nearest(fact, KNOWN_FACTS)}. "
               f"Use one of {', '.join(sorted(KNOWN_FACTS))}.")
