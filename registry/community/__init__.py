"""Whose registry this is: a folder with the community's name, colours, languages, stages, needs, Code and chapters.

``KENG_COMMUNITY_DIR`` names it. What it lacks is ours (``handbook/``, the g0v community's own folder).
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale, UnknownLocaleError

from registry.community.colours import Colours, colour_faults
from registry.community.files import HandbookError, read_toml, refuse
from registry.paths import HANDBOOK, LOCALES

Texts = dict[str, str]
COMMUNITY_FILE = "community.toml"
CATALOGUES = "locale"
SOURCE_LANGUAGE = "en"
SHIPPED = (SOURCE_LANGUAGE, *sorted(path.name.replace("_", "-") for path in LOCALES.iterdir() if path.is_dir()))
"""The languages in which the interface has words without a catalogue of the community's."""
PICTURES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg"}
_ADDRESSES = ("https://", "http://")


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place from which the record was gathered, for the page about the registry."""

    text: Texts
    url: str = ""


class _CommunityFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Texts
    languages: tuple[str, ...]
    timezone: str = "UTC"
    site_name: Texts = {}
    tagline: Texts = {}
    about: Texts = {}
    rhythm: Texts = {}
    keeper: Texts = {}
    law: Texts = {}
    contact: str = ""
    home: str = ""
    chat: str = ""
    logo: str = ""
    colours: Colours = Colours()
    source: tuple[Source, ...] = ()


class Community(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A community, as its ``community.toml`` says it. Texts may lack languages; an empty one means our own words.

    ``site_name`` is what the registry itself is called, ``rhythm`` how often there are events, ``keeper`` who answers
    for the personal data here, ``law`` the law that the privacy notice follows; ``contact`` is a page or a ``mailto:``
    address.
    """

    folder: Path
    name: Texts
    languages: tuple[str, ...]
    timezone: str
    site_name: Texts
    tagline: Texts
    about: Texts
    rhythm: Texts
    keeper: Texts
    law: Texts
    contact: str
    home: str
    chat: str
    logo: Path | None
    colours: Colours
    sources: tuple[Source, ...]

    @property
    def is_ours(self) -> bool:
        """Whether this is the community whose folder is shipped."""
        return self.folder == HANDBOOK

    @property
    def called(self) -> str:
        """The community's name where no reader's language is known: in its first language, else in any."""
        return next((self.name[tag] for tag in self.languages if self.name.get(tag)), next(iter(self.name.values())))

    def owner_of(self, file: str) -> "Community":
        """Whose file of this name holds here: the community's own where it has one, else ours."""
        return self if (self.folder / file).exists() else ours()


def ours() -> Community:
    """The community whose folder is shipped."""
    return read_community(HANDBOOK)


@cache
def read_community(folder: Path) -> Community:
    """Read a community's folder; without ``community.toml`` it is ours with other files.

    Raises:
        HandbookError: the folder is not there, or something in ``community.toml`` cannot be used.
    """
    if not folder.is_dir():
        advice = "Set KENG_COMMUNITY_DIR to the community's folder, or make one with `keng init`."
        raise HandbookError(f"{folder}: there is no such folder. {advice}")
    path = folder / COMMUNITY_FILE
    read = read_toml(path if path.exists() else HANDBOOK / COMMUNITY_FILE, _CommunityFile)
    refuse(path, _faults(read, folder))
    return Community(
        folder=folder, name=read.name, languages=read.languages, timezone=read.timezone,
        site_name=read.site_name or read.name, tagline=read.tagline, about=read.about, rhythm=read.rhythm,
        keeper=read.keeper, law=read.law, contact=read.contact, home=read.home, chat=read.chat,
        logo=folder / read.logo if read.logo else None, colours=read.colours, sources=read.source,
    )


def _faults(read: _CommunityFile, folder: Path) -> Iterable[str]:
    yield from _language_faults(read.languages, folder)
    if not any(text.strip() for text in read.name.values()):
        yield f"name: it is empty. Add the line `name.{(read.languages or ('en',))[0]} = \"…\"`."
    try:
        ZoneInfo(read.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"timezone: \"{read.timezone}\" is no time zone. Write it like \"Europe/Berlin\"."
    if read.contact and not read.contact.startswith((*_ADDRESSES, "mailto:")):
        yield f"contact: \"{read.contact}\" is neither a page nor a mailto: address. Begin it with https:// or mailto:."
    sources = ((f"source {number}, url", one.url) for number, one in enumerate(read.source, 1))
    for place, address in [("home", read.home), ("chat", read.chat), *sources]:
        if address and not address.startswith(_ADDRESSES):
            yield f"{place}: \"{address}\" is no address. Begin it with https://."
    yield from _logo_faults(read.logo, folder)
    yield from colour_faults(read.colours)


def _language_faults(languages: tuple[str, ...], folder: Path) -> Iterable[str]:
    if not languages:
        yield "languages: the list is empty. Name at least one, for instance [\"en\"]; the first is the usual one."
    for tag in languages:
        own = folder / CATALOGUES / tag / "messages.po"
        if languages.count(tag) > 1:
            yield f"languages: \"{tag}\" is there twice. Keep one of them."
        elif not is_language(tag):
            yield f"languages: \"{tag}\" is no language. Write its tag, for instance \"de\", \"ja\" or \"zh-Hant\"."
        elif tag not in SHIPPED and not own.exists():
            yield (f"languages: the interface has no words in \"{tag}\". Put them in {own} (`keng init` writes "
                   "an empty one, and what it lacks is shown in English), or take the language out.")
    for path in sorted(folder.iterdir()):
        if path.is_dir() and is_language(path.name) and path.name not in languages:
            yield f"languages: there is a folder {path.name}/, but the list lacks it. Add it, or take the folder away."


def is_language(tag: str) -> bool:
    """Whether there is such a language (BCP 47)."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _logo_faults(logo: str, folder: Path) -> Iterable[str]:
    if not logo:
        return
    path = folder / logo
    if path.suffix.lower() not in PICTURES:
        yield f"logo: \"{logo}\" is no picture we can show. Use one that ends with {', '.join(PICTURES)}."
    elif not path.is_file() or folder.resolve() not in path.resolve().parents:
        yield f"logo: there is no file \"{logo}\" in the folder. Put it there, or take the line out."
