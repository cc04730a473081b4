"""What the page of a pitch's form needs beside its fields: choices, checklist, preview."""

from datetime import datetime
from typing import Any

from registry import handbook
from registry.accounts.queries import Actor
from registry.database.types import Localized
from registry.exchange.fields.licences import KNOWN_LICENCES
from registry.projects.words import relation_name
from registry.proposals.checking import LONGEST_NEED, LONGEST_SUMMARY, LONGEST_TITLE
from registry.proposals.editing import OpenEvent, WrittenPitch
from registry.proposals.form import MARKDOWN, RELATED, PitchForm
from registry.proposals.rules import ProposalKind, ProposalState, can_change, can_submit, can_withdraw
from registry.proposals.words import kind_name, part_name, state_name
from registry.web.i18n import current_language, languages, pick, plain
from registry.web.i18n import gettext as _
from registry.web.markdown import render_markdown
from registry.web.typed import Typed

FEWEST_ROWS = 3


def text_headings() -> dict[str, str]:
    """The headings of a pitch's texts, as its page shows them, in order."""
    return {
        "why": _("The problem"), "who": _("For whom"), "how": _("The approach"), "difficulties": _("Difficulties"),
        "similar_projects": _("Similar projects"), "data_sources": _("Data it uses"),
        "interests": _("Disclosure of interests"), "notes": _("Notes"),
    }


def form_context(
    written: WrittenPitch, typed: Typed, events: list[OpenEvent], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """What the template needs to draw the form of a pitch."""
    is_open, is_organiser = written.is_sign_up_open(now), written.is_run_by(actor)
    offered = [(event.slug, plain(event.name)) for event in events]
    if written.event_slug and written.event_slug not in dict(offered):
        offered.append((written.event_slug, plain(written.event_name)))
    language = _main_language(typed)
    return {
        "events": offered,
        "kinds": [(kind.value, kind_name(kind)) for kind in ProposalKind],
        "needs": [(key, plain(need.name)) for key, need in handbook.needs().items()],
        "need_rows": _need_rows(typed),
        "relations": [(f"related-{kind.value}", relation_name(kind, is_said_here=True)) for kind in RELATED],
        "licences": KNOWN_LICENCES,
        "main_language": language, "other_languages": [one for one in languages() if one != language],
        "state": state_name(written.state), "is_draft": written.state is ProposalState.DRAFT,
        "checklist": [(part_name(part), is_said) for part, is_said in written.parts.items()],
        "may_submit": can_submit(written.state, is_sign_up_open=None), "is_sign_up_closed": is_open is False,
        "may_change": can_change(written.state, is_sign_up_open=is_open, is_organiser=is_organiser),
        "may_withdraw": can_withdraw(
            written.state, has_event_begun=written.event_starts_at is not None and written.event_starts_at <= now
        ),
        "longest_title": LONGEST_TITLE, "longest_summary": LONGEST_SUMMARY, "longest_need": LONGEST_NEED,
    }


def preview_of(said: PitchForm) -> list[tuple[str, str]]:
    """The headings and texts of a form as its page would show them, in the reader's language where they have it."""
    shown = []
    for field, heading in text_headings().items():
        if field in MARKDOWN and (text := _text(said, field)):
            shown.append((heading, render_markdown(text)))
    return shown


def _text(said: PitchForm, field: str) -> str:
    texts: Localized = said.texts.get(field) or {"": said.prose.get(field, "")}
    found = pick({language: text.strip() for language, text in texts.items()})
    return found[0] if found else ""


def _main_language(typed: Typed) -> str:
    """The language in which most is written; the reader's where none is, or as much in each."""
    written = {language: len(typed(f"summary-{language}") + typed(f"title-{language}")) for language in languages()}
    longest = max(written.values())
    here = current_language()
    return here if written[here] == longest else max(written, key=lambda language: written[language])


def _need_rows(typed: Typed) -> list[tuple[str, str]]:
    lines = typed.every("need_line")
    rows = [
        (key, lines[place] if place < len(lines) else "") for place, key in enumerate(typed.every("need"))
    ]
    kept = [row for row in rows if any(row)]
    return kept + [("", "")] * max(1, FEWEST_ROWS - len(kept))
