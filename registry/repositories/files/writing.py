"""What a project's record says, as files for its repository: ``g0v.json`` and ``publiccode.yml``.

They are proposals: what the record does not know stands in a remark for the project's people to add.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
import yaml

from registry.exchange.fields.licences import spdx_of
from registry.handbook import ladder, need_words
from registry.handbook.statuses import G0V, PUBLICCODE
from registry.people.rules import MembershipRole
from registry.projects.records import ProjectRecord
from registry.projects.rules import LinkKind, NeedState, Standing
from registry.repositories.files.formats import SHORT_DESCRIPTION

SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 150, 10_000
"""Characters of ``longDescription``."""
LONGEST_FEATURE = 100
_LIST_LINE = re.compile(r"^\s*[-*+]\s+(\S.*?)\s*$", re.MULTILINE)
_ENDED = (Standing.RETIRED, Standing.SUCCEEDED)


class ProposedFile(msgspec.Struct, frozen=True):
    """A file to put into a repository, and the fields that its format asks for and the record does not know."""

    name: str
    text: str
    missing: list[str]


def g0v_json(project: ProjectRecord, *, community: str) -> ProposedFile:
    """``g0v.json`` (v2); the author is the ``community`` where no owner is public."""
    name, description = _by_script(project.name), _by_script(project.summary)
    licence = spdx_of(project.code_licence or "")
    repository = _first(project, LinkKind.REPOSITORY)
    fields = {
        "g0v_json": "v2",
        "name": name["en"], "name_zh": name["zh"],
        "description": description["en"], "description_zh": description["zh"],
        "author": next(iter(_owners(project)), community),
        "status": ladder().status(G0V, project.stage, project.standing),
        "homepage": _first(project, LinkKind.SITE), "document": _first(project, LinkKind.DOCUMENT),
        "repository": {"type": "git", "url": repository} if repository else None,
        "licenses": [{"type": licence}] if licence else [],
        "keywords": [word for tag in project.tags for word in tag.name.values()],
        "audience": ["public"],
        "contributors": [one.name for one in project.people],
        "needs": list(dict.fromkeys(
            word for need in project.needs if need.state is NeedState.OPEN and (word := _g0v_need(need.key))
        )),
    }
    text = msgspec.json.format(msgspec.json.encode(_filled(fields)), indent=2).decode() + "\n"
    return ProposedFile("g0v.json", text, [] if licence else ["licenses"])


def publiccode_yml(project: ProjectRecord) -> ProposedFile:
    """``publiccode.yml`` with keys that version 0.5 knows; what is missing is said in its first lines."""
    owners = _owners(project)
    maintenance: dict[str, Any] = {"type": "none" if project.standing in _ENDED else "community"}
    if maintenance["type"] == "community":
        maintenance["contacts"] = [{"name": name} for name in owners]
    fields: dict[str, Any] = {
        "publiccodeYmlVersion": "0.5", "name": _name(project), "url": _first(project, LinkKind.REPOSITORY),
        "landingURL": _first(project, LinkKind.SITE), "platforms": ["web"],
        "developmentStatus": ladder().status(PUBLICCODE, project.stage, project.standing),
        "softwareType": "standalone/web",
        "description": {tag: _described(project, tag) for tag in project.summary if project.summary[tag]},
        "legal": _filled({"license": spdx_of(project.code_licence or "")}),
        "maintenance": _filled(maintenance),
        "localisation": {"localisationReady": len(project.name) > 1, "availableLanguages": [*project.name]},
    }
    missing = [*_missing(fields), *([] if owners or maintenance["type"] == "none" else ["maintenance.contacts"])]
    remarks = "".join(f"# {name}: ?\n" for name in missing)
    text = remarks + yaml.safe_dump(_filled(fields), allow_unicode=True, sort_keys=False, width=100)
    return ProposedFile("publiccode.yml", text, missing)


def _missing(fields: Mapping[str, Any]) -> list[str]:
    described: Mapping[str, Mapping[str, Any]] = fields["description"]
    return [
        *(name for name in ("url", "developmentStatus", "description") if not fields[name]),
        *([] if fields["legal"] else ["legal.license"]),
        *(
            f"description.{tag}.{name}" for tag, said in described.items() for name in ("longDescription", "features")
            if name not in said
        ),
    ]


def _described(project: ProjectRecord, tag: str) -> dict[str, Any]:
    written = project.description.get(tag, "").strip()
    return _filled({
        "shortDescription": _shortened(project.summary[tag], SHORT_DESCRIPTION),
        "longDescription": _shortened(written, LONGEST_DESCRIPTION) if len(written) >= SHORTEST_DESCRIPTION else "",
        "features": [_shortened(line, LONGEST_FEATURE) for line in _LIST_LINE.findall(written)],
    })


def _g0v_need(key: str) -> str:
    """What g0v.json calls a need, or the wider one that it belongs to; empty where it has no word for it."""
    need = need_words(key)
    return need.elsewhere.get(G0V) or (_g0v_need(need.broader) if need.broader else "")


def _owners(project: ProjectRecord) -> list[str]:
    return [one.name for one in project.people if one.role is MembershipRole.OWNER]


def _name(project: ProjectRecord) -> str:
    return project.name.get("en") or next(iter(project.name.values()))


def _by_script(texts: Mapping[str, str]) -> dict[str, str]:
    """The text in Chinese (``zh``) and the one in English, or else in another language (``en``)."""
    chinese = next((text for tag, text in texts.items() if tag.startswith("zh")), "")
    other = texts.get("en") or next((text for tag, text in texts.items() if not tag.startswith("zh")), "")
    return {"zh": chinese, "en": other}


def _first(project: ProjectRecord, kind: LinkKind) -> str:
    return next((link.url for link in project.links if link.kind is kind), "")


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
