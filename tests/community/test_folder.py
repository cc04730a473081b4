"""A community's folder: what is said of one that cannot be used, and the one that `keng init` writes."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from registry.cli import app
from registry.community import read_community
from registry.community.colours import Colours, colour_faults, contrast
from registry.community.current import within
from registry.community.files import HandbookError
from registry.community.whole import read_whole
from registry.handbook import ladder, needs
from registry.settings import load_settings

STADTLABOR = Path(__file__).parent / "stadtlabor"
COLOUR = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def _complaint(folder: Path) -> str:
    with pytest.raises(HandbookError) as refused, within(read_community(folder)):
        read_whole()
    return str(refused.value)


@pytest.mark.parametrize(("file", "before", "after", "said"), [
    ("community.toml", 'name.de = "Stadtlabor"', "", "“name” is missing. Add it."),
    ("community.toml", '"de", "en"]', '"de", "fr"]', "the interface has no words in \"fr\". Put them in"),
    ("community.toml", '"de", "en"]', '"de", "xx"]', "\"xx\" is no language. Write its tag"),
    ("community.toml", "Europe/Berlin", "Europe/Berlon", "\"Europe/Berlon\" is no time zone. Write it like"),
    ("community.toml", "mailto:hallo", "hallo", "is neither a page nor a mailto: address. Begin it with"),
    ("community.toml", "logo.svg", "../logo.svg", "there is no file \"../logo.svg\" in the folder. Put it there"),
    ("community.toml", "logo.svg", "logo.exe", "is no picture we can show. Use one that ends with"),
    ("community.toml", "tagline.de", "tag-line.de", "“tag-line” is nothing this file has. Take it out"),
    ("community.toml", 'band = "#06303a"', 'brand = "#06303a"',
     "colours.dark, brand: there is no such colour (did you mean \"band\"?)"),
    ("community.toml", '"#06303a"\non-band', '"teal"\non-band',
     "colours.dark, band: \"teal\" is no colour. Write it like \"#0b5563\"."),
    ("community.toml", 'on-band = "#f0fbfd"', 'on-band = "#5f9ea0"',
     "colours.light, on-band: on-band #5f9ea0 on band #0b4f5c has a contrast of 3.0, and 4.5 is needed"),
    ("stages.toml", 'name.de = "Skizze"', "", "stage “skizze”, name: the text in de is missing. Add the line"),
    ("needs.toml", 'key = "kartografie"', 'key = "Karte!"', "need “Karte!”: a key is made of small letters"),
    ("locale/de/messages.po", "%(num)s Projekt steht", "%(zahl)s Projekt steht", "Keep each %(name)s as it stands"),
    ("locale/de/messages.po", 'msgid "Home"', 'mesgid "Home"', "Mend that line; each message is a msgid and a msgstr."),
])
def test_what_is_wrong_is_said_with_its_file_and_what_to_do(
    tmp_path: Path, file: str, before: str, after: str, said: str
) -> None:
    folder = tmp_path / "lab"
    shutil.copytree(STADTLABOR, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    complaint = _complaint(folder)
    assert complaint.startswith(str(folder / file))
    assert said in complaint


def test_a_folder_of_chapters_in_a_language_it_does_not_name_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(STADTLABOR, tmp_path / "lab")
    (tmp_path / "lab" / "fr").mkdir()
    assert "there is a folder fr/, but the list lacks it." in _complaint(tmp_path / "lab")


def test_a_folder_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    assert "make one with `keng init`" in _complaint(tmp_path / "nowhere")


def test_the_colours_of_the_house_can_be_read() -> None:
    house = Colours(light={"ink": "#231c11"}, dark={"ink": "#f4ecdb"})
    everything = Colours(light=house.of("light"), dark=house.of("dark"))
    assert colour_faults(everything) == []


@given(COLOUR, COLOUR)
def test_contrast_is_the_same_both_ways_and_lies_between_1_and_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


def test_contrast_is_what_the_guidelines_say() -> None:
    assert [round(contrast(ink, "#ffffff"), 2) for ink in ("#000000", "#767676", "#ffffff")] == [21.0, 4.54, 1.0]


@pytest.mark.parametrize("languages", [["en"], ["ja", "en"], ["zh-Hant", "de"]])
def test_a_new_folder_can_be_used_as_it_is(tmp_path: Path, languages: list[str]) -> None:
    options = [word for tag in languages for word in ("--language", tag)]
    done = CliRunner().invoke(app, ["init", str(tmp_path / "new"), "--name", 'Lab "B"', *options])
    assert done.exit_code == 0, done.output
    here = read_community(tmp_path / "new")
    with within(here):
        assert (here.called, list(here.languages)) == ('Lab "B"', languages)
        assert {tuple(sorted(stage.name)) for stage in ladder().stage} == {tuple(sorted(languages))}
        assert {tuple(sorted(need.name)) for need in needs().values()} == {tuple(sorted(languages))}
        read_whole()


def test_every_line_that_a_new_folder_leaves_out_can_be_used(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["init", str(tmp_path / "new")])
    shutil.copy(STADTLABOR / "logo.svg", tmp_path / "new")
    path = tmp_path / "new" / "community.toml"
    lines = path.read_text(encoding="utf-8").split("\n")
    used = [line.removeprefix("# ") if " = " in line or line.startswith("# [") else line for line in lines]
    path.write_text("\n".join(used), encoding="utf-8")
    read_community.cache_clear()
    assert read_community(tmp_path / "new").sources[0].url == "https://example.org/list"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--language", "xx"], "“xx” is no language."),
    ([], "is there already and not empty."),
])
def test_a_new_folder_is_refused_without_a_trace(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "mine").write_text("kept", encoding="utf-8")
    done = CliRunner().invoke(app, ["init", str(tmp_path if not arguments else tmp_path / "new"), *arguments])
    assert (done.exit_code, said in done.output) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_doctor_tells_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(STADTLABOR, tmp_path / "lab")
    monkeypatch.setenv("KENG_COMMUNITY_DIR", str(tmp_path / "lab"))
    monkeypatch.setenv("KENG_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite3")
    monkeypatch.setenv("COLUMNS", "200")
    load_settings.cache_clear()
    try:
        well = CliRunner().invoke(app, ["doctor"]).output
        (tmp_path / "lab" / "needs.toml").write_text("", encoding="utf-8")
        read_community.cache_clear()
        ill = CliRunner().invoke(app, ["doctor"]).output
    finally:
        load_settings.cache_clear()
    assert "2 stages, 2 needs, 1 points of the Code, 48 kinds of contribution, 3 meals, 14 chapters" in well
    assert "speaks de (" in well
    assert "WRONG  community: its folder cannot be used" in ill
    assert "needs.toml: the file as a whole: “need” is missing. Add it." in ill
