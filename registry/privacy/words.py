"""What is kept of a person and what for, how long, and what an erasure does, in the reader's words."""

from registry.privacy.rules import Ending, Kept, Purpose
from registry.settings import Settings
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext


def table_name(table: str) -> str:
    """What the rows of a table are called."""
    return {
        "people": _("Your name and page"), "slug_redirects": _("Earlier addresses of your page"),
        "provenance": _("Which public sheet your name came from"),
        "search_documents": _("What the search finds you by"),
        "duplicate_candidates": _("Records that may be one"), "identities": _("Accounts you sign in with"),
        "sessions": _("Browsers where you are signed in"), "access_tokens": _("Access tokens"),
        "sign_in_attempts": _("Sign-ins that never came back"),
        "role_grants": _("Roles as organiser or administrator"), "erasure_requests": _("Your wish to be erased"),
        "memberships": _("Your part in projects"), "credits": _("Your name on pitches"),
        "repository_contributors": _("How many commits your account has in projects' repositories"),
        "commit_weeks": _("The weeks in which it has them"),
        "contributions": _("Your contributions"), "statements": _("Statements of your contributions"),
        "stage_changes": _("Stages you moved"),
        "standing_changes": _("How you said a project stands"),
        "dormancy_questions": _("Whether you said that a project is alive"),
        "offers": _("Offers of help"), "uploads": _("Files you uploaded to import them"),
        "updates": _("What you told of projects"),
        "checkpoint_evidence": _("Evidence you gave"), "case_versions": _("Case studies you published"),
        "case_writers": _("Case studies you wrote"), "case_comments": _("What you said about drafts of case studies"),
        "registrations": _("Registrations for events"), "event_helpers": _("Tasks at events"),
        "work_tables": _("Tables you took"), "slots": _("Turns on stage"), "notices": _("Notices"),
        "follows": _("What you follow"), "announced_facts": _("What the chat was told of you"),
        "receivers": _("Webhooks you added"), "dispatches": _("What webhooks were told of you"),
        "publications": _("What was offered to a repository about you"),
        "chat_members": _("You as a member of the chat"),
        "notice_deliveries": _("How you want to be told, and your e-mail address for it"),
        "form_answers": _("Forms sent, so that none counts twice"), "reports": _("Reports"),
        "claims": _("Records you said are yours"), "merges": _("Records that were joined with yours"),
        "sweeps": _("Records hidden together"), "audit": _("The log of changes"),
    }.get(table, table)


def purpose_name(purpose: Purpose) -> str:
    """What something is kept for."""
    return {
        Purpose.ACCOUNT: _("So that you, and nobody else, can sign in and act as yourself."),
        Purpose.PAGE: _("So that people find you and what you have done, where you want them to."),
        Purpose.TEAM: _("So that a project shows who looks after it and who pitched it."),
        Purpose.EVENT: _("So that an event has a place, a badge and a meal for you, and can be run on the day."),
        Purpose.WORK: _("So that work is credited to whoever did it."),
        Purpose.NOTICE: _("So that you are told what concerns you."),
        Purpose.MODERATION: _("So that what should not stand here is looked at."),
        Purpose.LOG: _("So that every change can be explained and taken back."),
    }[purpose]


def retention(purpose: Purpose, settings: Settings) -> str:
    """How long something is kept by an installation with ``settings``."""
    until_erased = _("Until you take it away or are erased.")
    return {
        Purpose.ACCOUNT: _("Until you unlink it; a sign-in ends by itself.") + " " + ngettext(
            "At the latest after %(num)s day.", "At the latest after %(num)s days.", settings.session_days
        ) % {"num": settings.session_days},
        Purpose.PAGE: until_erased,
        Purpose.TEAM: _("As long as the public record; without your name once you are erased."),
        Purpose.EVENT: until_erased + " " + ngettext(
            "E-mail address, meal and keywords go %(num)s day after the event.",
            "E-mail address, meal and keywords go %(num)s days after the event.", settings.guests_kept_days,
        ) % {"num": settings.guests_kept_days},
        Purpose.WORK: _("As long as the public record; without your name once you are erased.") + " " + ngettext(
            "Files to be imported go after %(num)s day.", "Files to be imported go after %(num)s days.",
            settings.uploads_kept_days,
        ) % {"num": settings.uploads_kept_days},
        Purpose.NOTICE: until_erased + " " + ngettext(
            "That a form was sent is forgotten after %(num)s day.",
            "That a form was sent is forgotten after %(num)s days.", settings.form_keys_kept_days,
        ) % {"num": settings.form_keys_kept_days},
        Purpose.MODERATION: ngettext(
            "Words and address go %(num)s day after the decision.",
            "Words and address go %(num)s days after the decision.", settings.report_days,
        ) % {"num": settings.report_days},
        Purpose.LOG: _("As long as the record it explains; without your name once you are erased."),
    }[purpose]


def ending_name(kept: Kept) -> str:
    """What an erasure does with something."""
    return {
        Ending.REMOVED: _("Removed"),
        Ending.UNNAMED: _("Stays without your name"),
    }[kept.ending]
