"""How a case study is cited: as ``CITATION.cff`` (1.2.0) and as BibTeX."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from registry.addresses import percent_encoded
from registry.cases.queries import CasePageRow
from registry.exchange.fields.licences import spdx_of
from registry.web.i18n import current_language, plain

_SPECIAL = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "{}&%$#_"},
}
_KEY = re.compile(r"[^a-z0-9-]+")


def citation_cff(case: CasePageRow, *, base_url: str, community: str) -> str:
    """The case as ``CITATION.cff``; where no writer is public, the community is its author."""
    fields: Mapping[str, Any] = {
        "cff-version": "1.2.0", "message": "If you use this case study, please cite it as below.",
        "type": "dataset", "title": plain(case.content.title), "abstract": plain(case.content.summary),
        "authors": [{"name": name} for name in _authors(case, community)],
        "version": str(case.number), "date-released": case.written_at.date(), "url": _address(case, base_url),
        "license": spdx_of(case.content.licence),
        "preferred-citation": {
            "type": "report", "title": plain(case.content.title),
            "authors": [{"name": name} for name in _authors(case, community)], "year": case.written_at.year,
            "institution": {"name": community}, "url": _address(case, base_url),
        },
    }
    filled = {name: value for name, value in fields.items() if value}
    return yaml.safe_dump(filled, allow_unicode=True, sort_keys=False, width=100)


def citation_bib(case: CasePageRow, *, base_url: str, community: str) -> str:
    """The case as a BibTeX entry."""
    key = _KEY.sub("", case.slug) or f"case-{case.id}"
    fields = {
        "title": f"{{{_tex(plain(case.content.title))}}}",
        "author": " and ".join(f"{{{_tex(name)}}}" for name in _authors(case, community)),
        "year": str(case.written_at.year), "institution": f"{{{_tex(community)}}}", "type": "Case study",
        "number": f"version {case.number}", "url": _address(case, base_url), "language": current_language(),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@techreport{{{key},\n{lines}}}\n"


def _authors(case: CasePageRow, community: str) -> list[str]:
    return [*(one.name for one in case.writers), *case.content.credits] or [community]


def _address(case: CasePageRow, base_url: str) -> str:
    return percent_encoded(base_url + case.url)


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
