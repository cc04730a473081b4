"""What a person typed into a form: read once, and shown again when it cannot be taken as it is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from litestar import Request
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import keep_form_answer, take_form_key
from registry.database.types import Localized
from registry.errors import BadInput, EditConflict, RegistryError
from registry.web.i18n import gettext as _
from registry.web.i18n import languages

ONCE_FIELD = "form_key"
REVISION_FIELD = "revision"
SEE_OTHER: Final = 303
MOST_FIELDS = 1_000
_LARGEST_REVISION = 2**31 - 1


class Typed:
    """The fields of a form with what is in them, what is wrong with each, and what others have saved meanwhile."""

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self._fields = {name: list(values) for name, values in (fields or {}).items()}
        self.refusal: RegistryError | None = None
        self._theirs: Mapping[str, str] = {}

    @classmethod
    def of(cls, **fields: str | Sequence[str] | None) -> "Typed":
        """A form filled with what is known; none and empty leave a field empty."""
        return cls({
            name: [value] if isinstance(value, str) and value else list(value or ()) for name, value in fields.items()
        })

    def __call__(self, name: str) -> str:
        """What is in a field; empty when nothing is."""
        return next(iter(self._fields.get(name, ())), "")

    def every(self, name: str) -> list[str]:
        """All that is in a field that may come several times (ticked boxes, rows of a list)."""
        return self._fields.get(name, [])

    def texts(self, name: str, *, before: Localized | None = None) -> Localized:
        """A text in several languages, whose fields are called ``name-en`` and so on; empty ones are left out.

        Languages of the text as it was ``before`` that the form does not offer stay as they are.
        """
        kept = {tag: words for tag, words in (before or {}).items() if tag not in languages()}
        return kept | {tag: words for tag in languages() if (words := self(f"{name}-{tag}")).strip()}

    def has(self, name: str) -> bool:
        """Whether a box is ticked, or a button with this name was pressed."""
        return bool(self._fields.get(name))

    def number(self, name: str) -> int | None:
        """A whole number; none when there is none, or one that no field of ours can mean."""
        text = self(name).strip()
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004

    def filled_up(self, known: Mapping[str, Sequence[str]]) -> "Typed":
        """The same form, with what is known put into the fields that are empty."""
        empty = {name: list(values) for name, values in known.items() if not any(map(str.strip, self.every(name)))}
        return Typed(self._fields | empty)

    @property
    def once(self) -> str:
        """The key that makes a form count once, however often it is sent."""
        return self(ONCE_FIELD)

    @property
    def revision(self) -> int:
        """The revision of the record that the form was filled from; 0 when it does not say."""
        return min(self.number(REVISION_FIELD) or 0, _LARGEST_REVISION)

    @property
    def status(self) -> HTTPStatus:
        """The status of a page that shows the form: of its refusal, where there is one."""
        return self.refusal.status if self.refusal else HTTPStatus.OK

    def error(self, name: str) -> str:
        """What is wrong with a field; empty when nothing is."""
        errors = self.refusal.errors if self.refusal else ()
        return next((one.detail for one in errors if one.name == name), "")

    def theirs(self, name: str) -> str:
        """What somebody else has saved in a field since the form was opened, where it is not what is typed."""
        return self._theirs.get(name, "")

    def refused(self, refusal: RegistryError) -> "Typed":
        """Itself, to be shown again with why it was not taken.

        After a conflict the form carries the newer revision: who sends it again has seen both and means it.
        """
        self.refusal = refusal
        if isinstance(refusal, EditConflict):
            self._fields[REVISION_FIELD] = [str(refusal.revision)]
            self._theirs = {
                name: value for name, value in refusal.theirs.items() if value.strip() != self(name).strip()
            }
        return self


def fields_of(**texts: Localized) -> dict[str, str]:
    """Texts in several languages as the fields of a form: ``name-en`` and so on."""
    return {f"{name}-{tag}": words for name, by_language in texts.items() for tag, words in by_language.items()}


async def read_typed(request: Request[Any, Any, Any]) -> Typed:
    """Read the form that a request carries. Files are left out: who takes some reads them itself.

    Raises:
        BadInput: it holds a character that no text has, or more fields than any form of ours.
    """
    fields: dict[str, list[str]] = {}
    form = list((await request.form()).multi_items())
    if len(form) > MOST_FIELDS:
        raise BadInput(_("This form has too many fields. Open the page here and try again."))
    for name, value in form:
        if isinstance(value, str):
            if "\0" in value:
                raise BadInput(_("A text holds a character that cannot be kept (NUL). Remove it and try again."))
            fields.setdefault(name, []).append(value)
    return Typed(fields)


async def attempt(
    session: AsyncSession, typed: Typed, work: Callable[[], Awaitable[str]], *, by: Actor, now: datetime
) -> str | RegistryError:
    """Do the work of a form once; the path it answers with, or the refusal, of which nothing is then left behind.

    The same form sent twice (a double click, a reload) is done once and answered twice with the same path.
    """
    try:
        async with session.begin_nested():
            earlier = await take_form_key(session, key=typed.once, by=by.label, now=now)
            if earlier is not None:
                return earlier
            path = await work()
            await keep_form_answer(session, key=typed.once, by=by.label, path=path)
            return path
    except RegistryError as refusal:
        typed.refused(refusal)
        return refusal


def see(path: str, done: str = "") -> Redirect:
    """Send the reader on to a page, where a sentence says what was done (a name of ``registry.web.done``)."""
    place, mark, fragment = path.partition("#")
    if done:
        place += ("&" if "?" in place else "?") + f"done={done}"
    return Redirect(place + mark + fragment, status_code=SEE_OTHER)
