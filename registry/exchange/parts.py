"""Values out of somebody's JSON or YAML, none of which need be what its format says."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from registry.exchange.community import link_to
from registry.exchange.fields.licences import spdx_of
from registry.exchange.fields.text import clean_line, prose, public_line
from registry.exchange.loading.limits import LONGEST_KEY
from registry.exchange.problems import Place
from registry.exchange.rows import LinkRow
from registry.languages import in_its_language
from registry.links import clean_url
from registry.projects.rules import LinkKind

LONGEST_SUMMARY = 300
_CREATIVE_COMMONS = "creativecommons.org/"


def one_or_many(value: Any) -> list[Any]:
    """What may stand alone or in a list, as a list."""
    if value in (None, "", [], {}):
        return []
    return value if isinstance(value, list) else [value]


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects among what may stand alone or in a list."""
    return (one for one in one_or_many(value) if isinstance(one, Mapping))


def line_of(value: Any) -> str:
    """One line of what is a text or a number; empty for anything else."""
    return public_line(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def described(text: Any) -> dict[str, Any]:
    """A text as ``summary``, or as ``description`` where it is too long for one."""
    written = prose(text) if isinstance(text, str) else ""
    if not written:
        return {}
    is_short = len(written) <= LONGEST_SUMMARY and "\n" not in written
    return {"summary" if is_short else "description": in_its_language(written)}


def address_in(value: Any, place: Place, field: str) -> str:
    """A web address; what is none is told and left out."""
    text = line_of(value)
    try:
        return clean_url(text if "://" in text else f"https://{text}") if text else ""
    except ValueError as error:
        place.remark(field, text, error)
        return ""


def link_in(value: Any, place: Place, field: str, kind: LinkKind | None = None) -> tuple[LinkRow, ...]:
    """The link that a field holds, of a kind, or of what its host tells; none when there is no address."""
    url = address_in(value, place, field)
    if not url:
        return ()
    known = link_to(url)
    return (known if kind is None or known.kind is LinkKind.REPOSITORY else LinkRow(url=url, kind=kind),)


def distinct(*links: LinkRow) -> tuple[LinkRow, ...]:
    """Links, each address once: the first that names it counts."""
    return tuple({link.url: link for link in reversed(links)}.values())[::-1]


def licence_in(value: Any, place: Place, field: str) -> str | None:
    """The SPDX identifier of a licence's name or of its page at Creative Commons; others are told and left out."""
    text = line_of(value)
    words = text
    if _CREATIVE_COMMONS in text:
        steps = text.partition(_CREATIVE_COMMONS)[2].strip("/").split("/")
        words = "CC0 1.0" if "zero" in steps else " ".join(["CC", *steps[1:3]])
    licence = spdx_of(words) if words else None
    if text and licence is None:
        place.remark(field, text, "no licence of which we are certain: left out")
    return licence


def lasting_key(*names: Any) -> str:
    """What a row is known by: the first of its names that is one, as written, and short enough to be kept."""
    texts = (clean_line(name) for name in names if isinstance(name, str))
    key = next(filter(None, texts), "")
    return key if len(key) <= LONGEST_KEY else hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
