import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange.fields.licences import Licences, read_licences, spdx_of


@pytest.mark.parametrize(
    ("words", "identifier"),
    [
        ("MIT ", "MIT"),
        ("The MIT License", "MIT"),
        ("cc0", "CC0-1.0"),
        ("CC 0", "CC0-1.0"),
        ("CC0 1.0", "CC0-1.0"),
        ("ＣＣ ＢＹ ４.０", "CC-BY-4.0"),
        ("CC BY-4.0", "CC-BY-4.0"),
        ("CCBY 4.0", "CC-BY-4.0"),
        ("CC SA-NC-BY 4.0", "CC-BY-NC-SA-4.0"),
        ("Apache v2", "Apache-2.0"),
        ("GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("政府資料開放授權條款", "OGDL-Taiwan-1.0"),
        ("CC BY", None),
        ("CC BY-SA-ND 4.0", None),
        ("CC BY-BY 4.0", None),
        ("GPL v3", None),
        ("BSD", None),
        ("MIT 或其他", None),
        ("", None),
    ],
)
def test_only_certain_words_become_an_spdx_identifier(words: str, identifier: str | None) -> None:
    assert spdx_of(words) == identifier


@pytest.mark.parametrize(
    ("cell", "licences"),
    [
        ("MIT / CC BY 4.0", Licences(("MIT",), ("CC-BY-4.0",), ())),
        ("code:MIT; content: CC0", Licences(("MIT",), ("CC0-1.0",), ())),
        ("程式碼MIT／文本CC-BY-SA 4.0", Licences(("MIT",), ("CC-BY-SA-4.0",), ())),
        ("圖文 CC0 1.0 資料 CC BY 4.0", Licences((), ("CC0-1.0", "CC-BY-4.0"), ())),
        ("MIT (frontend) & GPL(backend)", Licences(("MIT", "GPL"), (), ())),
        ("CC0", Licences((), (), ("CC0-1.0",))),
        ("CC-BY, MIT", Licences(("MIT",), (), ("CC-BY",))),
        ("還在想，傾向 MIT", Licences((), (), ("還在想，傾向 MIT",))),
        ("?", Licences((), (), ())),
        ("", Licences((), (), ())),
    ],
)
def test_a_licence_cell_is_sorted_into_code_and_content(cell: str, licences: Licences) -> None:
    assert read_licences(cell) == licences


@given(st.text(max_size=60))
def test_a_cell_never_vanishes_unless_it_says_nothing(cell: str) -> None:
    kept = read_licences(cell)
    if any(c.isalpha() for c in cell) and cell.strip().casefold() not in {"n/a", "na", "none", "tbd"}:
        assert any(kept)
