"""Languages: which one a reader gets, the catalogues, and texts that exist in several."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers, support
from babel.core import get_global
from babel.messages import mofile, pofile
from litestar.datastructures import Cookie
from markupsafe import Markup

from registry.community import CATALOGUES, SOURCE_LANGUAGE, Community
from registry.community.current import community, once_a_community
from registry.community.files import HandbookError, refuse
from registry.database.types import Localized
from registry.paths import LOCALES
from registry.web.escaping import escaped, markup

LANGUAGE_COOKIE = "lang"
_current: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


class Words(dict[str, Markup]):
    """The reader's words for English messages, for templates; looked up in the catalogue once."""

    def __missing__(self, message: str) -> Markup:
        words = self[message] = markup(gettext(message))  # the catalogues are the installation's
        return words


class _WordsOfNobody(Words):
    """Words where nobody has said yet which language is spoken."""

    def __missing__(self, message: str) -> Markup:
        return _spoken()[_current.get()][message]


_said: ContextVar[Words] = ContextVar("said", default=_WordsOfNobody())  # noqa: B039 — it never holds anything
said = _said.get
"""The ``Words`` of the answer being written."""


def languages() -> tuple[str, ...]:
    """Tags of the languages the interface speaks (BCP 47), in the community's order; the first is the usual one."""
    return community().languages


def catalogue(language: str) -> support.NullTranslations:
    """The interface's words in a language: the community's own where it has some, else ours, else the English ones.

    Raises:
        HandbookError: the community's catalogue cannot be used.
    """
    known = _catalogues()
    if language not in known:
        known[language] = _catalogue(community(), language)
    return known[language]


@once_a_community
def _catalogues(_here: Community) -> dict[str, support.NullTranslations]:
    return {}


def _catalogue(here: Community, language: str) -> support.NullTranslations:
    shipped = _compiled(LOCALES / language.replace("-", "_") / "LC_MESSAGES" / "messages.po", language)
    own = _compiled(here.folder / CATALOGUES / language / "messages.po", language)
    if own and shipped:
        own.add_fallback(shipped)
    return own or shipped or support.NullTranslations()


def has_words(translation: str | Sequence[str] | None) -> bool:
    """Whether a message of a catalogue is translated, in every form of its plural."""
    return all(translation) if isinstance(translation, list | tuple) else bool(translation)


def _compiled(path: Path, language: str) -> support.Translations | None:
    if not path.exists():
        return None
    try:
        with path.open("rb") as lines:
            words = pofile.read_po(lines, locale=language.replace("-", "_"), abort_invalid=True)
    except (pofile.PoFileError, OSError, ValueError) as error:
        raise HandbookError(f"{path}: {error}. Mend that line; each message is a msgid and a msgstr.") from error
    refuse(path, (
        f"message \"{message.id}\": {fault}. Keep each %(name)s as it stands there."
        for message in words for fault in message.check(words)
    ))
    for message in words:
        if not has_words(message.string):
            message.string = ""  # half a plural would hide the words of the catalogue below
    compiled = BytesIO()
    mofile.write_mo(compiled, words)
    compiled.seek(0)
    return support.Translations(compiled)


@cache
def babel_locale(language: str) -> Locale:
    """Babel's description of a language; Taiwan's forms for Traditional Chinese."""
    return Locale.parse("zh-Hant-TW" if language == "zh-Hant" else language, sep="-")


@cache
def usual_locale(language: str) -> str:
    """A language with the territory where most speak it, as Open Graph writes it (``zh_TW``)."""
    likely = Locale.parse(get_global("likely_subtags")[str(Locale.parse(language, sep="-"))])
    return f"{likely.language}_{likely.territory}"


def current_language() -> str:
    """The language of the answer being written."""
    return _current.get()


def speak(language: str) -> None:
    """Set the language for the rest of this request."""
    _current.set(language)
    _said.set(_spoken()[language])


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while, for texts in several that are written at once."""
    current, said = _current.set(language), _said.set(_spoken()[language])
    try:
        yield
    finally:
        _said.reset(said)
        _current.reset(current)


def choose_language(*, asked: str | None, remembered: str | None, accepted: str | None) -> str:
    """The reader's language: what the address asks for, else the cookie, else the browser's ``Accept-Language``."""
    for wish in (asked, remembered):
        if wish in languages():
            return wish
    return _accepted_language(accepted[:200]) if accepted else languages()[0]


def _closest_language(tag: str) -> str | None:
    primary = tag.split("-", 1)[0].casefold()
    return next((known for known in languages() if known.split("-", 1)[0] == primary), None)


def _accepted_language(header: str) -> str:
    wishes = []
    for position, part in enumerate(header.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), position, tag))
        except ValueError:
            continue
    found = (_closest_language(tag[:35]) for _, _, tag in sorted(wishes))
    return next((language for language in found if language), languages()[0])


def language_cookie(language: str) -> Cookie:
    """The cookie that remembers a choice for a year."""
    return Cookie(
        LANGUAGE_COOKIE, value=language, max_age=365 * 86_400, samesite="lax", httponly=True, path="/"
    )


def gettext(message: str) -> str:
    """The reader's words for an English message."""
    return catalogue(_current.get()).ugettext(message)


def marked(message: str) -> str:
    """The message itself: marks, for the catalogues, one that is looked up where it is shown."""
    return message


def ngettext(singular: str, plural: str, count: int) -> str:
    """The reader's words for a message that depends on a number."""
    return catalogue(_current.get()).ungettext(singular, plural, count)


def say(message: str, **values: object) -> Markup:
    """The reader's words for an English message in a template; ``values`` fill its ``%(name)s`` and are escaped.

    Jinja's own extension does the same at three times the cost, and a page says a hundred things.
    """
    words = said()[message]
    return _filled(words, values) if values else words


def say_number(singular: str, plural: str, count: int, **values: object) -> Markup:
    """The reader's words for a message in a template that depends on a number, which is its ``%(num)s``."""
    if not values:
        return _counted(singular, plural, count, _current.get(), community())
    words = Markup(ngettext(singular, plural, count))  # noqa: S704 — the catalogues are ours
    return _filled(words, {"num": count, **values})


@lru_cache(maxsize=5_000)
def _counted(singular: str, plural: str, count: int, _language: str, _whose_words: Community) -> Markup:
    words = Markup(ngettext(singular, plural, count))  # noqa: S704 — the catalogues are ours
    return _filled(words, {"num": count})


def _filled(words: Markup, values: dict[str, object]) -> Markup:
    """What ``words % values`` gives where no value is formatted but by ``%s`` and ``%d``, in a third of the time."""
    return markup(str.__mod__(words, {
        name: value if isinstance(value, int) else escaped(value) for name, value in values.items()
    }))


@once_a_community
def _spoken(_here: Community) -> dict[str, Words]:
    """The words already looked up for templates, by language and message."""
    return defaultdict(Words)


def pick(texts: Localized | None) -> tuple[str, str] | None:
    """The text for the reader and its language tag: theirs where it exists, else any; none when there is no text."""
    if not texts:
        return None
    language = _current.get()
    if text := texts.get(language):
        return text, language
    for tag in (*languages(), *texts):
        if text := texts.get(tag):
            return text, tag
    return None


def other_names(texts: Localized | None) -> list[tuple[str, str]]:
    """The texts that ``pick`` leaves out, each as (language tag, text): a name's versions in other languages."""
    found = pick(texts)
    return [(tag, text) for tag, text in (texts or {}).items() if found and text and tag != found[1]]


def plain(texts: Localized | None) -> str:
    """The text for the reader without markup (for attributes, titles and JSON)."""
    found = pick(texts)
    return found[0] if found else ""


def plain_name(name: Localized | str) -> str:
    """What a record of any kind is called: people have one name for all languages."""
    return name if isinstance(name, str) else plain(name)


def localized(texts: Localized | None) -> Markup:
    """The text for the reader as HTML, with its ``lang`` where that differs from the page's."""
    if texts and (text := texts.get(_current.get())):  # as ``pick`` would, and most often so
        return markup(escaped(text))
    found = pick(texts)
    if found is None:
        return Markup("")
    text, language = found
    return markup(f'<span lang="{escaped(language)}">{escaped(text)}</span>')


def localized_html(texts: Localized | None) -> Markup:
    """Sanitised HTML that was stored at write time, in a block with its ``lang`` where that differs."""
    found = pick(texts)
    if found is None:
        return Markup("")
    html, language = found
    if language == _current.get():
        return markup(html)  # sanitised by registry.web.markdown when it was written
    return markup(f'<div lang="{escaped(language)}">{html}</div>')


def format_day(day: date, width: str = "long") -> str:
    """A calendar day in the reader's form; ``width`` is short, medium, long or full."""
    return _format_day(day, width, _current.get())


@lru_cache(maxsize=5_000)
def _format_day(day: date, width: str, language: str) -> str:
    return dates.format_date(day, format=width, locale=babel_locale(language))


def format_month(month: int) -> str:
    """The name of a month (1 to 12), standing alone."""
    return str(babel_locale(_current.get()).months["stand-alone"]["wide"][month])


def format_month_briefly(day: date) -> str:
    """The month of a day where there is little room."""
    return str(dates.format_date(day, format="LLL", locale=babel_locale(_current.get())))


def format_day_at(instant: datetime, timezone: str, width: str = "medium") -> str:
    """The calendar day of an instant at ``timezone``, in the reader's form."""
    return format_day(instant.astimezone(ZoneInfo(timezone)).date(), width)


def format_instant(instant: datetime, timezone: str) -> str:
    """An instant as clock time at ``timezone``, with the zone's name, in the reader's form."""
    local = instant.astimezone(ZoneInfo(timezone))
    locale = babel_locale(_current.get())
    clock = dates.format_datetime(local, format="medium", locale=locale)
    return f"{clock} ({dates.get_timezone_name(local, width='short', locale=locale)})"


def format_clock(instant: datetime, timezone: str) -> str:
    """An instant as the clocks at ``timezone`` show it, without the day; the page names the zone once."""
    return dates.format_time(instant.astimezone(ZoneInfo(timezone)), "short", locale=babel_locale(_current.get()))


def format_number(number: float) -> str:
    """A number in the reader's form."""
    return _format_number(number, _current.get())


@lru_cache(maxsize=5_000)
def _format_number(number: float, language: str) -> str:
    return numbers.format_decimal(number, locale=babel_locale(language))


def format_alternatives(words: list[str]) -> str:
    """Words as a choice among them, in the reader's form: "one, two, or three"."""
    return lists.format_list(words, style="or", locale=babel_locale(_current.get()))


def name_of_language(tag: str) -> str:
    """What one of the community's languages is called in the reader's own; another word stays as it is."""
    if tag not in languages():
        return tag
    own = babel_locale(tag).get_display_name(babel_locale(_current.get())) or tag
    return gettext("Chinese") if tag == "zh-Hant" else own


def in_every_language(message: str) -> dict[str, str]:
    """An English message in each of the community's languages, for texts that are kept."""
    return {tag: catalogue(tag).ugettext(message) for tag in languages()}


def language_name(language: str) -> str:
    """What a language calls itself."""
    return {"zh-Hant": "正體中文"}.get(language) or babel_locale(language).get_display_name() or language
