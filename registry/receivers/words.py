"""What receivers, and messages to them, are said to be."""

from registry.announcements.rules import FactKind
from registry.announcements.words import kind_name
from registry.receivers.queries import DispatchRow, ReceiverRow
from registry.receivers.rules import TEST, DispatchState, OffReason
from registry.web.i18n import gettext as _


def message_kind_name(kind: str) -> str:
    """What a message tells of."""
    return _("A test") if kind == TEST else kind_name(FactKind(kind))


def dispatch_state_name(state: DispatchState) -> str:
    """Where a message stands."""
    return {
        DispatchState.WAITING: _("On its way"), DispatchState.FAILING: _("Not taken yet; tried again by itself"),
        DispatchState.ARRIVED: _("Arrived"), DispatchState.FAILED: _("Not taken"),
        DispatchState.WITHDRAWN: _("Not sent: it is no longer public"),
        DispatchState.DROPPED: _("Not sent: the webhook was switched off"),
    }[state]


def trouble_of(row: DispatchRow) -> str:
    """What the receiver answered, or why it did not."""
    return _(row.trouble) if row.trouble else f"HTTP {row.status}" if row.status else ""


def off_sentence(row: ReceiverRow) -> str:
    """Why a receiver is told nothing; empty when it is."""
    if row.off_reason is None:
        return ""
    return {
        OffReason.BY_HAND: _("Switched off: it is told nothing."),
        OffReason.FAILING: _("Switched off, for it took no message for most of a day. Mend it, send a test, then "
                             "switch it on."),
        OffReason.GONE: _("Switched off, for it answered that it is gone (HTTP 410)."),
    }[row.off_reason]
