"""What a page says after something was done: one sentence for each name that an address may carry as ``done``."""

from collections.abc import Callable

from registry.web.i18n import gettext as _

_SENTENCES: dict[str, Callable[[], str]] = {
    "saved": lambda: _("Saved."),
    "removed": lambda: _("Removed."),
    "undone": lambda: _("Undone: everything is as it was before."),
}


def done_sentence(name: str | None) -> str:
    """The sentence for a name; empty for a name that is none of ours."""
    sentence = _SENTENCES.get(name or "")
    return sentence() if sentence else ""
