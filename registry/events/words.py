"""What the kinds, the ways to take part and the states of events are called."""

from registry.events.rules import AgendaKind, Attendance, EventKind, EventMove, EventState, HelperTask
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


def agenda_kind_name(kind: AgendaKind) -> str:
    """A part of the day in the reader's words."""
    return {
        AgendaKind.HANGOUT: _("Evening before"),
        AgendaKind.CHECK_IN: _("Check-in"),
        AgendaKind.LESSON: _("Lesson for newcomers"),
        AgendaKind.PITCHES: _("Pitches"),
        AgendaKind.INTRODUCTIONS: _("Everyone's three words"),
        AgendaKind.WORK: _("Work in groups"),
        AgendaKind.MEAL: _("Meal"),
        AgendaKind.TALKS: _("Short talks"),
        AgendaKind.DEMOS: _("Demos"),
        AgendaKind.SURVEY: _("Looking back"),
        AgendaKind.OTHER: _("Something else"),
    }[kind]


def task_name(task: HelperTask) -> str:
    """What a helper does, in the reader's words."""
    return {
        HelperTask.SLIDES: _("slides"),
        HelperTask.CALLER: _("calls the next ones"),
        HelperTask.MODERATOR: _("moderates"),
        HelperTask.TIMEKEEPER: _("keeps the time"),
        HelperTask.DOOR: _("at the door"),
        HelperTask.NEWCOMERS: _("with newcomers"),
        HelperTask.OTHER: _("lends a hand"),
    }[task]


def move_name(move: EventMove) -> str:
    """The words on the button of a move."""
    return {
        EventMove.PUBLISH: _("Publish"),
        EventMove.UNPUBLISH: _("Make it a draft again"),
        EventMove.CANCEL: _("Call it off"),
    }[move]


def life_name(state: EventState) -> str:
    """Whether the public sees an event, in the reader's words."""
    return {
        EventState.DRAFT: _("Draft: only organisers see it"),
        EventState.PUBLISHED: _("Published"),
        EventState.CANCELLED: _("Cancelled"),
    }[state]


def refused_move(state: EventState, move: EventMove) -> str:
    """Why a move cannot be made."""
    return _("This event is in the state “%(state)s”, so “%(move)s” does nothing. Reload the page.") % {
        "state": life_name(state), "move": move_name(move),
    }


def no_such_event() -> str:
    """What is said where an event's address leads nowhere."""
    return _("There is no such event. It may have another address, or was taken out of the record.")
