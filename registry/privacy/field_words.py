"""What the fields of a person's own data are called, and how their values are read."""

from datetime import datetime
from typing import Any

from registry.activity.log_words import log_action_words
from registry.activity.words import field_words
from registry.web.i18n import format_instant
from registry.web.i18n import gettext as _
from registry.web.readable import readable

_ANSWERS = ("is_", "shows_", "photo_consent")


def own_field_words(field: str) -> str:
    """A column in the reader's words; one that nobody has put into words is called as in the database."""
    return _people_and_accounts(field) or _work(field) or _events(field) or field_words(field) or field


def own_value(field: str, value: Any, *, timezone: str) -> str:
    """What a column holds, for people: yes or no, a time with its zone, or the value in one line."""
    text = readable(value)
    if text and field.startswith(_ANSWERS):
        return _("Yes") if value else _("No")
    if text and field == "action":
        return log_action_words(text)
    if text and (field.endswith("_at") or field in {"at", "since"}):
        return _moment(text, timezone)
    return text


def _moment(text: str, timezone: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return format_instant(at, timezone) if at.tzinfo else text


def _people_and_accounts(field: str) -> str | None:
    return {
        "slug": _("Address of the page"), "old_slug": _("Earlier address"), "display_name": _("Name"),
        "sort_name": _("Name by which it is sorted"), "bio": _("About you"), "origin": _("Where it came from"),
        "claimed_at": _("Yours since"), "is_public": _("The public sees it"), "is_example": _("Made up for the demo"),
        "shows_calendar": _("Your page shows the calendar"), "offers": _("What you offer"),
        "created_at": _("Written down"), "updated_at": _("Last changed"), "hidden_at": _("Hidden since"),
        "hidden_reason": _("Why it is hidden"), "subject": _("Kind of record"), "source": _("Source"),
        "file": _("File"), "row": _("Row"), "digest": _("Fingerprint"), "imported_on": _("Taken over on"),
        "body": _("Text"), "title_terms": _("Words of the title"), "text_terms": _("Words of the text"),
        "weight": _("Weight in the search"), "dated_on": _("Day"), "provider": _("Service"), "login": _("Account"),
        "verified_at": _("Checked"), "browser": _("Browser"), "started_at": _("Began"), "last_seen_at": _("Last used"),
        "return_path": _("Where you wanted to go"), "shown": _("Beginning of the token"),
        "scopes": _("What it may do"), "expires_at": _("Ends"), "last_used_at": _("Last used"),
        "token": _("Access token"), "role": _("Role"), "granted_by": _("Granted by"),
        "granted_at": _("Granted"), "asked_at": _("Asked"), "due_at": _("Due"), "email": _("E-mail address"),
        "unconfirmed_email": _("E-mail address, not confirmed yet"), "language": _("Language"),
        "pace": _("How often"), "mailed_at": _("Last mailed"), "confirmation_sent_at": _("Confirmation sent"),
        "told_at": _("Told"), "read_at": _("Read"), "path": _("Page"), "facts": _("What it says"),
        "target": _("What you follow"), "since": _("Since"), "sent_at": _("Sent"), "actor": _("Who"),
        "action": _("What was done"), "at": _("When"), "changes": _("What changed"),
    }.get(field)


def _work(field: str) -> str | None:
    return {
        "address": _("Address"), "kinds": _("What it is told"), "off_at": _("Switched off at"),
        "off_reason": _("Why it was switched off"),
        "joined_on": _("Joined on"), "left_on": _("Left on"), "reason": _("Reason"),
        "name_as_written": _("Name as it was written"), "position": _("Place in the order"),
        "commit_count": _("Commits"), "commits_url": _("Where they are"), "week": _("Week"),
        "happened_on": _("Day"), "minutes": _("Minutes"), "note": _("Note"), "evidence": _("Evidence"),
        "evidence_url": _("Evidence"), "confirmed_at": _("Confirmed"), "declined_at": _("Declined"),
        "decline_reason": _("Why it was declined"), "decided_as": _("Decided as"), "decided_at": _("Decided"),
        "decided_by": _("Decided by"), "is_shown": _("Your page shows it"), "content": _("What it says"),
        "content_hash": _("Fingerprint"), "issued_at": _("Issued"), "revoked_at": _("Taken back"),
        "code": _("Secret of its link"), "from_stage": _("From stage"), "to_stage": _("To stage"),
        "from_standing": _("From"), "to_standing": _("To"), "changed_at": _("Changed"),
        "is_imported": _("Placed by an import"), "unmet_checkpoints": _("Checkpoints unmet then"),
        "answer": _("Answer"), "answered_at": _("Answered"), "answered_by": _("Answered by"),
        "hours": _("Hours a week"), "need_key": _("Role wanted"), "posted_at": _("Posted"), "text": _("Text"),
        "text_html": _("Text as it is shown"), "picture_url": _("Picture"), "picture_text": _("What the picture shows"),
        "checkpoint_key": _("Checkpoint"), "noted_at": _("Noted"), "url": _("Web address"), "sections": _("Text"),
        "written_at": _("Written"), "made_at": _("Made"), "signs": _("Signs"), "likeness": _("Likeness"),
        "found_at": _("Found"), "merged_at": _("Merged"), "merged_by": _("Merged by"), "rows": _("What moved"),
        "unmerged_at": _("Taken apart again"), "unmerged_by": _("Taken apart by"), "reach": _("Where to reach you"),
        "reported_at": _("Reported"), "records": _("Records"), "swept_at": _("Hidden"), "swept_by": _("Hidden by"),
        "undone_at": _("Taken back"), "revision": _("Times it was changed"),
    }.get(field)


def _events(field: str) -> str | None:
    return {
        "badge_name": _("Name on your badge"), "keywords": _("Keywords"), "is_newcomer": _("Newcomer"),
        "photo_consent": _("Pictures"), "meal": _("Meal"), "accepted_rules": _("What you accepted"),
        "mail_address": _("E-mail address"), "waiting_since": _("Waiting since"), "cancelled_at": _("Cancelled"),
        "checked_in_at": _("Checked in"), "check_in_key": _("Mark of the scan at the door"), "task": _("Task"),
        "label": _("Table"), "seats": _("Seats"), "taken_at": _("Taken"), "session": _("Part of the stage"),
        "presenter": _("Who presents"), "ended_at": _("Ended"),
    }.get(field)
