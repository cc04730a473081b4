"""The form of a pitch for a chat's dialogue: the same fields, labels and hints as the page's, in its order."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from registry.handbook import needs
from registry.projects.words import relation_name
from registry.proposals.editing import OpenEvent
from registry.proposals.form import RELATED
from registry.proposals.form_page import FEWEST_ROWS
from registry.proposals.rules import ProposalKind
from registry.proposals.words import kind_name
from registry.web.i18n import gettext as _
from registry.web.i18n import language_name, languages, plain

ENGLISH = "en"


class FieldKind(StrEnum):
    """What a field takes."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    TICK = "tick"


class DialogueField(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the form. ``empty`` is what choosing nothing means; ``is_first`` that it is asked at once."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    empty: str = ""
    is_first: bool = False


def pitch_fields(events: Sequence[OpenEvent], *, language: str) -> list[DialogueField]:
    """All fields of a pitch, for somebody who writes in ``language``; a row of a need comes several times."""
    return [*_names(language), *_texts(language), *_when(events), *_needs(), *_people(), *_rest()]


def _names(language: str) -> Iterator[DialogueField]:
    labels = {"zh-Hant": _("Chinese title"), ENGLISH: _("English name")}
    for tag in (language, *(one for one in languages() if one != language)):
        yield DialogueField(
            name=f"title-{tag}", label=labels.get(tag, language_name(tag)), is_first=tag in {language, ENGLISH},
            hint=_("Short and easy to say: it becomes the address, the channel and the repository.")
            if tag == ENGLISH else "",
        )


def _texts(main: str) -> Iterator[DialogueField]:
    for tag in (main, *(one for one in languages() if one != main)):
        tongue = "" if tag == main else f" · {language_name(tag)}"
        for field, label, hint in (
            ("summary", _("One sentence"), _("We provide … for … so that …")),
            ("why", _("Why: the problem and where it comes from"), ""),
            ("who", _("Who: the people it is for, and what they need"), ""),
            ("how", _("How: what you will do, and what it can do then"), ""),
            ("difficulties", _("What is hard now, and the next goals"), ""),
        ):
            yield DialogueField(
                name=f"{field}-{tag}", label=label + tongue, hint=hint, kind=FieldKind.TEXT,
                is_first=(field, tag) == ("summary", main),
            )


def _when(events: Sequence[OpenEvent]) -> Iterator[DialogueField]:
    yield DialogueField(
        name="event", label=_("Event"), kind=FieldKind.CHOICE, empty=_("None yet"), is_first=True,
        options=[(event.slug, plain(event.name)) for event in events],
    )
    yield DialogueField(
        name="kind", label=_("What it is"), kind=FieldKind.CHOICE,
        options=[(kind.value, kind_name(kind)) for kind in ProposalKind],
    )


def _needs() -> Iterator[DialogueField]:
    roles = [(key, plain(need.name)) for key, need in needs().items()]
    for row in range(1, FEWEST_ROWS + 1):
        yield DialogueField(
            name="need", label=f"{_('Role')} {row}", kind=FieldKind.CHOICE, options=roles, empty=_("Choose a role"),
            is_first=row == 1,
        )
        yield DialogueField(name="need_line", label=f"{_('What they would do')} {row}", is_first=row == 1)
    yield DialogueField(name="needs_text", label=_("In your own words"))


def _people() -> Iterator[DialogueField]:
    yield DialogueField(
        name="initiators", label=_("Names to show"),
        hint=_(
            "As you wish to be called, with commas between. Leave it empty to show only those whose page is public."
        ),
    )
    yield DialogueField(
        name="is_anonymous", label=_("Stay anonymous to the public"), kind=FieldKind.TICK,
        hint=_("No name is shown anywhere, not even on a project that begins with this pitch."),
    )


def _rest() -> Iterator[DialogueField]:
    yield DialogueField(name="note", label=_("Shared note"))
    yield DialogueField(name="slides", label=_("Slides"))
    yield DialogueField(name="repository", label=_("Repository"))
    yield DialogueField(name="site", label=_("Site"))
    yield DialogueField(
        name="channels", label=_("Channels"), kind=FieldKind.TEXT,
        hint=_("Where people find you: one link a line, of a Slack channel or any other chat."),
    )
    yield DialogueField(
        name="is_open_source", label=_("Is it open source?"), kind=FieldKind.CHOICE, empty=_("Not decided yet"),
        options=[("yes", _("Yes")), ("no", _("No"))],
    )
    yield DialogueField(name="code_licence", label=_("Licence of the code"))
    yield DialogueField(name="content_licence", label=_("Licence of the content"))
    yield DialogueField(name="data_sources", label=_("Data it uses, and its licences"), kind=FieldKind.TEXT)
    yield DialogueField(
        name="interests", label=_("Disclosure of interests"), kind=FieldKind.TEXT,
        hint=_("Who pays, who gains, whom you work for: anything others would want to know."),
    )
    yield DialogueField(
        name="similar_projects", label=_("What is there already, and what will be different"), kind=FieldKind.TEXT
    )
    for kind in RELATED:
        yield DialogueField(name=f"related-{kind.value}", label=relation_name(kind, is_said_here=True))
    yield DialogueField(name="topics", label=_("Topics"), hint=_("A few words, with commas between."))
    yield DialogueField(name="notes", label=_("Anything else"), kind=FieldKind.TEXT)
