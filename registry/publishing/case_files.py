"""A case study as Markdown."""

from collections.abc import Iterator

from registry.cases.records import AxisRecord, CaseRecord, NumberRecord, PictureRecord
from registry.cases.words import axis_name, choice_name, section_name, spent_words
from registry.publishing.rules import (
    SOURCE,
    Collection,
    PublishedFile,
    as_line,
    as_link,
    as_prose,
    path_of,
    with_front_matter,
)
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain, speaking


def case_files(case: CaseRecord, *, base_url: str) -> tuple[PublishedFile, ...]:
    """The files of a case study, one for each language; paths of ours in it become addresses below ``base_url``."""
    written = []
    for language in languages():
        with speaking(language):
            written.append(PublishedFile(
                path_of(Collection.CASES, case.id, language),
                with_front_matter(_facts(case, language), _body(case, base_url)),
            ))
    return tuple(written)


def _facts(case: CaseRecord, language: str) -> dict[str, object]:
    return {
        "title": plain(case.title), "summary": plain(case.summary), "language": language, SOURCE: case.html_url,
        "type": "case", "project": {"name": plain(case.project.name), "url": case.project.html_url},
        "version": case.version, "date": case.published_at.date(),
        "corrected": case.corrected_at.date() if case.version > 1 else None, "correction": plain(case.correction),
        "licence": case.licence, "authors": [*(one.name for one in case.writers), *case.credits],
        "axes": {axis.axis.value: axis.choices for axis in case.axes if axis.choices}, "titles": case.title,
    }


def _body(case: CaseRecord, base_url: str) -> Iterator[str]:
    yield f"# {as_line(plain(case.title))}"
    yield f"*{as_line(plain(case.summary))}*" if plain(case.summary) else ""
    shown = {one.section.value: plain(one.text) for one in case.sections}
    sections = [*shown, *(name for name in dict.fromkeys(one.section for one in case.pictures) if name not in shown)]
    for section in sections:
        yield f"## {section_name(section)}"
        yield as_prose(shown.get(section, ""), base_url=base_url)
        for picture in case.pictures:
            if picture.section == section:
                yield _picture(picture)
    if case.numbers:
        yield f"## {_('The numbers, and where they come from')}"
        yield "\n".join([
            f"| {_('What')} | {_('How many')} | {_('As of')} | {_('Source')} |", "|---|---|---|---|",
            *map(_number, case.numbers),
        ])
    if case.axes:
        yield f"## {_('The six axes')}"
        yield "\n".join(map(_axis, case.axes))
    if case.timeline:
        yield f"## {_('Timeline')}"
        yield "\n".join(
            f"- {one.on.isoformat()}: " + as_link(plain(one.what), _whole(one.url, base_url)) for one in case.timeline
        )
    if case.links:
        yield f"## {_('Read on')}"
        yield "\n".join(f"- {as_link(link.label or link.url, link.url)}" for link in case.links)
    yield f"{_('Licence')}: {as_line(case.licence)} · {_('Source')}: <{case.html_url}>"


def _picture(picture: PictureRecord) -> str:
    credit = _("Picture: %(credit)s, %(licence)s") % {
        "credit": as_line(picture.credit), "licence": as_line(picture.licence),
    }
    return f"!{as_link(plain(picture.caption), picture.url)}\n\n*{as_line(plain(picture.caption))}* {credit}"


def _number(number: NumberRecord) -> str:
    day = number.as_of.isoformat() if number.as_of else ""
    source = as_link(number.source, number.source)
    return f"| {as_line(plain(number.what))} | {as_line(number.value)} | {day} | {source} |"


def _axis(axis: AxisRecord) -> str:
    places = [
        as_line(choice_name(choice)) + (f" ({spent_words(axis.spent[choice])})" if choice in axis.spent else "")
        for choice in axis.choices
    ]
    said = " ".join(part for part in (_(", ").join(places), as_line(plain(axis.text))) if part)
    return f"- **{axis_name(axis.axis)}**: {said}"


def _whole(url: str, base_url: str) -> str:
    return f"{base_url}{url}" if url.startswith("/") else url
