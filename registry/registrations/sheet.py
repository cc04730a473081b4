"""An event's registrations as a sheet (CSV) for its organisers."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from zoneinfo import ZoneInfo

from registry.exchange.own_formats import guarded
from registry.registrations.queries import GuestRow
from registry.registrations.words import state_name
from registry.web.i18n import gettext as _

BYTE_ORDER_MARK = "\ufeff"


def guest_sheet(guests: Iterable[GuestRow], *, timezone: str, meals: Mapping[str, str]) -> str:
    """The registrations, one a line, with times of the clocks at the event; spreadsheets take it as UTF-8."""
    zone = ZoneInfo(timezone)
    sheet = StringIO()
    writer = csv.writer(sheet)
    writer.writerow(map(guarded, (
        _("Name on the badge"), _("State"), _("Keywords"), _("Newcomer"), _("Pictures"), _("Meal"),
        _("E-mail address"), _("Language"), _("Account"), _("Registered"), _("Waiting since"), _("Checked in"),
    )))
    for one in guests:
        moments = (one.created_at, one.waiting_since, one.checked_in_at)
        writer.writerow(map(guarded, (
            one.badge_name, state_name(one.state), ", ".join(one.keywords), _yes_or_no(one.is_newcomer),
            _yes_or_no(one.photo_consent), meals.get(one.meal or "", one.meal or ""), one.mail_address or "",
            one.language or "", one.account or "",
            *(f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "" for at in moments),
        )))
    return BYTE_ORDER_MARK + sheet.getvalue()


def _yes_or_no(value: bool | None) -> str:
    return {True: _("Yes"), False: _("No"), None: ""}[value]
