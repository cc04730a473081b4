"""What is said of a ladder that cannot be used: the file, the place in it, and what to do."""

import shutil
from pathlib import Path

import pytest

from registry.handbook import HandbookError, read_contribution_kinds, read_ladder
from registry.paths import HANDBOOK

LANGUAGES = ("en", "zh-Hant")
FIRST = '[[stage]]\nkey = "idea"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A handbook that speaks two languages, with the community's own ladder."""
    shutil.copy(HANDBOOK / "stages.toml", tmp_path)
    return tmp_path


def _complaint(folder: Path, before: str, after: str) -> list[str]:
    """Each line of what is said once ``before`` is written as ``after``; all of them name the file."""
    path = folder / "stages.toml"
    written = path.read_text(encoding="utf-8")
    assert before in written
    path.write_text(written.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(HandbookError) as caught:
        read_ladder(folder, languages=LANGUAGES)
    lines = str(caught.value).split("\n")
    assert [line for line in lines if not line.startswith(f"{path}: ")] == []
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_the_communitys_own_ladder_can_be_used(folder: Path) -> None:
    assert [stage.key for stage in read_ladder(folder, languages=LANGUAGES).stage][:2] == ["idea", "blueprint"]


@pytest.mark.parametrize(("before", "after", "place", "advice"), [
    ('evidence = "link:note"', 'evidence = "link:nte"', "stage “idea”, checkpoint “public-note”, evidence",
     'did you mean "link:note"?'),
    ('imported_when = ["pitched", "link:note"]', 'imported_when = ["pitchd"]', "stage “idea”, imported_when",
     'did you mean "pitched"?'),
    ('name.zh-Hant = "議題探討"\n', "", "stage “idea”, name", 'Add the line `name.zh-Hant = "…"`'),
    ('name.en = "Explore"', 'name.en = "  "', "stage “idea”, name", "the text in en is missing"),
    ('text.zh-Hant = "有一份任何人都打得開的共筆。"\n', "", "stage “idea”, checkpoint “public-note”, text",
     "text in zh-Hant is missing"),
    ('title.zh-Hant = "提案範本"\n', "", "stage “idea”, resource 1, title", "text in zh-Hant is missing"),
    ('said_by = "person"\n', 'said_by = "person"\nevidence = "readme"\n',
     "stage “idea”, checkpoint “similar-projects”", "Take `evidence` out"),
    ('evidence = "link:note"\n', "", "stage “idea”, checkpoint “public-note”", "`evidence` is missing"),
    ('key = "blueprint"', 'key = "idea"', "stage “idea”", "Give each a key of its own"),
    ('key = "cut-work"', 'key = "pitched"', "stage “idea”, checkpoint “pitched” and in stage “blueprint”",
     "used 2 times"),
    ('key = "blueprint"', 'key = "Blue print"', "stage “Blue print”", "small letters, digits"),
    ('key = "dormant"', 'key = "dormnt"', "standing “dormnt”", 'did you mean "dormant"?'),
    ('key = "retired"', 'key = "active"', "standing “active”", "Keep one of them"),
    ('name.zh-Hant = "已退役"\n', "", "standing “retired”, name", "text in zh-Hant is missing"),
    # What the file's form itself forbids.
    ('said_by = "record"\nevidence', 'said_by = "robot"\nevidence',
     "stage “idea”, checkpoint “public-note”, said_by", "robot"),
    ('summary.en =', 'sumary.en =', "stage “idea”", "“sumary” is nothing this file has"),
    ('text.en = "There is a shared note that anyone can open."\ntext.zh-Hant = "有一份任何人都打得開的共筆。"\n', "",
     "stage “idea”, checkpoint “public-note”", "“text” is missing"),
    ('name.en = "Explore"', "name.en = 1", "stage “idea”, name", "expected `str`"),
])
def test_a_fault_names_its_place_and_what_to_do(
    folder: Path, before: str, after: str, place: str, advice: str
) -> None:
    said = _complaint(folder, before, after)
    assert [line for line in said if line.startswith(place) and advice in line] != [], said


def test_every_fault_is_said_at_once(folder: Path) -> None:
    said = _complaint(folder, 'key = "retired"\nname.en = "Retired"\n', 'key = "retird"\n')
    assert sorted(line.split(":")[0] for line in said) == [
        "standing “retird”", "standing “retird”, name", "standing “retired”",
    ]


@pytest.mark.parametrize(("text", "said"), [
    ("[[stage]\n", "line 1"), ("", "“stage” is missing"), ("stage = []\nstanding = []\n", "it has no stage"),
])
def test_a_file_that_is_no_ladder_at_all_is_refused(folder: Path, text: str, said: str) -> None:
    (folder / "stages.toml").write_text(text, encoding="utf-8")
    with pytest.raises(HandbookError, match=said):
        read_ladder(folder, languages=LANGUAGES)


def test_a_missing_file_and_one_in_another_encoding_are_named(folder: Path) -> None:
    path = folder / "stages.toml"
    path.write_bytes("name = '階段'".encode("big5"))
    with pytest.raises(HandbookError, match="Save the file as UTF-8"):
        read_ladder(folder, languages=LANGUAGES)
    path.unlink()
    with pytest.raises(HandbookError, match="Put the file there"):
        read_ladder(folder, languages=LANGUAGES)


@pytest.mark.parametrize(("before", "after", "said"), [
    ('key = "design"', 'key = "hours"', "kind “hours”: the key is used 2 times"),
    ('key = "hours"', 'key = "Hours given"', "kind “Hours given”: a key is made of letters"),
    ('name.zh-Hant = "設計"\n', "", "kind “design”, name: the text in zh-Hant is missing"),
    ('said_by = "person"', 'said_by = "anyone"', "kind “hours”, said_by: invalid enum value"),
    ('name.en = "Design"', 'nam.en = "Design"', "kind “design”: “nam” is nothing this file has"),
])
def test_kinds_of_contribution_that_cannot_be_used_are_named(
    folder: Path, before: str, after: str, said: str
) -> None:
    written = (HANDBOOK / "contributions.toml").read_text(encoding="utf-8")
    assert before in written
    (folder / "contributions.toml").write_text(written.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(HandbookError) as caught:
        read_contribution_kinds(folder, languages=LANGUAGES)
    assert f"{folder / 'contributions.toml'}: {said}" in str(caught.value)


def test_kinds_that_nobody_could_add_are_no_kinds(folder: Path) -> None:
    (folder / "contributions.toml").write_text("kind = []\n", encoding="utf-8")
    with pytest.raises(HandbookError, match="people can add no kind of it"):
        read_contribution_kinds(folder, languages=LANGUAGES)
