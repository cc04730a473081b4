"""From Litestar's and msgspec's words on a bad parameter to a sentence for the person who sent it."""

import re
from collections.abc import Callable

from litestar.exceptions import ValidationException

from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext


def expectations(error: ValidationException) -> list[tuple[str, str]]:
    """Each parameter or field at fault, and what to send instead, in the reader's language."""
    if isinstance(error.extra, list):
        return [(one.get("key", ""), _expectation(one["message"])) for one in error.extra]
    missing = _MISSING.search(error.detail)
    return [(missing[1], _("It is missing."))] if missing else []


def _expectation(message: str) -> str:
    if found := re.search(r"of length (>=|<=) (\d+)", message):
        limit = int(found[2])
        words = (
            ngettext("Use at most %(num)s character.", "Use at most %(num)s characters.", limit) if found[1] == "<="
            else ngettext("Use at least %(num)s character.", "Use at least %(num)s characters.", limit)
        )
        return words % {"num": limit}
    if found := re.search(r"`(?:int|float)` (>=|<=) (-?\d+)", message):
        words = _("Use a number that is at most %(limit)s.") if found[1] == "<=" else _(
            "Use a number that is at least %(limit)s."
        )
        return words % {"limit": found[2]}
    return next((words() for sign, words in _WORDS if sign in message), _("This value cannot be used here."))


_MISSING = re.compile(r"Missing required \w+ parameter '([^']+)'")
_WORDS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("`int`", lambda: _("Use a whole number.")),
    ("`float`", lambda: _("Use a number.")),
    ("`bool`", lambda: _("Use true or false.")),
    ("`date`", lambda: _("Use a date such as 2026-07-25.")),
    ("`datetime`", lambda: _("Use a time such as 2026-07-25T09:00:00+08:00.")),
    ("nvalid enum value", lambda: _("Use one of the values that are offered.")),
    ("issing required", lambda: _("It is missing.")),
    ("`str`", lambda: _("Use text.")),
)
