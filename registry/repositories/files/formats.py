"""g0v.json, civic.json, publiccode.yml, CITATION.cff and .all-contributorsrc."""

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from registry.community.current import community
from registry.handbook import contribution_kinds
from registry.handbook.statuses import CIVIC, G0V, PUBLICCODE, STATUSES
from registry.languages import in_its_language
from registry.repositories.files.fields import Fault, Fields, read_fields

LONGEST_NAME = 100
LONGEST_SUMMARY = 300
SHORT_DESCRIPTION = 150
_MAINTENANCE = ("internal", "contract", "community", "none")


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What a repository states of its project; empty where it says nothing. Texts are by language.

    ``thanks`` counts whom it thanks for what, by kind of contribution; of these people nothing else is kept.
    """

    name: dict[str, str] = {}
    summary: dict[str, str] = {}
    site: str = ""
    code_licence: str = ""
    thanks: dict[str, int] = {}


class FilesRead(msgspec.Struct, frozen=True):
    """What a repository's files say together (of two that say the same, the first counts), and their faults."""

    stated: Stated
    faults: list[Fault]


def read_files(texts: Mapping[str, str]) -> FilesRead:
    """Read the files of a repository that tell of its project, by their names; others are left alone."""
    faults: list[Fault] = []
    stated = Stated()
    for file, read in FORMATS.items():
        if file in texts and (fields := read_fields(file, texts[file], faults)):
            stated = together(stated, read(fields))
    return FilesRead(stated, faults)


def together(first: Stated, second: Stated) -> Stated:
    """What two sources state, where the first one counts."""
    return Stated(
        name={**second.name, **first.name}, summary={**second.summary, **first.summary},
        site=first.site or second.site, code_licence=first.code_licence or second.code_licence,
        thanks=first.thanks or second.thanks,
    )


def _g0v(fields: Fields) -> Stated:
    fields.need("author")
    fields.word("status", STATUSES[G0V])
    return Stated(
        name=_pair(fields, "name", LONGEST_NAME), summary=_pair(fields, "description", LONGEST_SUMMARY),
        site=fields.address("homepage"), code_licence=fields.licence("licenses", "license"),
    )


def _civic(fields: Fields) -> Stated:
    fields.word("status", STATUSES[CIVIC])
    return Stated(
        name=_in_one(fields.text("name", longest=LONGEST_NAME), LONGEST_NAME),
        summary=_in_one(fields.text("description", longest=LONGEST_SUMMARY), LONGEST_SUMMARY),
        site=fields.address("homepage"), code_licence=fields.licence("license"),
    )


def _publiccode(fields: Fields) -> Stated:
    fields.need(
        "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description",
        "legal.license", "maintenance.type", "localisation.localisationReady", "localisation.availableLanguages",
    )
    fields.word("developmentStatus", STATUSES[PUBLICCODE])
    fields.word("maintenance.type", _MAINTENANCE)
    fields.address("url")
    summary: dict[str, str] = {}
    for tag in fields.keys("description"):
        if language := our_language(tag):
            text = fields.text(f"description.{tag}.shortDescription", longest=SHORT_DESCRIPTION)
            summary |= {language: text[:LONGEST_SUMMARY]} if text else {}
        else:
            fields.need(f"description.{tag}.shortDescription")
    return Stated(
        name=_in_one(fields.text("name", longest=LONGEST_NAME), LONGEST_NAME), summary=summary,
        site=fields.address("landingURL"), code_licence=fields.licence("legal.license"),
    )


def _citation(fields: Fields) -> Stated:
    fields.need("cff-version", "message", "title", "authors")
    return Stated(
        name=_in_one(fields.text("title"), LONGEST_NAME), site=fields.address("url"),
        code_licence=fields.licence("license"),
    )


def _all_contributors(fields: Fields) -> Stated:
    fields.need("contributors")
    known = contribution_kinds()
    thanks: Counter[str] = Counter()
    for one in fields.each("contributors"):
        one.need("login", "contributions")
        thanks.update({kind for kind in one.words("contributions") if kind in known})
    return Stated(thanks=dict(sorted(thanks.items())))


FORMATS: Mapping[str, Callable[[Fields], Stated]] = {
    "g0v.json": _g0v, "publiccode.yml": _publiccode, "civic.json": _civic, "CITATION.cff": _citation,
    ".all-contributorsrc": _all_contributors,
}
"""How each file is read, the one that counts first before the others."""


def _pair(fields: Fields, name: str, longest: int) -> dict[str, str]:
    plain = fields.text(name, longest=longest)[:longest]
    chinese = fields.text(f"{name}_zh", longest=longest)[:longest]
    return in_its_language(plain) | in_its_language(chinese)


def _in_one(text: str, longest: int) -> dict[str, str]:
    return in_its_language(text[:longest])


def our_language(tag: str) -> str:
    """The language of the community that a tag such as ``zh-TW`` or ``en-GB`` means; empty for another."""
    wanted = tag.casefold()
    return next(
        (own for own in community().languages if own.casefold() == wanted or own[:2].casefold() == wanted[:2]), ""
    )
