"""What an announcement says, in each of the community's languages, and what organisers are told of it."""

from collections.abc import Callable, Sequence
from typing import Final

from registry.announcements.records import Shown
from registry.announcements.rules import AnnouncementState, FactKind
from registry.database.types import Localized
from registry.handbook import ladder, need_words
from registry.ports import ChatLine, ChatText
from registry.web.i18n import format_day, format_instant, languages, ngettext, plain, speaking
from registry.web.i18n import gettext as _

LINES: Final = 20
"""Of more than these a message says how many there are."""


def told_of(kind: FactKind, shown: Sequence[Shown], *, base_url: str) -> ChatText:
    """The message that tells facts of a kind, the first that happened first."""
    if len(shown) == 1:
        one = shown[0]
        lines = [ChatLine(turn.title, "") for turn in one.turns[:LINES]] or (
            [ChatLine(one.line, "")] if any(one.line.values()) else []
        )
        left = max(0, len(one.turns) - LINES)
        return ChatText(_spoken(lambda: _sentence(kind, one)), base_url + one.path, lines, _more(left))
    return ChatText(
        _spoken(lambda: _heading(kind, len(shown))), base_url + _PLACES.get(kind, "/projects"),
        [_line(kind, one, base_url) for one in shown[:LINES]], _more(max(0, len(shown) - LINES)),
    )


def reply_of(shown: Shown, *, base_url: str) -> ChatText:
    """What is said beneath the message of an event that was called off."""
    return ChatText(
        _spoken(lambda: _("%(name)s is called off.") % {"name": plain(shown.name)}), base_url + shown.path, [], {}
    )


def kind_name(kind: FactKind) -> str:
    """What happens when this is announced."""
    return {
        FactKind.PITCHED: _("Something is pitched"),
        FactKind.EVENT_PUBLISHED: _("An event is published"),
        FactKind.CALL_CLOSING: _("The call for pitches closes soon"),
        FactKind.RUNNING_ORDER: _("The running order stands"),
        FactKind.NEED_OPENED: _("A project looks for somebody"),
        FactKind.STAGE_REACHED: _("A project reaches another stage"),
        FactKind.RELEASED: _("A project has a new release"),
        FactKind.CASE_PUBLISHED: _("A case study is published"),
    }[kind]


def state_name(state: AnnouncementState) -> str:
    """Where a message stands."""
    return {
        AnnouncementState.WAITING: _("Goes by itself"), AnnouncementState.HELD: _("Held"),
        AnnouncementState.GOING: _("On its way"), AnnouncementState.OUT: _("Sent"),
        AnnouncementState.TAKEN_BACK: _("Taken back"), AnnouncementState.DROPPED: _("Dropped"),
    }[state]


def trouble_sentence(reason: str) -> str:
    """What kept a message from its channel, and what to do. ``reason`` is the outbox's."""
    known = _TROUBLES.get(reason)
    return known() if known else _(
        "The chat refused it (%(reason)s). Look at the connection with `keng slack check`, then send it again."
    ) % {"reason": reason}


_PLACES: Final = {
    FactKind.PITCHED: "/proposals", FactKind.EVENT_PUBLISHED: "/events", FactKind.CALL_CLOSING: "/events",
    FactKind.RUNNING_ORDER: "/events", FactKind.NEED_OPENED: "/needs", FactKind.STAGE_REACHED: "/stages",
    FactKind.CASE_PUBLISHED: "/cases",
}
"""Where a message of several facts leads; else to the projects."""

_TROUBLES: Final[dict[str, Callable[[], str]]] = {
    "access_refused": lambda: _(
        "The chat no longer accepts our token: it was revoked, or the app was taken out of the workspace. Install the "
        "app again, set KENG_SLACK_BOT_TOKEN anew, start again, then send this again."
    ),
    "channel_archived": lambda: _(
        "The channel is archived. Open it again in the chat, or choose another channel, then send this again."
    ),
    "channel_gone": lambda: _(
        "The chat has no such channel any more, or it is private now. Choose another channel for this kind of news."
    ),
    "not_in_channel": lambda: _(
        "Our app is not in the channel. Invite it there (type /invite and its name in the channel), then send this "
        "again."
    ),
    "may_not_post": lambda: _(
        "Only some people may write in this channel. Let the app write there, or choose another channel."
    ),
    "scope_missing": lambda: _(
        "The app lacks a right that this needs. `keng slack check` names it; add it to the app, install the app "
        "again, then send this again."
    ),
    "maybe_there": lambda: _(
        "This may have arrived: the chat did not answer, and we may not read the channel. Look there, and send it "
        "again only if it is missing."
    ),
    "address_refused": lambda: _(
        "The address of this channel's webhook leads to no place in the public internet, or is none. Put the right "
        "one into KENG_CHAT_WEBHOOKS."
    ),
}


def _spoken(sentence: Callable[[], str]) -> Localized:
    """A sentence in each of the community's languages."""
    told = {}
    for language in languages():
        with speaking(language):
            told[language] = sentence()
    return told


def _line(kind: FactKind, one: Shown, base_url: str) -> ChatLine:
    return ChatLine(_spoken(lambda: _sentence(kind, one)), base_url + one.path)


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
        FactKind.RELEASED: ngettext("%(num)s new release", "%(num)s new releases", count),
        FactKind.CASE_PUBLISHED: ngettext("%(num)s new case study", "%(num)s new case studies", count),
    }[kind] % {"num": count}
