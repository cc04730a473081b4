"""Files of the published record: their names, their front matter, and how words become Markdown. Pure: no I/O."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec
import yaml

PULL_REQUEST: Final = "pull request"
"""The kind of outbox message that offers a record's files to a repository."""
SOURCE: Final = "record"
"""The field of the front matter that tells whose file it is: the address of the record."""
_FENCE: Final = "---\n"
_LONGEST_SLUG = 120
_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f:*?\"<>|~^\[\]\s]+")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LINE_MARK = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_HTML = re.compile(r"<(?!https?://|mailto:)(?=[A-Za-z/!?])")

_HEADING = re.compile(r"^(#{1,4})(?=\s)", re.MULTILINE)
_OWN_PATH = re.compile(r"(\]\(\s*<?|^\s{0,3}\[[^\]\n]+\]:\s*<?)/(?!/)", re.MULTILINE)


class Collection(StrEnum):
    """The kinds of record that are published, named as their folder and their pages' addresses are."""

    CASES = "cases"
    EVENTS = "events"


class PublishedFile(msgspec.Struct, frozen=True):
    """A file: its path below the root of the folder or repository, and what stands in it."""

    path: str
    text: str


class PublishedRecord(msgspec.Struct, frozen=True):
    """A record as its files, one for each language of the community; none where the public may not see it."""

    collection: Collection
    slug: str
    title: str
    files: tuple[PublishedFile, ...]

    @property
    def digest(self) -> str:
        """What changes whenever one of the files does."""
        told = msgspec.json.encode([[one.path, one.text] for one in self.files])
        return hashlib.sha256(told).hexdigest()[:32]


def path_of(collection: Collection, slug: str, language: str) -> str:
    """Where a record stands in a language: languages of one record are neighbours in every listing."""
    name = _UNSAFE.sub("-", slug).strip(".-")[:_LONGEST_SLUG] or "record"
    return f"{collection}/{name}.{language}.md"


def with_front_matter(facts: Mapping[str, Any], body: Iterable[str]) -> str:
    """A file's text: the facts that are known, in their order, then the paragraphs, one blank line apart."""
    known = {name: value for name, value in facts.items() if value not in (None, "", [], {})}
    head = yaml.safe_dump(
        msgspec.to_builtins(known, builtin_types=(date,)), allow_unicode=True, sort_keys=False, width=2**31,
        default_flow_style=False,
    )
    paragraphs = (part.strip().replace("\r\n", "\n") for part in body)
    return _FENCE + head + _FENCE + "\n" + "\n\n".join(part for part in paragraphs if part) + "\n"


def facts_in(text: str) -> Mapping[str, Any]:
    """The front matter of a file; nothing where it has none that can be read."""
    _before, fence, rest = text.partition(_FENCE)
    head, end, _body = rest.partition(f"\n{_FENCE}")
    if _before or not fence or not end:
        return {}
    try:
        facts = yaml.safe_load(head)
    except yaml.YAMLError:
        return {}
    return facts if isinstance(facts, dict) else {}


def as_line(text: str) -> str:
    """A text in one line in which nothing is a mark of Markdown or HTML."""
    return _LINE_MARK.sub(r"\1\\\2", _MARKS.sub(r"\\\1", " ".join(text.split())))


def as_link(text: str, url: str) -> str:
    """A link with these words; words alone where the address is not one to follow."""
    if not url.startswith(("https://", "http://")):
        return as_line(text)
    address = "".join(f"%{ord(mark):02X}" if mark in '()<> "\\' else mark for mark in url)
    return f"[{as_line(text)}]({address})"


def as_prose(markdown: str, *, base_url: str) -> str:
    """Markdown as somebody wrote it: its headings below the file's own, HTML in it shown and not obeyed.

    A link to a path of ours leads to ``base_url``, for the file is read elsewhere.
    """
    lowered = _HEADING.sub(r"##\1", _HTML.sub("&lt;", markdown))
    return _OWN_PATH.sub(lambda found: f"{found[1]}{base_url}/", lowered).strip()
