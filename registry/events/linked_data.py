"""An event for search engines: schema.org ``Event`` and ``Hackathon``."""

from typing import Any
from zoneinfo import ZoneInfo

from registry.addresses import percent_encoded
from registry.events.queries import EventPageRow
from registry.events.rules import Attendance, EventState
from registry.proposals.queries import ProgrammeRow
from registry.web.i18n import plain

_ATTENDANCE_MODES = {
    Attendance.ONSITE: "OfflineEventAttendanceMode",
    Attendance.ONLINE: "OnlineEventAttendanceMode",
    Attendance.HYBRID: "MixedEventAttendanceMode",
}
_SCHEMA = "https://schema.org/"


def event_linked_data(
    event: EventPageRow, programme: list[ProgrammeRow], *, base_url: str, community: str
) -> dict[str, Any]:
    """The event's facts; a fact that nobody recorded is left out. ``programme`` becomes the works shown at it."""
    zone = ZoneInfo(event.timezone)
    url = percent_encoded(f"{base_url}/events/{event.slug}")
    facts = {
        "@type": ["Event", "Hackathon"],
        "@id": url,
        "url": url,
        "name": plain(event.name),
        "description": plain(event.subtitle),
        "startDate": event.starts_on if event.is_all_day else event.starts_at.astimezone(zone),
        "endDate": None if event.is_all_day else event.ends_at.astimezone(zone),
        "eventStatus": _SCHEMA + ("EventCancelled" if event.state is EventState.CANCELLED else "EventScheduled"),
        "eventAttendanceMode": _SCHEMA + _ATTENDANCE_MODES[event.attendance] if event.attendance else None,
        "location": _location(event),
        "organizer": {"@type": "Organization", "name": community, "url": base_url},
        "workPerformed": [
            {
                "@type": "CreativeWork", "name": plain(row.title),
                "url": percent_encoded(f"{base_url}/proposals/{row.slug}"),
                "isBasedOn": percent_encoded(f"{base_url}/projects/{row.project_slug}"),
            }
            for row in programme
        ],
    }
    return {name: value for name, value in facts.items() if value}


def _location(event: EventPageRow) -> dict[str, Any] | list[dict[str, Any]] | None:
    here: dict[str, Any] = {"@type": "Place", "name": plain(event.place) or event.address}
    if event.address:
        here["address"] = event.address
    online = {"@type": "VirtualLocation", "url": event.registration_url} if event.registration_url else None
    if event.attendance is Attendance.ONLINE:
        return online
    if not here["name"]:
        return None
    return [here, online] if event.attendance is Attendance.HYBRID and online else here
