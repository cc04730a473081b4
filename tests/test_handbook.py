"""The handbook's files can be edited by anyone; these are the slips that would do harm."""

import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

HANDBOOK = Path(__file__).parents[1] / "handbook"
LANGUAGES = {"zh-Hant", "en"}


def read(file: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((HANDBOOK / file).read_text(encoding="utf-8"))


def folded(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_a_word_stands_under_one_need_only() -> None:
    assert repeated([folded(word) for need in read("needs.toml")["need"] for word in need["synonyms"]]) == []


def test_a_broader_need_is_a_need_of_its_own() -> None:
    needs = read("needs.toml")["need"]
    keys = [need["key"] for need in needs]
    assert repeated(keys) == []
    assert {need["broader"] for need in needs if "broader" in need} - set(keys) == set()


def test_a_checkpoint_found_in_the_record_names_its_evidence() -> None:
    for stage in read("stages.toml")["stage"]:
        for checkpoint in stage["checkpoint"]:
            assert checkpoint["said_by"] in {"record", "person"}, checkpoint["key"]
            assert ("evidence" in checkpoint) == (checkpoint["said_by"] == "record"), checkpoint["key"]


def test_checkpoints_and_stages_are_told_apart_by_key() -> None:
    stages = read("stages.toml")["stage"]
    assert repeated([stage["key"] for stage in stages]) == []
    assert [repeated([point["key"] for point in stage["checkpoint"]]) for stage in stages] == [[]] * len(stages)


def test_everything_people_read_stands_in_both_languages() -> None:
    stages, standings = read("stages.toml")["stage"], read("stages.toml")["standing"]
    texts = [row["name"] for row in [*stages, *standings, *read("needs.toml")["need"]]]
    texts += [stage["summary"] for stage in stages]
    texts += [point["text"] for stage in stages for point in stage["checkpoint"]]
    texts += [resource[part] for stage in stages for resource in stage["resource"] for part in ("title", "text")]
    assert [text for text in texts if set(text) != LANGUAGES or not all(text.values())] == []
