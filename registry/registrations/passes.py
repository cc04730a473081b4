"""What a guest takes along: the QR code that the door reads, and the event for their calendar."""

from datetime import datetime
from io import BytesIO
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from registry.addresses import percent_encoded
from registry.registrations.queries import EventToRegister
from registry.web.i18n import plain


def door_address(base_url: str, event_slug: str, code: str) -> str:
    """The address in a guest's QR code: any phone's camera opens their entry at the door."""
    return f"{base_url}{percent_encoded(f'/events/{event_slug}/door')}?{urlencode({'code': code})}"


def qr_picture(address: str) -> bytes:
    """A QR code as an SVG document, black on white also where the page is dark."""
    import segno  # noqa: PLC0415 — few answers need it, and every start would pay for it

    picture = BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", border=3, light="#fff", scale=4)
    return picture.getvalue()


def qr_drawing(address: str) -> str:
    """A QR code as markup to stand inside a page."""
    import segno  # noqa: PLC0415 — as above

    drawing: str = segno.make_qr(address, error="m").svg_inline(border=0, omitsize=True, svgclass="badge__code")
    return drawing


def calendar_file(event: EventToRegister, *, base_url: str, now: datetime) -> bytes:
    """The event for a calendar, with the rules of its time zone. Its UID stays, so that a newer file replaces it."""
    from icalendar import Calendar  # noqa: PLC0415 — as above
    from icalendar import Event as CalendarEvent  # noqa: PLC0415

    zone = ZoneInfo(event.timezone)
    entry = CalendarEvent()
    entry.add("uid", f"event-{event.id}@{urlsplit(base_url).hostname}")
    entry.add("dtstamp", now)
    entry.add("summary", plain(event.name))
    if event.is_all_day:
        entry.add("dtstart", event.starts_at.astimezone(zone).date())
        entry.add("dtend", event.ends_at.astimezone(zone).date())
    else:
        entry.add("dtstart", event.starts_at.astimezone(zone))
        entry.add("dtend", event.ends_at.astimezone(zone))
    if where := ", ".join(filter(None, [plain(event.place), event.address])):
        entry.add("location", where)
    entry.add("url", f"{base_url}{percent_encoded(f'/events/{event.slug}')}")
    calendar = Calendar()
    calendar.add("prodid", "-//Keng//Registry//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written
