"""What the sessions of the stage and the states of slots are called."""

from registry.programme.rules import SlotState, StageSession
from registry.web.i18n import gettext as _


def session_name(session: StageSession) -> str:
    """A session in the reader's words."""
    return {
        StageSession.PITCHES: _("Pitches"),
        StageSession.TALKS: _("Short talks"),
        StageSession.DEMOS: _("Demos"),
    }[session]


def slot_state_name(state: SlotState) -> str:
    """Where a slot stands, in the reader's words."""
    return {
        SlotState.WAITING: _("waits"),
        SlotState.ON_STAGE: _("on stage, locked"),
        SlotState.DONE: _("done"),
        SlotState.ABSENT: _("absent, goes last"),
    }[state]
