"""The documents against the code: everything is documented, and everything that they name exists."""

import re
from pathlib import Path

from tests.documents.reference import PAGE, page
from tests.supply.locks import ROOT

WRITTEN = [
    ROOT / "README.md", ROOT / "README.zh-Hant.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")),
]
_TOP = "registry|integrations|templates|handbook|tests|docs"
_PATH = re.compile(rf"`((?:{_TOP})/[\w./*-]*)(?::\w+)?`")


def test_the_reference_tells_every_setting_command_job_and_address_as_the_code_does() -> None:
    made = page()
    assert PAGE.read_text("utf-8") == made, "run `make reference`"
    without_words = [line for line in made.splitlines() if re.search(r"\|\s*\|$", line)]
    assert [line.split(" | ")[0] for line in without_words] == ["| variable", "| job", "| address"]
    assert [line for line in made.splitlines() if re.fullmatch(r"- `[^`]+`", line)] == []


def test_every_path_link_and_target_that_the_documents_name_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    wrong = []
    for document in WRITTEN:
        text = document.read_text("utf-8")
        wrong += [f"{document.name}: {path}" for path in _PATH.findall(text) if not _exists(path)]
        wrong += [f"{document.name}: make {one}" for one in re.findall(r"`make ([a-z]+)", text) if one not in targets]
        wrong += [
            f"{document.name}: {link}" for link in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]+)[^)]*\)", text)
            if not (document.parent / link).exists()
        ]
    assert wrong == []


def _exists(path: str) -> bool:
    return bool(list(ROOT.glob(path.rstrip("/")))) if "*" in path else Path(ROOT / path).exists()
