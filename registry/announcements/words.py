"""What an announcement says, in each of the community's languages, and what organisers are told of it."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from registry.addresses import percent_encoded
from registry.announcements.records import Shown
from registry.announcements.rules import AnnouncementState, FactKind
from registry.database.types import Localized
from registry.events.rules import DayMessage
from registry.handbook import ladder, need_words
from registry.ports import ChatLine, ChatMessage
from registry.web.i18n import format_day, format_instant, languages, ngettext, plain, speaking
from registry.web.i18n import gettext as _

HEADING: Final = 150
LINES: Final = 20
"""Of more than these a message says how many there are."""


class ToldLine(msgspec.Struct, frozen=True):
    """A line of a message, and where it leads (empty: nowhere)."""

    text: Localized
    url: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a message says in each of the community's languages; ``more`` how much was left out, where something was."""

    heading: Localized
    url: str
    lines: list[ToldLine] = []
    more: Localized = {}

    def message(self) -> ChatMessage:
        """The same for a chat, where all languages stand in one message: the community's first one above."""
        first, *others = languages()
        with speaking(first):
            lines = tuple(ChatLine(plain(line.text), line.url) for line in self.lines)
        said = list(dict.fromkeys(filter(None, (self.heading.get(tag) for tag in (first, *others)))))
        is_short = len(said[0]) <= HEADING and "\n" not in said[0]
        return ChatMessage(
            text=" / ".join(said), heading=said[0] if is_short else "", paragraphs=tuple(said[is_short:]), lines=lines,
            footnote=" / ".join(dict.fromkeys(self.more.values())), url=self.url,
            url_label=" / ".join(_spoken(lambda: _("Read it in the registry")).values()),
        )


def told_of(kind: FactKind, shown: Sequence[Shown], *, base_url: str) -> Told:
    """The message that tells facts of a kind, the first that happened first."""
    if len(shown) == 1:
        one = shown[0]
        lines = [ToldLine(turn.title) for turn in one.turns[:LINES]] or (
            [ToldLine(one.line)] if any(one.line.values()) else []
        )
        left = max(0, len(one.turns) - LINES)
        return Told(_spoken(lambda: _sentence(kind, one)), address(base_url, one.path), lines, _more(left))
    return Told(
        _spoken(lambda: _heading(kind, len(shown))), base_url + _PLACES.get(kind, "/projects"),
        [_line(kind, one, base_url) for one in shown[:LINES]], _more(max(0, len(shown) - LINES)),
    )


def reply_of(shown: Shown, *, base_url: str) -> Told:
    """What is said beneath the message of an event that was called off."""
    said = _spoken(lambda: _("%(name)s is called off.") % {"name": plain(shown.name)})
    return Told(said, address(base_url, shown.path))


def kind_name(kind: FactKind) -> str:
    """What happens when this is announced."""
    return {
        FactKind.PITCHED: _("Something is pitched"),
        FactKind.EVENT_PUBLISHED: _("An event is published"),
        FactKind.CALL_CLOSING: _("The call for pitches closes soon"),
        FactKind.RUNNING_ORDER: _("The running order stands"),
        FactKind.NEED_OPENED: _("A project looks for somebody"),
        FactKind.STAGE_REACHED: _("A project reaches another stage"),
        FactKind.UPDATE_POSTED: _("A project tells what is new"),
        FactKind.RELEASED: _("A project has a new release"),
        FactKind.CASE_PUBLISHED: _("A case study is published"),
    }[kind]


def day_message_name(message: DayMessage) -> str:
    """What people of an event are told by itself."""
    return {
        DayMessage.CUES: _("“You are next but one”, to those who stand on stage soon"),
        DayMessage.DEMOS: _("“Sign up for the demos”, two hours before them, to those who pitched"),
        DayMessage.RESULTS: _("“What came of it?”, days later, to those who have not said"),
    }[message]


def state_name(state: AnnouncementState) -> str:
    """Where a message stands."""
    return {
        AnnouncementState.WAITING: _("Goes by itself"), AnnouncementState.HELD: _("Held"),
        AnnouncementState.GOING: _("On its way"), AnnouncementState.OUT: _("Sent"),
        AnnouncementState.TAKEN_BACK: _("Taken back"), AnnouncementState.DROPPED: _("Dropped"),
    }[state]


def address(base_url: str, path: str) -> str:
    """The full address of a page, which may have a Chinese name."""
    return percent_encoded(base_url + path)


_PLACES: Final = {
    FactKind.PITCHED: "/proposals", FactKind.EVENT_PUBLISHED: "/events", FactKind.CALL_CLOSING: "/events",
    FactKind.RUNNING_ORDER: "/events", FactKind.NEED_OPENED: "/needs", FactKind.STAGE_REACHED: "/stages",
    FactKind.CASE_PUBLISHED: "/cases",
}
"""Where a message of several facts leads; else to the projects."""


def _spoken(sentence: Callable[[], str]) -> Localized:
    """A sentence in each of the community's languages."""
    told = {}
    for language in languages():
        with speaking(language):
            told[language] = sentence()
    return told


def _line(kind: FactKind, one: Shown, base_url: str) -> ToldLine:
    return ToldLine(_spoken(lambda: _sentence(kind, one)), address(base_url, one.path))


def _more(count: int) -> Localized:
    return _spoken(lambda: ngettext("and %(num)s more", "and %(num)s more", count) % {"num": count}) if count else {}


def _sentence(kind: FactKind, one: Shown) -> str:
    template = (_OVER if one.is_over else _SENTENCES).get(kind) or _SENTENCES[kind]
    return template(one) % {
        "name": plain(one.name), "event": plain(one.event), "detail": one.detail,
        "day": format_day(one.day) if one.day else "",
        "moment": format_instant(one.moment, one.timezone) if one.moment else "",
        "role": plain(need_words(one.detail).name) if kind is FactKind.NEED_OPENED else "",
        "stage": plain(ladder().stage_name(one.detail)) if kind is FactKind.STAGE_REACHED else "",
    }


_SENTENCES: Final[dict[FactKind, Callable[[Shown], str]]] = {
    FactKind.PITCHED: lambda one: _("Pitched for %(event)s: %(name)s") if one.event else _("Pitched: %(name)s"),
    FactKind.EVENT_PUBLISHED: lambda _one: _("%(name)s takes place on %(day)s."),
    FactKind.CALL_CLOSING: lambda _one: _("%(name)s takes pitches until %(moment)s."),
    FactKind.RUNNING_ORDER: lambda _one: _("The running order of %(name)s"),
    FactKind.NEED_OPENED: lambda _one: _("%(name)s is looking for: %(role)s"),
    FactKind.STAGE_REACHED: lambda _one: _("%(name)s has reached the stage “%(stage)s”."),
    FactKind.UPDATE_POSTED: lambda _one: _("%(name)s tells what is new"),
    FactKind.RELEASED: lambda _one: _("%(name)s has a new release: %(detail)s"),
    FactKind.CASE_PUBLISHED: lambda _one: _("A case study to read: %(name)s"),
}
_OVER: Final[dict[FactKind, Callable[[Shown], str]]] = {
    FactKind.EVENT_PUBLISHED: lambda _one: _("%(name)s is called off."),
    FactKind.CALL_CLOSING: lambda _one: _("%(name)s takes no more pitches."),
    FactKind.NEED_OPENED: lambda _one: _("%(name)s no longer looks for: %(role)s"),
}
"""The same when it is no longer so."""


def _heading(kind: FactKind, count: int) -> str:
    return {
        FactKind.PITCHED: ngettext("%(num)s new pitch", "%(num)s new pitches", count),
        FactKind.EVENT_PUBLISHED: ngettext("%(num)s event is announced", "%(num)s events are announced", count),
        FactKind.CALL_CLOSING: ngettext("%(num)s call closes soon", "%(num)s calls close soon", count),
        FactKind.RUNNING_ORDER: ngettext("%(num)s running order", "%(num)s running orders", count),
        FactKind.NEED_OPENED: ngettext("%(num)s new need", "%(num)s new needs", count),
        FactKind.STAGE_REACHED: ngettext(
            "%(num)s project has reached another stage", "%(num)s projects have reached another stage", count
        ),
        FactKind.UPDATE_POSTED: ngettext(
            "%(num)s project tells what is new", "%(num)s projects tell what is new", count
        ),
        FactKind.RELEASED: ngettext("%(num)s new release", "%(num)s new releases", count),
        FactKind.CASE_PUBLISHED: ngettext("%(num)s new case study", "%(num)s new case studies", count),
    }[kind] % {"num": count}
