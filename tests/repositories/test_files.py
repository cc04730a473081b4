"""What repositories' files say is read leniently; what cannot be understood is named by file, field and remedy."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.repositories.files.fields import LARGEST_FILE, Fault, FaultKind
from registry.repositories.files.formats import FORMATS, Stated, read_files

G0V = {
    "g0v_json": "v2", "author": "g0v", "name": "Budget map", "name_zh": "預算地圖", "status": "Beta",
    "description_zh": "看見稅金去了哪裡", "homepage": "budget.example.org", "licenses": [{"name": "MIT License"}],
    "needs": ["designer"], "unheard_of": {"a": [1]},
}
PUBLICCODE = """\
publiccodeYmlVersion: "0.5"
name: Budget map
url: https://github.com/g0v/budget
landingURL: https://budget.example.org
platforms: [web]
developmentStatus: stable
softwareType: standalone/web
description:
  en: {shortDescription: Where taxes go}
  zh-TW: {shortDescription: 稅金去哪了}
  it: {longDescription: x}
legal: {license: AGPL-3.0-or-later AND CC0-1.0}
maintenance: {type: community}
localisation: {localisationReady: false, availableLanguages: [en]}
"""


def test_each_format_is_read_and_the_first_that_says_something_counts() -> None:
    found = read_files({
        "g0v.json": "\ufeff" + json.dumps(G0V), "publiccode.yml": PUBLICCODE,
        "civic.json": json.dumps({"name": "Other", "status": "alpha", "license": "https://example.org/licence"}),
        "CITATION.cff": "cff-version: 1.2.0\nmessage: Cite it\ntitle: T\nauthors: [{name: g0v}]\nlicense: MIT\n",
        ".all-contributorsrc": json.dumps({"contributors": [
            {"login": "ada", "contributions": ["translation", "mystery", "translation"]},
            {"login": "Ben", "contributions": []}, 7, {"login": "cy", "contributions": ["design", "translation"]},
        ]}),
        "package.json": "{",
    })
    assert found.stated == Stated(
        name={"en": "Budget map", "zh-Hant": "預算地圖"},
        summary={"zh-Hant": "看見稅金去了哪裡", "en": "Where taxes go"}, site="https://budget.example.org",
        code_licence="MIT", thanks={"design": 1, "translation": 2},
    )
    assert found.faults == [
        Fault("publiccode.yml", "description.it.shortDescription", FaultKind.MISSING),
        Fault(".all-contributorsrc", "contributors[2].contributions", FaultKind.MISSING),
    ]


@pytest.mark.parametrize(("file", "text", "faults"), [
    ("g0v.json", '{\n"author": ,}', [("", FaultKind.UNREADABLE, "", 2)]),
    ("publiccode.yml", "a: [\nb: }", [("", FaultKind.UNREADABLE, "", 2)]),
    ("g0v.json", "[1]", [("", FaultKind.NO_FIELDS, "", 0)]),
    ("g0v.json", " " * (LARGEST_FILE + 1), [("", FaultKind.TOO_LARGE, "", 100)]),
    ("g0v.json", '{"status": "finished"}', [
        ("author", FaultKind.MISSING, "", 0), ("status", FaultKind.OTHER_WORD, "finished", 0),
    ]),
    ("civic.json", '{"name": 5, "homepage": "not one", "license": "free for all"}', [
        ("name", FaultKind.NO_TEXT, "5", 0), ("homepage", FaultKind.NO_ADDRESS, "not one", 0),
        ("license", FaultKind.NO_LICENCE, "free for all", 0),
    ]),
    (".all-contributorsrc", '{"contributors": {"login": "ada"}}', [("contributors", FaultKind.NO_LIST, "", 0)]),
    ("civic.json", json.dumps({"name": "x" * 101, "homepage": "javascript:alert(1)"}), [
        ("name", FaultKind.TOO_LONG, "x" * 60 + "…", 100), ("homepage", FaultKind.NO_ADDRESS, "javascript:alert(1)", 0),
    ]),
])
def test_what_cannot_be_understood_is_named(file: str, text: str, faults: list[Any]) -> None:
    found = read_files({file: text})
    assert [(one.field, one.kind, one.given, one.number) for one in found.faults] == faults
    assert {one.file for one in found.faults} == {file}


@pytest.mark.parametrize(("written", "identifier"), [
    ("MIT", "MIT"), ("the MIT license", "MIT"), ("EPL-2.0", "EPL-2.0"), ("Apache-2.0 OR MIT", "Apache-2.0 OR MIT"),
    (["CC0"], "CC0-1.0"), ([{"type": "MPL-2.0", "url": "x"}], "MPL-2.0"), ("proprietary", ""), ("GPL", ""),
    ("MIT AND whatever else", ""), (7, ""), (None, ""),
])
def test_a_licence_counts_only_where_it_is_certain(written: Any, identifier: str) -> None:
    assert read_files({"civic.json": json.dumps({"license": written})}).stated.code_licence == identifier


_VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8,
)
_KNOWN = st.sampled_from([
    "author", "name", "name_zh", "status", "licenses", "license", "homepage", "description", "contributors", "legal",
    "title", "login", "contributions", "url",
])


@given(st.sampled_from(list(FORMATS)), st.dictionaries(_KNOWN, _VALUES) | _VALUES, st.booleans())
def test_no_file_breaks_its_reading_and_what_is_kept_can_be_stored(file: str, content: Any, is_cut: bool) -> None:
    text = json.dumps(content)
    found = read_files({file: text[:-1] if is_cut else text})
    json.dumps([repr(found)]).encode()
    assert "\0" not in repr(found)
    str([found.stated.name, found.stated.summary, [one.given for one in found.faults]]).encode()
