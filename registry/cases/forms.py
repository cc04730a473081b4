"""The forms of a case study's parts: what fills each, and how what was typed into it is read."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from registry.cases.commands.write import (
    MOST_LINKS,
    MOST_MOMENTS,
    MOST_NUMBERS,
    MOST_PICTURES,
    CaseEdit,
    WrittenCaseLink,
    WrittenMoment,
    WrittenNumber,
    WrittenPicture,
    WrittenPlace,
)
from registry.cases.content import AxisPlace, CaseContent
from registry.cases.rules import CHOICES, Axis, Section
from registry.cases.words import part_name
from registry.errors import NotFound
from registry.web.i18n import gettext as _
from registry.web.i18n import languages
from registry.web.typed import Typed, fields_of

NEW_ROWS = 3
_ROWS = "rows"
_MOST = {"numbers": MOST_NUMBERS, "pictures": MOST_PICTURES, "timeline": MOST_MOMENTS, "links": MOST_LINKS}
Fields = dict[str, str | Sequence[str]]


class PartForm(NamedTuple):
    """The form of one part: its template, what fills it, and what it says when it comes back."""

    template: str
    fields: Callable[[CaseContent], Fields]
    read: Callable[[Typed, CaseContent], CaseEdit]


def part_form(part: str) -> PartForm:
    """The form of a part.

    Raises:
        NotFound: there is no such part, or it has no form.
    """
    if part in set(Section):
        return _section_form(part)
    form = _FORMS.get(part)
    if form is None:
        raise NotFound(_("This part of a case study has no form."))
    return form


def form_rows(part: str, typed: Typed) -> range:
    """The numbers of a form's rows, from 1 on."""
    return range(1, min(typed.number(_ROWS) or 0, _MOST.get(part, 0)) + 1)


def form_labels(part: str, typed: Typed) -> list[tuple[str, str]]:
    """The name of every field that may be at fault, with what the list of faults calls it."""
    rows = {"numbers": "number", "pictures": "picture", "timeline": "moment", "links": "link"}.get(part, "")
    in_rows = ("what", "value", "as_of", "source", "url", "caption", "credit", "licence", "section", "on", "label")
    names = [
        *("title", "summary", "credits", "licence", "text"),
        *(name for axis in CHOICES for name in (axis.value, f"{axis.value}-text")),
        *(f"{field}-{goal}" for goal in CHOICES[Axis.GOALS] for field in ("spent", "unit")),
    ]
    ends = ("", *(f"-{tag}" for tag in languages()))
    labels = [(f"{name}{end}", part_name(part)) for name in names for end in ends]
    for row in form_rows(part, typed):
        where = _("Row %(number)s") % {"number": row}
        labels += [(f"{rows}-{row}-{name}{end}", where) for name in in_rows for end in ends]
    return labels


def plain_fields(fields: Fields) -> dict[str, str]:
    """The fields as they are shown to somebody whose words meet another's."""
    return {name: value if isinstance(value, str) else ", ".join(value) for name, value in fields.items()}


def _section_form(section: str) -> PartForm:
    return PartForm(
        "section", lambda content: dict(fields_of(text=content.sections.get(section, {}))),
        lambda typed, content: CaseEdit(
            sections={section: typed.texts("text", before=content.sections.get(section))}
        ),
    )


def _names(content: CaseContent) -> Fields:
    return {
        **fields_of(title=content.title, summary=content.summary), "licence": content.licence,
        "credits": "\n".join(content.credits),
    }


def _typed_names(typed: Typed, content: CaseContent) -> CaseEdit:
    return CaseEdit(
        title=typed.texts("title", before=content.title), summary=typed.texts("summary", before=content.summary),
        licence=typed("licence"), credits=typed("credits"),
    )


def _axes(content: CaseContent) -> Fields:
    fields: Fields = {}
    for axis in CHOICES:
        place = content.place(axis)
        fields |= {axis.value: place.choices, **fields_of(**{f"{axis.value}-text": place.text})}
        for goal, spent in place.spent.items():
            amount, _blank, unit = spent.partition(" ")
            fields |= {f"spent-{goal}": amount, f"unit-{goal}": unit}
    return fields


def _typed_axes(typed: Typed, content: CaseContent) -> CaseEdit:
    return CaseEdit(axes={axis.value: _typed_place(typed, axis, content.place(axis)) for axis in CHOICES})


def _typed_place(typed: Typed, axis: Axis, before: AxisPlace) -> WrittenPlace:
    spent = {
        goal: (typed(f"spent-{goal}"), typed(f"unit-{goal}")) for goal in CHOICES[axis] if axis is Axis.GOALS
    }
    return WrittenPlace(
        choices=[choice for choice in typed.every(axis.value) if choice],
        text=typed.texts(f"{axis.value}-text", before=before.text), spent=spent,
    )


def _numbers(content: CaseContent) -> Fields:
    fields: Fields = {_ROWS: str(len(content.numbers) + NEW_ROWS)}
    for row, one in enumerate(content.numbers, 1):
        fields |= {
            f"number-{row}-value": one.value, f"number-{row}-source": one.source,
            f"number-{row}-as_of": one.as_of.isoformat() if one.as_of else "",
            **fields_of(**{f"number-{row}-what": one.what}),
        }
    return fields


def _typed_numbers(typed: Typed, _content: CaseContent) -> CaseEdit:
    return CaseEdit(numbers=[
        WrittenNumber(
            what=typed.texts(f"number-{row}-what"), value=typed(f"number-{row}-value"),
            as_of=typed(f"number-{row}-as_of"), source=typed(f"number-{row}-source"),
        )
        for row in form_rows("numbers", typed)
    ])


def _pictures(content: CaseContent) -> Fields:
    fields: Fields = {_ROWS: str(len(content.pictures) + NEW_ROWS)}
    for row, one in enumerate(content.pictures, 1):
        fields |= {
            f"picture-{row}-url": one.url, f"picture-{row}-section": one.section,
            f"picture-{row}-credit": one.credit, f"picture-{row}-licence": one.licence,
            **fields_of(**{f"picture-{row}-caption": one.caption}),
        }
    return fields


def _typed_pictures(typed: Typed, _content: CaseContent) -> CaseEdit:
    return CaseEdit(pictures=[
        WrittenPicture(
            url=typed(f"picture-{row}-url"), section=typed(f"picture-{row}-section"),
            caption=typed.texts(f"picture-{row}-caption"), credit=typed(f"picture-{row}-credit"),
            licence=typed(f"picture-{row}-licence"),
        )
        for row in form_rows("pictures", typed)
    ])


def _timeline(content: CaseContent) -> Fields:
    fields: Fields = {_ROWS: str(len(content.timeline) + NEW_ROWS)}
    for row, one in enumerate(content.timeline, 1):
        fields |= {
            f"moment-{row}-on": one.on.isoformat(), f"moment-{row}-url": one.url,
            **fields_of(**{f"moment-{row}-what": one.what}),
        }
    return fields


def _typed_timeline(typed: Typed, _content: CaseContent) -> CaseEdit:
    return CaseEdit(timeline=[
        WrittenMoment(
            on=typed(f"moment-{row}-on"), what=typed.texts(f"moment-{row}-what"), url=typed(f"moment-{row}-url")
        )
        for row in form_rows("timeline", typed)
    ])


def _links(content: CaseContent) -> Fields:
    fields: Fields = {_ROWS: str(len(content.links) + NEW_ROWS)}
    for row, one in enumerate(content.links, 1):
        fields |= {f"link-{row}-url": one.url, f"link-{row}-label": one.label}
    return fields


def _typed_links(typed: Typed, _content: CaseContent) -> CaseEdit:
    return CaseEdit(links=[
        WrittenCaseLink(url=typed(f"link-{row}-url"), label=typed(f"link-{row}-label"))
        for row in form_rows("links", typed)
    ])


_FORMS: Mapping[str, PartForm] = {
    "names": PartForm("names", _names, _typed_names), "axes": PartForm("axes", _axes, _typed_axes),
    "numbers": PartForm("numbers", _numbers, _typed_numbers),
    "pictures": PartForm("pictures", _pictures, _typed_pictures),
    "timeline": PartForm("timeline", _timeline, _typed_timeline), "links": PartForm("links", _links, _typed_links),
}
