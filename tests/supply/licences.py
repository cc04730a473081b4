"""Licences of everything that a running registry is made of. Run as a module to write ``docs/dependencies.md``."""

import importlib.metadata
import sys
from collections.abc import Iterator
from typing import NamedTuple

from packaging.licenses import canonicalize_license_expression

from tests.supply.locks import ROOT, RUNNING, Pinned, from_npm, from_pypi

PAGE = ROOT / "docs/dependencies.md"

ALLOWED = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU", "OFL-1.1", "PSF-2.0",
})
"""SPDX names of licences that ask for no more than a notice."""

EXCEPTIONS = {
    "certifi": "MPL-2.0 covers its files alone, which we use unchanged: a list of certificates.",
    "psycopg": "The LGPL allows use as a library; it is installed from PyPI unchanged, and can be exchanged.",
    "psycopg-binary": "As psycopg.",
    "psycopg-pool": "As psycopg.",
    "pygithub": "As psycopg; `integrations/github` alone imports it.",
    "pyphen": "Taken under MPL-1.1, which covers its files alone; WeasyPrint asks it where words may be broken.",
}
"""What else we use, and why that is all right."""

_OF_CLASSIFIERS = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Classifiers that mean one licence; "BSD License" means several."""

READ_BY_US = {
    "brotlicffi": "MIT", "colorama": "BSD-3-Clause", "cssselect2": "BSD-3-Clause",
    "feedgen": "BSD-2-Clause OR LGPL-3.0-or-later", "httpx2-jsfetch": "BSD-3-Clause", "jinja2": "BSD-3-Clause",
    "pydyf": "BSD-3-Clause", "pygithub": "LGPL-3.0-or-later",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1", "rich-click": "MIT", "segno": "BSD-3-Clause",
    "tinycss2": "BSD-3-Clause", "weasyprint": "BSD-3-Clause", "webencodings": "BSD-3-Clause",
}
"""From their licence files, where metadata names no single licence or the package is for other machines than ours."""

_SPELLINGS = {"BSD-0-Clause": "0BSD"}


class Licensed(NamedTuple):
    """A package with the SPDX expression of its licence; empty when it says none that can be understood."""

    pinned: Pinned
    expression: str
    from_npm: bool


def licensed() -> Iterator[Licensed]:
    """Every package that a running registry needs."""
    for one in from_pypi(RUNNING):
        yield Licensed(one, READ_BY_US.get(one.name) or licence_said(one.name), from_npm=False)
    for one, licence in from_npm():
        yield Licensed(one, _SPELLINGS.get(licence, licence), from_npm=True)


def licence_said(name: str) -> str:
    """The licence that an installed package names in its metadata, as SPDX; empty when it names none or several."""
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    said = next((metadata[name] for name in ("License-Expression", "License") if name in metadata), "")
    try:
        return str(canonicalize_license_expression(said))
    except ValueError:
        classifiers = [one.rpartition(" :: ")[2] for one in metadata.get_all("Classifier", ()) if "License ::" in one]
        return _OF_CLASSIFIERS.get(classifiers[0], "") if len(classifiers) == 1 else ""


def is_allowed(expression: str) -> bool:
    """Whether one side of each OR has only allowed licences. Brackets are refused, for a person to look at."""
    return any(all(name in ALLOWED for name in side.split(" AND ")) for side in expression.split(" OR "))


def not_allowed(packages: list[Licensed]) -> list[str]:
    """What must not be used as it is, and what to do."""
    return [
        f"{one.pinned.name} {one.pinned.version}: {one.expression or 'no licence that can be understood'}; "
        "read it, then name it in tests/supply/licences.py or do without"
        for one in packages if not is_allowed(one.expression) and one.pinned.name not in EXCEPTIONS
    ]


def page(packages: list[Licensed]) -> str:
    """The page that lists them, in Markdown."""
    lines = [
        "# What a running registry is made of",
        "",
        "Written by `make sbom` from the locks and from what each package says of itself; a test compares it. Versions",
        "and hashes stand in `requirements.txt` and `package-lock.json`, and in the bill of materials that the same",
        "command writes. What only tests and builds need is not listed. A licence that is not in `ALLOWED` of",
        "`tests/supply/licences.py` needs an exception there, with its reason.",
        "",
        "| package | from | licence | |",
        "|---|---|---|---|",
    ]
    for one in packages:
        remark = EXCEPTIONS.get(one.pinned.name, "") or (f"where `{one.pinned.where}`" if one.pinned.where else "")
        lines.append(
            f"| {one.pinned.name} | {'npm' if one.from_npm else 'PyPI'} | {one.expression} | {remark} |"
            .replace("|  |", "| |")
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page; say what is not allowed."""
    packages = list(licensed())
    PAGE.write_text(page(packages), "utf-8")
    for line in (faults := not_allowed(packages)):
        print(line, file=sys.stderr)  # noqa: T201
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
