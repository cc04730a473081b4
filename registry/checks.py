"""Checking what a person filled in: all that is wrong with it at once, field by field, in their language."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from registry.clocks import NoSuchTime, local_instant
from registry.errors import BadInput, FieldError
from registry.links import LONGEST_URL, clean_url
from registry.web.i18n import current_language, ngettext
from registry.web.i18n import gettext as _

LINE = 200
"""Characters of a title or another single line, unless said otherwise."""
PROSE = 20_000
"""Characters of a text, unless said otherwise."""


class Checks:
    """Collects what is wrong with the fields of one change; ``done`` refuses the change when anything is.

    Each check gives the value back as it will be kept. Names are those of the form's fields and the API's properties,
    so that a web form, a chat's dialogue and an API answer put the same sentence at the same place.
    """

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def wrong(self, name: str, detail: str) -> None:
        """Note what is wrong with a field, and what to do."""
        self.errors.append(FieldError(name=name, detail=detail))

    def line(self, name: str, value: str, *, longest: int = LINE, is_required: bool = False) -> str:
        """A single line: spaces put right, not longer than ``longest`` characters."""
        return self._bounded(name, " ".join(value.split()), longest, is_required)

    def text(self, name: str, value: str, *, longest: int = PROSE, is_required: bool = False) -> str:
        """A text of any number of lines, not longer than ``longest`` characters."""
        return self._bounded(name, value.replace("\r\n", "\n").strip(), longest, is_required)

    def lines(
        self, name: str, value: Mapping[str, str], *, longest: int = LINE, is_required: bool = False
    ) -> dict[str, str]:
        """A line in several languages, whose fields are called ``name-en`` and so on; empty ones are left out.

        ``is_required`` asks for it in any one of them.
        """
        return self._in_languages(self.line, name, value, longest, is_required)

    def texts(
        self, name: str, value: Mapping[str, str], *, longest: int = PROSE, is_required: bool = False
    ) -> dict[str, str]:
        """A text in several languages, as ``lines``."""
        return self._in_languages(self.text, name, value, longest, is_required)

    def web_address(self, name: str, value: str, *, is_required: bool = False) -> str:
        """An http or https address in one form; ``https://`` is added where no scheme is written."""
        value = self._bounded(name, value.strip(), LONGEST_URL, is_required)
        if not value:
            return ""
        try:
            return clean_url(value if "://" in value else f"https://{value}")
        except ValueError:
            self.wrong(name, _("This is no web address. Use one such as https://example.org/page."))
            return value

    def one_of(self, name: str, value: str, offered: Collection[str], *, is_required: bool = False) -> str:
        """One of the values that are offered, or empty."""
        if value and value not in offered:
            self.wrong(name, _("Use one of the values that are offered."))
        return self._bounded(name, value, LINE, is_required)

    def number(self, name: str, value: str, *, least: int = 0, most: int = 100_000) -> int | None:
        """A whole number within bounds; none where nothing is written."""
        text = value.strip()
        if not text:
            return None
        if text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most:  # noqa: PLR2004
            return int(text)
        self.wrong(name, _("Use a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
        return None

    def moment(self, name: str, value: str, *, timezone: str, is_required: bool = False) -> datetime | None:
        """An instant (UTC) from a date and a time of the clock at ``timezone``; none where nothing is written."""
        self._bounded(name, value.strip(), LINE, is_required)
        if not value.strip():
            return None
        try:
            written = datetime.fromisoformat(value.strip())
            return local_instant(written.date(), written.time().replace(tzinfo=None), timezone)
        except NoSuchTime:
            self.wrong(name, _("The clocks jump over this time on that day. Choose an hour later."))
        except (ValueError, OverflowError):
            self.wrong(name, _("Use a date and a time, such as 2026-07-25T09:00."))
        return None

    def done(self) -> None:
        """Refuse the change when something is wrong with it.

        Raises:
            BadInput: with every complaint.
        """
        if self.errors:
            raise self.refusal()

    def refusal(self) -> BadInput:
        """What ``done`` refuses with; for a command that finds something wrong when all else was right."""
        return BadInput(
            ngettext(
                "One field needs another look. Nothing was changed yet.",
                "%(num)s fields need another look. Nothing was changed yet.", len(self.errors),
            ) % {"num": len(self.errors)}, errors=self.errors,
        )

    def _in_languages(
        self, check: Callable[..., str], name: str, value: Mapping[str, str], longest: int, is_required: bool
    ) -> dict[str, str]:
        checked = {tag: check(f"{name}-{tag}", words, longest=longest) for tag, words in value.items()}
        told = {tag: words for tag, words in checked.items() if words}
        if is_required and not told:
            self.wrong(f"{name}-{current_language()}", _("This is needed, in one language at least."))
        return told

    def _bounded(self, name: str, value: str, longest: int, is_required: bool) -> str:
        if is_required and not value:
            self.wrong(name, _("This is needed."))
        if len(value) > longest:
            self.wrong(name, ngettext(
                "Use at most %(num)s character.", "Use at most %(num)s characters.", longest
            ) % {"num": longest} + " " + _("These are %(count)s.") % {"count": len(value)})
        return value
