"""Why something is reported, what can be hidden and where it stands, and how much one may make at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from registry.activity.rules import Subject


class ReportReason(StrEnum):
    """What is the matter with a record."""

    WRONG = "wrong"
    PERSONAL = "personal"
    MYSELF = "myself"
    SPAM = "spam"
    HARM = "harm"
    COPYRIGHT = "copyright"
    OTHER = "other"


class ReportState(StrEnum):
    """What became of a report. Sorted downwards, what waits for somebody comes first."""

    OPEN = "open"
    HIDDEN = "hidden"
    DISMISSED = "dismissed"


class Allowance(NamedTuple):
    """At most ``most`` within any stretch of this length."""

    most: int
    within: timedelta


class Asker(StrEnum):
    """Whom a limit counts."""

    ADDRESS = "address"
    TOKEN = "token"  # noqa: S105 — a word
    ACCOUNT = "account"


class Limit(NamedTuple):
    """How often something may be done: ``setting`` names the setting that says how often within ``within``.

    Of an address, and of the account behind an access token, it is counted in the memory of each server process; what
    an account changes is counted in the database, over all of them.
    """

    name: str
    setting: str
    within: timedelta
    asker: Asker

    def allowance(self, settings: object) -> Allowance:
        """How much it allows with these settings."""
        return Allowance(getattr(settings, self.setting), self.within)


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIMITS: Final = {limit.name: limit for limit in (
    Limit("requests", "api_requests_a_minute", _MINUTE, Asker.ADDRESS),
    Limit("token-requests", "api_token_requests_a_minute", _MINUTE, Asker.TOKEN),
    Limit("searches", "searches_a_minute", _MINUTE, Asker.ADDRESS),
    Limit("sign-ins", "sign_ins_a_minute", _MINUTE, Asker.ADDRESS),
    Limit("reports", "reports_an_hour", _HOUR, Asker.ADDRESS),
    Limit("registrations", "registrations_an_hour", _HOUR, Asker.ADDRESS),
    Limit("writes", "account_writes_a_minute", _MINUTE, Asker.ACCOUNT),
    Limit("things", "account_hourly", _HOUR, Asker.ACCOUNT),
    Limit("new-things", "new_account_hourly", _HOUR, Asker.ACCOUNT),
    Limit("new-things-daily", "new_account_daily", _DAY, Asker.ACCOUNT),
)}
"""Every limit of the site. What each is for is told by ``limit_rows`` of ``words.py``, on the page of the API."""


FOLDERS = {
    Subject.PROJECT: "projects", Subject.PROPOSAL: "proposals", Subject.PERSON: "people", Subject.EVENT: "events",
    Subject.TAG: "tags", Subject.CASE: "cases",
}
"""The kinds of record that can be reported and hidden, and the first part of their addresses."""


OUT_OF_SIGHT = frozenset({"merged", "withdrawn"})
"""Why a record can be out of sight without a moderator: it went into another one, or its only pitch was withdrawn."""


def address_of(subject: Subject, slug: str) -> str:
    """The path of a record's page."""
    return f"/{FOLDERS[subject]}/{slug}"


def record_meant(path: str) -> tuple[Subject, str] | None:
    """Kind and slug of the record whose page is at a path; none when no such record can be there."""
    start, _slash, slug = path.removeprefix("/").partition("/")
    subject = next((one for one, folder in FOLDERS.items() if folder == start), None)
    is_slug = 0 < len(slug) <= 120 and "/" not in slug and path.startswith("/")  # noqa: PLR2004 — as long as a slug
    return (subject, slug) if subject and is_slug else None


def wait_for_next(
    done_at: Sequence[datetime], *, now: datetime, allowances: Sequence[Allowance]
) -> timedelta | None:
    """How long until one more fits into every allowance (a sliding window each); none when it fits now."""
    waits = []
    for most, within in allowances:
        recent = sorted(moment for moment in done_at if now - within < moment <= now)
        if len(recent) >= most:
            waits.append(recent[-most] + within - now)
    return max(waits, default=None)
