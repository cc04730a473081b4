"""Changing the words of a case study: one part of its draft at a time, checked field by field."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import safe_return_path
from registry.activity.commands import mark_changed, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.cases.commands.begin import case_to_change
from registry.cases.content import AxisPlace, CaseContent, CaseLink, Moment, NumberSaid, Picture, content_of, stored
from registry.cases.numbers import value_of
from registry.cases.rules import CHOICES, SEVERAL, Axis, Section, Unit, state_after_change
from registry.checks import Checks
from registry.database.types import Localized
from registry.web.i18n import gettext as _

TITLE, SUMMARY, WHAT, CAPTION, CREDIT, LICENCE, LABEL, VALUE, AXIS_TEXT = 120, 300, 200, 500, 200, 200, 100, 60, 500
MOST_NUMBERS, MOST_PICTURES, MOST_MOMENTS, MOST_LINKS, MOST_CREDITS = 60, 20, 120, 60, 30
_LONGEST_SPENT = 999


class WrittenNumber(msgspec.Struct, frozen=True):
    """A row of the form of numbers, as typed."""

    what: Localized
    value: str
    as_of: str
    source: str


class WrittenPicture(msgspec.Struct, frozen=True):
    """A row of the form of pictures, as typed."""

    url: str
    section: str
    caption: Localized
    credit: str
    licence: str


class WrittenMoment(msgspec.Struct, frozen=True):
    """A row of the form of the timeline, as typed."""

    on: str
    what: Localized
    url: str


class WrittenCaseLink(msgspec.Struct, frozen=True):
    """A row of the form of links, as typed."""

    url: str
    label: str


class WrittenPlace(msgspec.Struct, frozen=True):
    """What was typed for one axis; ``spent`` holds amount and unit for each goal."""

    choices: Sequence[str]
    text: Localized
    spent: Mapping[str, tuple[str, str]] = {}


class CaseEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change of a draft; what is none stays. ``credits`` are names, one to a line."""

    title: Localized | None = None
    summary: Localized | None = None
    credits: str | None = None
    licence: str | None = None
    sections: Mapping[str, Localized] | None = None
    axes: Mapping[str, WrittenPlace] | None = None
    numbers: Sequence[WrittenNumber] | None = None
    pictures: Sequence[WrittenPicture] | None = None
    timeline: Sequence[WrittenMoment] | None = None
    links: Sequence[WrittenCaseLink] | None = None


async def change_case(
    session: AsyncSession, *, slug: str, edit: CaseEdit, revision: int, theirs: Mapping[str, str], by: Actor,
    now: datetime,
) -> None:
    """Change parts of a case study's draft; what is published stays as it is. Writes one audit row.

    Of a published case this begins a new draft. ``revision`` is the one that the writer saw, ``theirs`` the form's
    fields as they are now. Rows that are empty are left out.

    Raises:
        NotFound: there is no such case.
        BadInput: something cannot be taken as it is, field by field.
        EditConflict: somebody else changed the draft since ``revision``.
    """
    case = await case_to_change(session, slug)
    refuse_older_revision(case, revision, theirs=theirs)
    before = content_of(case.draft)
    checks = Checks()
    fields = _checked(checks, edit, before, today=now.date())
    checks.done()
    after = msgspec.structs.replace(before, **fields)
    changes = {
        name: [msgspec.to_builtins(getattr(before, name)), msgspec.to_builtins(value)]
        for name, value in fields.items() if getattr(before, name) != value
    }
    if not changes:
        return
    case.draft, case.state = stored(after), state_after_change(case.state)
    if case.version is None:
        case.title, case.summary = after.title, after.summary
    mark_changed(case, now=now)
    note_change(
        session, now=now, actor=by.label, action="case changed", subject=Subject.CASE, subject_id=case.id,
        changes=changes,
    )
    await session.flush()


def _checked(checks: Checks, edit: CaseEdit, before: CaseContent, *, today: date) -> dict[str, Any]:
    return _checked_words(checks, edit, before) | _checked_rows(checks, edit, today)


def _checked_words(checks: Checks, edit: CaseEdit, before: CaseContent) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if edit.title is not None:
        fields["title"] = checks.lines("title", edit.title, longest=TITLE, is_required=True)
    if edit.summary is not None:
        fields["summary"] = checks.lines("summary", edit.summary, longest=SUMMARY)
    if edit.licence is not None:
        fields["licence"] = checks.line("licence", edit.licence, longest=LICENCE, is_required=True)
    if edit.credits is not None:
        fields["credits"] = _credits(checks, edit.credits)
    if edit.sections is not None:
        fields["sections"] = before.sections | {
            section: checks.texts("text", text) for section, text in edit.sections.items() if section in set(Section)
        }
    if edit.axes is not None:
        fields["axes"] = before.axes | {
            axis.value: _place(checks, axis, edit.axes[axis]) for axis in CHOICES if axis in edit.axes
        }
    return fields


def _checked_rows(checks: Checks, edit: CaseEdit, today: date) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if edit.numbers is not None:
        fields["numbers"] = _numbers(checks, edit.numbers, today)
    if edit.pictures is not None:
        fields["pictures"] = _pictures(checks, edit.pictures)
    if edit.timeline is not None:
        fields["timeline"] = _timeline(checks, edit.timeline, today)
    if edit.links is not None:
        fields["links"] = _links(checks, edit.links)
    return fields


def _credits(checks: Checks, written: str) -> list[str]:
    names = [name for line in written.splitlines() if (name := " ".join(line.split()))]
    for name in names:
        checks.line("credits", name, longest=CREDIT)
    if len(names) > MOST_CREDITS:
        checks.wrong("credits", _("Name at most %(num)s people.") % {"num": MOST_CREDITS})
    return names


def _place(checks: Checks, axis: Axis, written: WrittenPlace) -> AxisPlace:
    for choice in written.choices:
        checks.one_of(axis.value, choice, CHOICES[axis])
    if axis not in SEVERAL and len(written.choices) > 1:
        checks.wrong(axis.value, _("Choose one."))
    spent: dict[str, str] = {}
    for goal, (amount, unit) in written.spent.items():
        count = checks.number(f"spent-{goal}", amount, least=1, most=_LONGEST_SPENT)
        if count is not None:
            spent[goal] = f"{count} {checks.one_of(f'unit-{goal}', unit, set(Unit), is_required=True)}"
    return AxisPlace(
        choices=[choice for choice in CHOICES[axis] if choice in written.choices],
        text=checks.lines(f"{axis.value}-text", written.text, longest=AXIS_TEXT), spent=spent,
    )


def _numbers(checks: Checks, rows: Sequence[WrittenNumber], today: date) -> list[NumberSaid]:
    kept = []
    for row, one in enumerate(rows[:MOST_NUMBERS], 1):
        if not any((one.value.strip(), one.source.strip(), *one.what.values())):
            continue
        name = f"number-{row}"
        value = checks.line(f"{name}-value", one.value, longest=VALUE, is_required=True)
        if value and value_of(value) is None:
            checks.wrong(f"{name}-value", _("There is no number in this."))
        kept.append(NumberSaid(
            what=checks.lines(f"{name}-what", one.what, longest=WHAT, is_required=True), value=value,
            as_of=_day(checks, f"{name}-as_of", one.as_of, today),
            source=checks.web_address(f"{name}-source", one.source),
        ))
    return kept


def _pictures(checks: Checks, rows: Sequence[WrittenPicture]) -> list[Picture]:
    kept = []
    for row, one in enumerate(rows[:MOST_PICTURES], 1):
        name = f"picture-{row}"
        if not one.url.strip():
            continue
        url = checks.web_address(f"{name}-url", one.url)
        if not url.startswith("https://"):
            checks.wrong(f"{name}-url", _("Pictures are shown from addresses that begin with https:// only."))
        kept.append(Picture(
            url=url, section=checks.one_of(f"{name}-section", one.section, set(Section), is_required=True),
            caption=checks.lines(f"{name}-caption", one.caption, longest=CAPTION, is_required=True),
            credit=checks.line(f"{name}-credit", one.credit, longest=CREDIT),
            licence=checks.line(f"{name}-licence", one.licence, longest=LICENCE),
        ))
    return kept


def _timeline(checks: Checks, rows: Sequence[WrittenMoment], today: date) -> list[Moment]:
    kept = []
    for row, one in enumerate(rows[:MOST_MOMENTS], 1):
        if not any((one.on.strip(), one.url.strip(), *one.what.values())):
            continue
        name = f"moment-{row}"
        checks.line(f"{name}-on", one.on, is_required=True)
        day = _day(checks, f"{name}-on", one.on, today)
        what = checks.lines(f"{name}-what", one.what, longest=WHAT, is_required=True)
        url = _place_to_read(checks, f"{name}-url", one.url)
        if day is not None:
            kept.append(Moment(on=day, what=what, url=url))
    return sorted(kept, key=lambda moment: moment.on)


def _links(checks: Checks, rows: Sequence[WrittenCaseLink]) -> list[CaseLink]:
    return [
        CaseLink(
            url=checks.web_address(f"link-{row}-url", one.url),
            label=checks.line(f"link-{row}-label", one.label, longest=LABEL),
        )
        for row, one in enumerate(rows[:MOST_LINKS], 1) if one.url.strip()
    ]


def _day(checks: Checks, name: str, written: str, today: date) -> date | None:
    """A day that is not to come; none where nothing is written."""
    if not written.strip():
        return None
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        checks.wrong(name, _("Use a day, such as 2026-07-25."))
        return None
    if day > today:
        checks.wrong(name, _("This day is still to come."))
    return day


def _place_to_read(checks: Checks, name: str, written: str) -> str:
    """An address, or a path of our own."""
    path = written.strip()
    if path.startswith("/") and safe_return_path(path) == path:
        return path
    return checks.web_address(name, written)
