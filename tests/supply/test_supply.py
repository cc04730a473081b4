"""Nothing is installed that the locks do not name with a hash, and nothing that we may not use."""

import importlib.metadata
import json
import re
from pathlib import Path

import pytest

from tests.judges import run_from_pypi
from tests.supply.audit import Told, of_npm_audit, of_pip_audit, told_in_words
from tests.supply.bill import bill
from tests.supply.licences import (
    EXCEPTIONS,
    PAGE,
    READ_BY_US,
    Licensed,
    is_allowed,
    licence_said,
    licensed,
    not_allowed,
    page,
)
from tests.supply.locks import ROOT, RUNNING, TESTING, Pinned, from_npm, from_pypi

_STRICT = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1], encoding="utf-8").read()))
"""


def test_every_locked_package_has_a_hash() -> None:
    pinned = [*from_pypi(RUNNING), *from_pypi(TESTING)]
    pinned += [one for folder in ("", "tests/judges") for one, _ in from_npm(folder)]
    assert {one.name for one in pinned} >= {"litestar", "pytest", "htmx.org", "html-validate"}
    assert [one.name for one in pinned if not one.hashes] == []
    assert {name for one in pinned for name, _ in one.hashes} == {"sha256", "sha512"}


def test_whoever_installs_asks_for_the_hashes() -> None:
    made_by = (ROOT / "Makefile").read_text("utf-8")
    installing = re.findall(r"^.*(?:pip install|\$\(INSTALL\)|\$\(PIP_INSTALL\)).* -r .*$", made_by, re.MULTILINE)
    assert len(installing) == 4  # uv, what runs, what tests, and npm where there is none
    assert [line for line in installing if "--require-hashes" not in line] == []
    assert re.findall(r"\$\(INSTALL\) (?!--require-hashes)(.*)", made_by) == ["--no-deps --editable ."]
    assert re.findall(r" ci (?!--ignore-scripts)| npm install|\) install", made_by) == []
    for file in (".ci/run", "docs/running/Containerfile"):
        text = (ROOT / file).read_text("utf-8")
        assert "make" in text, file
        outside = re.findall(r"(?:pip|uv|npm|npx|uvx) (?:install|add|ci).*", text)
        assert [line for line in outside if "--require-hashes" not in line and "--no-deps" not in line] == [], file


def test_every_licence_is_allowed_or_an_exception_with_a_reason_and_the_page_lists_them() -> None:
    packages = list(licensed())
    assert not_allowed(packages) == []
    assert PAGE.read_text("utf-8") == page(packages), "run `make sbom`"
    needed = {one.pinned.name for one in packages if not is_allowed(one.expression)}
    assert set(EXCEPTIONS) == needed
    installed = {one.metadata["Name"].lower().replace("_", "-") for one in importlib.metadata.distributions()}
    assert {name for name in READ_BY_US if name in installed and licence_said(name)} == set()
    assert set(READ_BY_US) <= {one.pinned.name for one in packages}


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True), ("MIT AND PSF-2.0", True), ("GPL-3.0-only OR MIT", True), ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False), ("", False), ("MIT OR GPL-2.0-only AND MIT", True),
        ("(MIT OR GPL-2.0-only) AND GPL-2.0-only", False),
    ],
)
def test_an_expression_is_allowed_by_one_whole_side(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed
    found = not_allowed([Licensed(Pinned("new-one", "1.0", "", ()), expression, from_npm=False)])
    assert [line.startswith("new-one 1.0: ") for line in found] == [True] * (not allowed)


def test_the_bill_names_each_locked_package_once_and_only_the_tests_as_excluded() -> None:
    made = bill()
    purls = [one["purl"] for one in made["components"]]
    assert len(purls) == len(set(purls))
    required = {one["name"] for one in made["components"] if one["scope"] == "required"}
    assert required == {one.name for one in from_pypi(RUNNING)} | {one.name for one, _ in from_npm()}
    assert {one["name"] for one in made["components"]} >= {one.name for one in from_pypi(TESTING)}
    needs = {one["ref"].partition("@")[0]: one["dependsOn"] for one in made["dependencies"]}
    assert {ref.partition("@")[0] for ref in needs["pkg:pypi/psycopg"]} >= {"pkg:pypi/typing-extensions"}
    assert bill() == made


@pytest.mark.trust
def test_cyclonedx_finds_the_bill_valid(tmp_path: Path) -> None:
    made = bill()
    file = tmp_path / "sbom.json"
    for content, is_valid in ((made, True), (made | {"specVersion": 6}, False)):
        file.write_text(json.dumps(content), "utf-8")
        said = run_from_pypi("cyclonedx-python-lib[json-validation]==11.2.0", _STRICT, file)
        assert (said.strip() == "None") is is_valid, said


def test_an_advisory_service_that_was_not_asked_is_not_taken_for_one_that_found_nothing() -> None:
    skipped = {"name": "a", "skip_reason": "Dependency not found on PyPI"}
    fine, bad = {"name": "b", "version": "1", "vulns": []}, {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1"}]}

    def pip(*packages: object) -> Told:
        return of_pip_audit("lock", json.dumps({"dependencies": packages}), "")

    assert told_in_words(pip(fine)) == ["lock: no known fault"]
    assert pip(fine, bad).faults == ["c 2: PYSEC-1"]
    assert "NOT AUDITED" in told_in_words(pip(fine, skipped))[0]
    assert "no route" in told_in_words(of_pip_audit("lock", "", "Traceback\nno route to host"))[0]
    assert of_npm_audit("lock", '{"vulnerabilities": {}}') == Told("lock", [])
    assert of_npm_audit("lock", '{"vulnerabilities": {"x": {"severity": "high"}}}').faults == ["x: high"]
    assert "405" in told_in_words(of_npm_audit("lock", '{"message": "405 Method Not Allowed"}'))[0]
