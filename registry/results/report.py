"""The report of an event: all its facts in one place, and as Markdown."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from registry.events.queries import EventPageRow
from registry.floor.queries import WantedRow
from registry.proposals.queries import LinkRow, Outcome, ProgrammeRow
from registry.results.people import PeopleCounts
from registry.results.report_words import people_facts
from registry.web.i18n import format_day, format_number, plain
from registry.web.i18n import gettext as _

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_LIST_MARK = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")
_UNSAFE_IN_ADDRESS = {"<": "%3C", ">": "%3E", " ": "%20", "\n": "%0A", "(": "%28", ")": "%29"}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the report of an event holds. ``people`` is none where no registration is on record."""

    event: EventPageRow
    when: str
    kind: str
    attendance: str
    pitches: list[ProgrammeRow]
    outcomes: dict[int, Outcome]
    sought: dict[int, list[WantedRow]]
    people: PeopleCounts | None
    helpers: list[tuple[str, str]]
    as_of: date
    base_url: str

    @property
    def file_name(self) -> str:
        """What a browser calls the file, in ASCII as headers need it."""
        name = re.sub(r"[^A-Za-z0-9-]+", "-", self.event.slug).strip("-")
        return f"{name or 'event'}-report.md"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The event's facts with their names; those that are not known are left out."""
        facts = [
            (_("When"), self.when), (_("Where"), plain(self.event.place)), (_("Address"), self.event.address or ""),
            (_("Taking part"), self.attendance), (_("Kind"), self.kind),
        ]
        return [(name, value) for name, value in facts if value]

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """The event in numbers."""
        returning = sum(one.earlier > 0 for one in self.outcomes.values())
        counted = [
            (_("Pitches"), len(self.pitches)), (_("Projects pitched"), len(self.outcomes)),
            (_("For the first time"), len(self.outcomes) - returning), (_("Pitched before"), returning),
        ]
        return [*((name, format_number(count)) for name, count in counted), *people_facts(self.people)]

    @property
    def with_result(self) -> int:
        """Of how many pitches the result is on record."""
        return sum(bool(pitch.result) for pitch in self.pitches)


def as_markdown(report: Report) -> str:
    """The report as Markdown. Everything that people wrote is escaped: none of it can become markup."""
    event = report.event
    lines = [f"# {escaped(plain(event.name))}", ""]
    if event.subtitle:
        lines += [f"*{escaped(plain(event.subtitle))}*", ""]
    lines += [*_bullets(report.facts), "", f"## {_('In numbers')}", "", *_bullets(report.numbers)]
    if report.people is None:
        lines += ["", _("How many people came is not on record.")]
    lines += ["", f"## {_('Pitches')}", ""]
    for number, pitch in enumerate(report.pitches, start=1):
        lines += [*_pitch(report, number, pitch), ""]
    if not report.pitches:
        lines += [_("No pitch is on record"), ""]
    if report.helpers:
        lines += [f"## {_('Thanks to')}", "", *_bullets(report.helpers), ""]
    address = f"{report.base_url}/events/{event.slug}"
    lines += [_("As of %(day)s.") % {"day": format_day(report.as_of)} + f" <{_address(address)}>"]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A text as one line of Markdown that says nothing but its words."""
    return _LIST_MARK.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def _pitch(report: Report, number: int, pitch: ProgrammeRow) -> Iterator[str]:
    yield f"### {number}. {escaped(plain(pitch.title))}"
    yield ""
    if pitch.summary:
        yield from (escaped(plain(pitch.summary)), "")
    facts = [
        (_("Pitched by"), _(", ").join(credit.name for credit in pitch.credits)),
        (_("Stage today"), plain(pitch.stage_name)),
        (_("Whom it looks for"), _(", ").join(plain(need.name) for need in report.sought.get(pitch.project_id, []))),
        (_("Licence"), _(", ").join(pitch.licences)),
    ]
    yield from _bullets((name, value) for name, value in facts if value)
    yield f"- {_('Project')}: <{_address(f'{report.base_url}/projects/{pitch.project_slug}')}>"
    yield from (_link(link) for link in pitch.links)
    yield ""
    yield f"{_('Result')}: {escaped(plain(pitch.result))}" if pitch.result else _("No result is on record.")


def _bullets(facts: Iterable[tuple[str, str]]) -> list[str]:
    return [f"- {name}: {escaped(value)}" if value else f"- {escaped(name)}" for name, value in facts]


def _link(link: LinkRow) -> str:
    name = f"{escaped(link.label)}: " if link.label else ""
    return f"- {name}<{_address(link.url)}>"


def _address(url: str) -> str:
    return "".join(_UNSAFE_IN_ADDRESS.get(sign, sign) for sign in url)
