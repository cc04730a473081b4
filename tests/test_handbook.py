"""The handbook's files can be edited by anyone; these are the slips that would do harm."""

import unicodedata
from collections import Counter

from registry.handbook import ladder, needs

LANGUAGES = {"zh-Hant", "en"}


def folded(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


def test_a_word_stands_under_one_need_only() -> None:
    words = Counter(folded(word) for need in needs().values() for word in need.synonyms)
    assert [word for word, count in words.items() if count > 1] == []


def test_a_broader_need_is_a_need_of_its_own() -> None:
    assert {need.broader for need in needs().values()} - needs().keys() == {None}


def test_a_checkpoint_names_its_evidence_if_the_record_can_show_it() -> None:
    checkpoints = [one for stage in ladder().stage for one in stage.checkpoint]
    assert [one.key for one in checkpoints if bool(one.evidence) != (one.said_by == "record")] == []


def test_everything_people_read_stands_in_both_languages() -> None:
    texts = [need.name for need in needs().values()] + [standing.name for standing in ladder().standing]
    for stage in ladder().stage:
        texts += [stage.name, stage.summary, *(one.text for one in stage.checkpoint)]
        texts += [text for resource in stage.resource for text in (resource.title, resource.text)]
    assert [text for text in texts if set(text) != LANGUAGES or not all(text.values())] == []
