"""What the states of registering are called, and why one cannot register."""

from registry.registrations.rules import DoorAnswer, Registering, RegistrationState
from registry.web.i18n import gettext as _


def state_name(state: RegistrationState) -> str:
    """Where a registration stands, in the reader's words."""
    return {
        RegistrationState.CONFIRMED: _("Has a place"),
        RegistrationState.WAITING: _("Waiting"),
        RegistrationState.CANCELLED: _("Cancelled"),
    }[state]


def registering_words(window: Registering) -> str:
    """Whether one can register, as a sentence."""
    return {
        Registering.OPEN: _("Registration is open."),
        Registering.NOT_YET: _("Registration is not open yet."),
        Registering.CLOSED: _("Registration is closed."),
        Registering.ELSEWHERE: _("People register for this event on another site."),
        Registering.NOT_OFFERED: _("There is no registration for this event here."),
        Registering.CALLED_OFF: _("This event was cancelled, so nobody can register."),
    }[window]


def door_words(answer: DoorAnswer) -> str:
    """What became of a check-in, as a sentence."""
    return {
        DoorAnswer.IN: _("Checked in."),
        DoorAnswer.ALREADY: _("Was in already; counted once."),
        DoorAnswer.WAITING: _("Is on the waiting list: an organiser can let them in."),
        DoorAnswer.CANCELLED: _("Has cancelled: they can register again, or ask an organiser."),
        DoorAnswer.UNKNOWN: _("Is not registered for this event."),
    }[answer]
