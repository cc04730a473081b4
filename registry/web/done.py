"""What a page says after something was done: one sentence for each name that an address may carry as ``done``."""

from collections.abc import Callable

from registry.web.i18n import gettext as _

_SENTENCES: dict[str, Callable[[], str]] = {
    "checked-in": lambda: _("Checked in."),
    "check-in-undone": lambda: _("No longer checked in."),
    "answered": lambda: _("Thank you: your answer is on record."),
    "moved": lambda: _("Moved to another stage. What is still unmet stays on the list."),
    "event-drafted": lambda: _("The draft is there. Nobody but organisers sees it until you publish it."),
    "saved": lambda: _("Saved."),
    "begun": lambda: _("It has begun. Now tell others what it is about, and whom it looks for."),
    "posted": lambda: _("Posted."),
    "left": lambda: _("You are no longer in this project's team."),
    "removed": lambda: _("Removed."),
    "undone": lambda: _("Undone: everything is as it was before."),
}


def done_sentence(name: str | None) -> str:
    """The sentence for a name; empty for a name that is none of ours."""
    sentence = _SENTENCES.get(name or "")
    return sentence() if sentence else ""
