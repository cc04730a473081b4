"""What an event's picture in chats and on social sites says."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from registry.events.queries import EventRow
from registry.events.rules import EventState
from registry.events.words import kind_name, state_name
from registry.web.cards import Card, rings_of
from registry.web.i18n import format_day, format_day_at, ngettext, plain


def event_share_card(event: EventRow) -> Card:
    """Its name, its days and place, and how much was pitched; that it is called off, when it is."""
    kind, count = kind_name(event.kind), event.pitch_count
    pitches = ngettext("%(num)s pitch", "%(num)s pitches", count) % {"num": count} if count else ""
    return Card(
        kind=f"{kind} · {state_name(event.state.value)}" if event.state is EventState.CANCELLED else kind,
        title=plain(event.name), summary=plain(event.subtitle), rings=rings_of(count),
        facts=tuple(filter(None, [_days(event), plain(event.place), pitches])),
    )


def _days(event: EventRow) -> str:
    last = event.ends_at - timedelta(seconds=1)  # a day whose hours are not known ends at the next midnight
    if last.astimezone(ZoneInfo(event.timezone)).date() <= event.starts_on:
        return format_day(event.starts_on, "full")
    return f"{format_day(event.starts_on, 'medium')} – {format_day_at(last, event.timezone)}"
