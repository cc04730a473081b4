"""What the kinds, the ways to take part and the states of events are called."""

from registry.events.rules import Attendance, EventKind
from registry.web.i18n import gettext as _


def kind_name(kind: EventKind) -> str:
    """The size of a gathering in the reader's words."""
    return {
        EventKind.LARGE: _("Hackathon"),
        EventKind.SMALL: _("Small hackathon"),
        EventKind.INFRASTRUCTURE: _("Infrastructure hackathon"),
        EventKind.OTHER: _("Gathering"),
    }[kind]


def attendance_name(attendance: Attendance | None) -> str:
    """How one takes part, in the reader's words; nothing where nobody recorded it."""
    return {
        Attendance.ONSITE: _("In person"),
        Attendance.ONLINE: _("Online"),
        Attendance.HYBRID: _("In person and online"),
        None: "",
    }[attendance]


def state_name(state: str) -> str:
    """Whether an event is to come, over or called off, in the reader's words."""
    return {"upcoming": _("To come"), "past": _("Over"), "cancelled": _("Cancelled")}[state]
