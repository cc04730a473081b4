"""Offers, their answers and the hat's reasons in the reader's words."""

from registry.database.types import Localized
from registry.handbook import need_words
from registry.joining.rules import DeclineReason, OfferState, Reason, ReasonKind, TimeGiven
from registry.joining.wishes import OPEN_TO_ALL
from registry.people.rules import IdentityProvider
from registry.web.i18n import gettext as _
from registry.web.i18n import name_of_language, ngettext, plain


def state_name(state: OfferState) -> str:
    """Where an offer stands, in a word or two."""
    return {
        OfferState.OPEN: _("waits for an answer"), OfferState.ACCEPTED: _("accepted"),
        OfferState.THANKED: _("kept for later"), OfferState.DECLINED: _("declined"),
        OfferState.WITHDRAWN: _("taken back"),
    }[state]


def answer_button(to: OfferState) -> str:
    """What the button of an answer says."""
    return {
        OfferState.ACCEPTED: _("Accept, and welcome them"), OfferState.THANKED: _("Thank them: we are full now"),
        OfferState.DECLINED: _("Decline kindly"),
    }[to]


def decline_sentence(reason: DeclineReason) -> str:
    """A prepared sentence, as the person reads it."""
    return {
        DeclineReason.FOUND: _("Somebody came shortly before you, and one is enough for this."),
        DeclineReason.CHANGED: _("What we need has changed since we wrote it down."),
        DeclineReason.NO_TIME: _("We have no time to show anybody around now, and do not want to waste yours."),
        DeclineReason.OTHER_EXPERIENCE: _("For this we look for somebody with another kind of experience."),
    }[reason]


def answer_sentence(state: OfferState) -> str:
    """What an answer says to the person before the project's own words; empty where there is none."""
    return {
        OfferState.ACCEPTED: _("Welcome! You are one of the project's contributors now."),
        OfferState.THANKED: _("Thank you! There are hands enough just now. Your offer stays on the project's list."),
        OfferState.DECLINED: _("Thank you for offering. Not this time, and there are others who look for you."),
    }.get(state, "")


def account_name(provider: IdentityProvider, login: str) -> str:
    """An account elsewhere, by where it is and what it is called there."""
    where = {
        IdentityProvider.GITHUB: "GitHub", IdentityProvider.SLACK: "Slack", IdentityProvider.EMAIL: _("E-mail"),
    }[provider]
    return f"{where} · {login}"


def time_name(time: TimeGiven) -> str:
    """How much time somebody has."""
    return {
        TimeGiven.EVENING: _("One evening"), TimeGiven.DAY: _("A day"), TimeGiven.WEEKLY: _("A few hours a week"),
        TimeGiven.LONG: _("For a long time"),
    }[time]


def reason_sentence(reason: Reason, *, topics: dict[str, Localized], last_event: Localized) -> str:
    """Why the hat gives a project. ``topics`` are the names of the project's by slug."""
    if reason.kind in {ReasonKind.NEED, ReasonKind.NEAR_NEED}:
        role = plain(need_words(reason.detail).name)
        is_plain = reason.kind is ReasonKind.NEED or reason.detail == OPEN_TO_ALL
        return (_("Looks for: %(role)s") if is_plain else _("Looks for something near to it: %(role)s")) % {
            "role": role
        }
    if reason.kind is ReasonKind.LASTING:
        times = int(reason.detail)
        return ngettext(
            "Has come back to hackathons: pitched once", "Has come back to hackathons: pitched %(num)s times", times
        ) % {"num": times}
    return {
        ReasonKind.TOPIC: _("Is about %(topic)s, which you care about") % {"topic": plain(topics.get(reason.detail))},
        ReasonKind.WORD: _("“%(word)s” is one of its words as well") % {"word": reason.detail},
        ReasonKind.FIRST_TASK: _("Has a first task cut for newcomers"),
        ReasonKind.LAST_EVENT: _("Was at the last hackathon: %(event)s") % {"event": plain(last_event)},
        ReasonKind.LANGUAGE: _("Tells about itself in %(language)s") % {
            "language": name_of_language(reason.detail)
        },
    }[reason.kind]
