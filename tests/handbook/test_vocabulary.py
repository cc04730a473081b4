"""The handbook's vocabulary files are whole, in every language."""

import unicodedata
from collections import Counter

from registry.handbook import contribution_kinds, contribution_name, ladder, needs
from registry.projects.rules import Standing
from registry.web.i18n import languages


def test_every_stage_and_checkpoint_speaks_every_language() -> None:
    texts = [text for stage in ladder().stage for text in (stage.name, stage.summary)]
    texts += [checkpoint.text for stage in ladder().stage for checkpoint in stage.checkpoint]
    texts += [text for stage in ladder().stage for one in stage.resource for text in (one.title, one.text)]
    texts += [need.name for need in needs().values()]
    assert [text for text in texts if set(text) != set(languages())] == []


def test_every_standing_has_words() -> None:
    assert {one.key for one in ladder().standing} == {standing.value for standing in Standing}


def test_a_checkpoint_of_the_record_names_its_evidence() -> None:
    checkpoints = [checkpoint for stage in ladder().stage for checkpoint in stage.checkpoint]
    assert all((one.said_by == "record") == (one.evidence is not None) for one in checkpoints)


def test_a_stage_that_left_the_handbook_counts_as_the_first() -> None:
    assert ladder().stage_of("gone").key == "idea"


def test_broader_needs_exist() -> None:
    assert {need.broader for need in needs().values() if need.broader} <= set(needs())


def test_a_word_stands_under_one_need_only() -> None:
    words = [word for need in needs().values() for word in need.synonyms]
    folded = Counter("".join(unicodedata.normalize("NFKC", word).casefold().split()) for word in words)
    assert [word for word, count in folded.items() if count > 1] == []


def test_a_kind_of_contribution_that_left_the_handbook_is_called_by_its_key() -> None:
    assert contribution_name("design") == contribution_kinds()["design"].name
    assert contribution_name("gone") == {"": "gone"}
