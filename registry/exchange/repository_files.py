"""Formats ``g0v-json``, ``civic-json`` and ``publiccode``: what a repository's file says of its project.

A file, or a folder with many of them. Of the people in them nobody is taken over: they have not been asked.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from registry.activity.rules import Subject
from registry.exchange.fields.events import read_event_name
from registry.exchange.fields.keywords import split_list
from registry.exchange.fields.text import prose
from registry.exchange.parts import distinct, lasting_key, line_of, link_in, objects, one_or_many
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import AnyRow, NeedRow, ProjectRow, ProposalRow, Sourced
from registry.exchange.sources import read_json, read_yaml
from registry.exchange.vocabulary import wanted
from registry.handbook import ladder, needs
from registry.handbook.statuses import CIVIC, G0V, MEANINGLESS, PUBLICCODE, STATUSES
from registry.links import repository_of
from registry.projects.rules import LinkKind, Standing, normalise_name, slug_of
from registry.repositories.files.fields import Fault, Fields
from registry.repositories.files.formats import FORMATS, our_language
from registry.repositories.words import fault_words


class _Kind(NamedTuple):
    """A file's name, its vocabulary of statuses, the field of the status, and the fields with addresses."""

    file: str
    vocabulary: str
    status: str
    repository: tuple[str, ...]
    links: tuple[tuple[str, LinkKind | None], ...]


_KINDS = {
    G0V: _Kind("g0v.json", G0V, "status", ("repository", "repository.url"), (
        ("homepage", LinkKind.SITE), ("document", LinkKind.DOCUMENT), ("demo", LinkKind.SITE),
    )),
    CIVIC: _Kind("civic.json", CIVIC, "status", ("repository", "repository.url", "git"), (
        ("homepage", LinkKind.SITE), ("communicationChannel", None), ("data", None),
    )),
    PUBLICCODE: _Kind("publiccode.yml", PUBLICCODE, "developmentStatus", ("url",), (
        ("landingURL", LinkKind.SITE), ("roadmap", LinkKind.DOCUMENT),
    )),
}


def read_repository_files(vocabulary: str, path: Path, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    """Read the file of one project, or each of a folder and the folders in it.

    Raises:
        UnreadableSource: nothing can be read there at all, or the folder holds no such file.
    """
    kind = _KINDS[vocabulary]
    if not path.is_dir():
        yield from _project(kind, _content(kind, path), problems.at(path.name, "1", Subject.PROJECT), problems)
        return
    files = sorted(file for file in path.rglob(f"*{Path(kind.file).suffix}") if file.is_file())
    if not files:
        message = f"{path}: a folder with files like {kind.file} was expected"
        raise UnreadableSource(message)
    for file in files:
        place = problems.at(str(file.relative_to(path)), "1", Subject.PROJECT)
        try:
            content = _content(kind, file)
        except UnreadableSource as error:
            problems.rows_read += 1
            place.refuse("", "", error)
            continue
        yield from _project(kind, content, place, problems)


def _content(kind: _Kind, path: Path) -> Any:
    return read_yaml(path) if kind.vocabulary == PUBLICCODE else read_json(path)


def _project(kind: _Kind, content: Any, place: Place, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    problems.rows_read += 1
    if not isinstance(content, Mapping):
        place.refuse("", "", "an object with the project's fields was expected")
        return
    faults: list[Fault] = []
    stated = FORMATS[kind.file](Fields(kind.file, content, faults))
    if not stated.name:
        place.refuse("name", line_of(content.get("name")), "this field must be filled in")
        return
    for fault in faults:
        place.remark(fault.field, fault.given, fault_words(fault))
    links = distinct(*_links(kind, content, place))
    repository = next((found for link in links if (found := repository_of(link.url))), "")
    stage, standing = _status(kind, content, place)
    key = lasting_key(repository or normalise_name(next(iter(stated.name.values()))))
    yield Sourced(place, key, ProjectRow(
        name=stated.name, summary=stated.summary, description=_description(content), stage=stage, standing=standing,
        code_licence=stated.code_licence or None, links=links, tags=_tags(content),
        needs=tuple(NeedRow(key=need) for need in _needs(kind, content, place)),
    ))
    if born := line_of(content.get("bornAt")):
        yield from _born_at(born, stated.name, key, problems.at(place.file, f"{place.row}, bornAt", Subject.PROPOSAL))


def _born_at(event: str, name: dict[str, str], project: str, place: Place) -> Iterator[Sourced[AnyRow]]:
    """The pitch at the event at which a project was born, where we know that event."""
    number = read_event_name(event).number
    address = f"hackath{number}n" if number is not None else slug_of(event)
    yield Sourced(place, project, ProposalRow(event=address or event[:200], project=project, title=name))


def _links(kind: _Kind, content: Mapping[str, Any], place: Place) -> Iterator[Any]:
    for field in kind.repository:
        value = _at(content, field)
        if isinstance(value, str):
            yield from link_in(_browsed(value), place, field, LinkKind.REPOSITORY)
    for field, of in kind.links:
        for one in one_or_many(content.get(field)):
            if isinstance(one, str) and "@" not in one:
                yield from link_in(one, place, field, of)


def _browsed(address: str) -> str:
    """The address at which people read what ``git+https://…git`` or ``git@host:owner/name`` names."""
    plain = address.strip().removeprefix("git+").removesuffix(".git")
    if plain.startswith("git@"):
        plain = plain.removeprefix("git@").replace(":", "/", 1)
    if "://" not in plain and plain.count("/") == 1 and "." not in plain.partition("/")[0]:
        plain = f"github.com/{plain}"
    return plain.replace("git://", "https://").replace("ssh://git@", "https://")


def _status(kind: _Kind, content: Mapping[str, Any], place: Place) -> tuple[str | None, Standing]:
    """The stage and the standing that a status means; what has no meaning here is told."""
    written = line_of(content.get(kind.status))
    word = next((word for word in STATUSES[kind.vocabulary] if word.casefold() == written.casefold()), "")
    stage = ladder().stage_called(kind.vocabulary, word)
    standing = ladder().standing_called(kind.vocabulary, word)
    if word in MEANINGLESS:
        place.remark(kind.status, word, "it does not say how far the project is: left out")
    return stage.key if stage else None, Standing(standing.key) if standing else Standing.ACTIVE


def _needs(kind: _Kind, content: Mapping[str, Any], place: Place) -> dict[str, None]:
    """The handbook's needs that a list of words, or of objects with ``need``, speaks of."""
    found: dict[str, None] = {}
    by_word = {need.elsewhere[G0V]: key for key, need in needs().items() if G0V in need.elsewhere}
    for one in one_or_many(content.get("needs")):
        word = line_of(one.get("need") if isinstance(one, Mapping) else one)
        keys = (by_word[word.casefold()],) if kind.vocabulary == G0V and word.casefold() in by_word else wanted(word)
        if word and not keys:
            place.remark("needs", word, "no need that the handbook knows: left out")
        found |= dict.fromkeys(keys)
    return found


def _tags(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Topics: ``keywords`` or ``tags`` as a list or in one text, and ``categories`` with their ``category``."""
    words: list[str] = []
    for field in ("keywords", "tags"):
        for one in one_or_many(content.get(field)):
            words += split_list(one) if isinstance(one, str) else []
    words += [line_of(one.get("category")) for one in objects(content.get("categories"))]
    words += [line_of(one) for one in one_or_many(content.get("categories")) if isinstance(one, str)]
    return tuple(dict.fromkeys(word for word in words if word))


def _description(content: Mapping[str, Any]) -> dict[str, str]:
    """publiccode.yml's ``longDescription`` by language; other formats have short ones only."""
    described = content.get("description")
    texts: dict[str, str] = {}
    for tag, one in described.items() if isinstance(described, Mapping) else ():
        written = one.get("longDescription") if isinstance(one, Mapping) else None
        language = our_language(str(tag))
        if language and isinstance(written, str):
            texts[language] = prose(written)
    return texts


def _at(content: Mapping[str, Any], field: str) -> Any:
    value: Any = content
    for step in field.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
