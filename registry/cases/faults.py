"""What is still to be done about a case study before it can be published, and what is only worth knowing. Pure."""

from collections.abc import Collection, Iterator
from enum import StrEnum

import msgspec

from registry.cases.content import CaseContent
from registry.cases.numbers import pictures_in, value_of, without_source
from registry.cases.rules import CHOICES, Section


class FaultKind(StrEnum):
    """What is the matter with a part."""

    UNTITLED = "untitled"
    NUMBER_WITHOUT_SOURCE = "number_without_source"
    NUMBER_INCOMPLETE = "number_incomplete"
    PICTURE_WITHOUT_CREDIT = "picture_without_credit"
    NOT_WRITTEN = "not_written"
    NOT_TRANSLATED = "not_translated"
    AXIS_OPEN = "axis_open"


HOLDING_UP = frozenset({
    FaultKind.UNTITLED, FaultKind.NUMBER_WITHOUT_SOURCE, FaultKind.NUMBER_INCOMPLETE, FaultKind.PICTURE_WITHOUT_CREDIT,
})
"""With these nothing is published. The others are said to the reader, or left to the reviewer."""


class Fault(msgspec.Struct, frozen=True):
    """One thing to do: in which part, in which language where that matters, and what it is about."""

    kind: FaultKind
    part: str
    language: str = ""
    about: str = ""

    @property
    def holds_up(self) -> bool:
        """Whether the case cannot be published with it."""
        return self.kind in HOLDING_UP


def faults_of(content: CaseContent, languages: Collection[str]) -> list[Fault]:
    """All that is to be done about a case, what holds it up first."""
    found = [*_of_names(content), *_of_numbers(content), *_of_pictures(content), *_of_texts(content, languages)]
    found += [Fault(FaultKind.AXIS_OPEN, "axes", about=axis) for axis in CHOICES if not content.place(axis).choices]
    return sorted(found, key=lambda fault: not fault.holds_up)


def _of_names(content: CaseContent) -> Iterator[Fault]:
    if not content.title or not content.summary:
        yield Fault(FaultKind.UNTITLED, "names")


def _of_numbers(content: CaseContent) -> Iterator[Fault]:
    for number in content.numbers:
        if not number.is_sourced or value_of(number.value) is None:
            yield Fault(FaultKind.NUMBER_INCOMPLETE, "numbers", about=number.value)
    sourced = [number.value for number in content.numbers if number.is_sourced]
    said = {"names": content.summary} | {section.value: content.sections.get(section, {}) for section in Section}
    for part, texts in said.items():
        for language, text in texts.items():
            for found in without_source(text, sourced):
                yield Fault(FaultKind.NUMBER_WITHOUT_SOURCE, part, language, found.around)


def _of_pictures(content: CaseContent) -> Iterator[Fault]:
    for picture in content.pictures:
        if not picture.is_credited or not picture.caption:
            yield Fault(FaultKind.PICTURE_WITHOUT_CREDIT, "pictures", about=picture.url)
    credited = {picture.url for picture in content.pictures}
    for section, texts in content.sections.items():
        for language, text in texts.items():
            for url in pictures_in(text):
                if url not in credited:
                    yield Fault(FaultKind.PICTURE_WITHOUT_CREDIT, section, language, url)


def _of_texts(content: CaseContent, languages: Collection[str]) -> Iterator[Fault]:
    for section in Section:
        texts = content.sections.get(section, {})
        if not any(texts.values()):
            yield Fault(FaultKind.NOT_WRITTEN, section.value)
            continue
        for language in languages:
            if not texts.get(language):
                yield Fault(FaultKind.NOT_TRANSLATED, section.value, language)
