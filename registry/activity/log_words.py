"""What the log calls the kinds of record, what was done to them and in which of their parts."""

from registry.activity.rules import Subject
from registry.activity.words import action_words, field_words
from registry.web.i18n import gettext as _


def subject_name(subject: Subject) -> str:
    """One record of a kind, in the reader's words."""
    return {
        Subject.PROJECT: _("Project"), Subject.EVENT: _("Event"), Subject.PROPOSAL: _("Proposal"),
        Subject.PERSON: _("Person"), Subject.TAG: _("Topic"), Subject.NEED: _("Need"),
        Subject.CHAPTER: _("Handbook chapter"), Subject.CASE: _("Case study"), Subject.REPORT: _("Report"),
        Subject.MESSAGE: _("Message"), Subject.ANNOUNCEMENT: _("Announcement"), Subject.CHANNEL: _("Chat channel"),
        Subject.RECEIVER: _("Webhook"),
    }.get(subject, subject.value)


def log_action_words(action: str) -> str:
    """What was done, for organisers; an action that nobody has put into words is called as in the log."""
    known = action_words(action)
    return _only_organisers_read().get(action) or (action if known == _("Changed") else known)


def log_field_words(field: str) -> str:
    """A part of a record, for organisers; one that nobody has put into words is called as in the log."""
    return field_words(field) or {
        "role": _("Role"), "registration": _("Registration"), "helper": _("Helper"), "reason": _("Reason"),
        "hidden": _("Hidden"), "message": _("Message"), "pitches_order": _("Order of the pitches"),
        "talks_order": _("Order of the short talks"), "demos_order": _("Order of the demos"),
        "pitches_clock": _("Clock of the pitches"), "talks_clock": _("Clock of the short talks"),
        "demos_clock": _("Clock of the demos"), "event": _("Event"), "is_anonymous": _("Without a name"),
        "initiators": _("Who pitches"), "topics": _("Topics"), "wanted": _("Whom it looks for"),
        "related": _("Related projects"), "table": _("Table"), "person": _("Person"), "text": _("Text"),
        "evidence": _("Evidence"), "decision": _("Decision"), "proposals_closed_at": _("Sign-up closed"),
        "proposals_close_at": _("Sign-up closes"), "is_public": _("The public sees it"), "display_name": _("Name"),
        "offers": _("What they offer"), "token": _("Access token"), "scopes": _("What it may do"),
        "expires_at": _("Ends"),
    }.get(field, field)


def _only_organisers_read() -> dict[str, str]:
    """Each action of the log that the public is not told of."""
    return {
        "role granted": _("Gave a role"), "role revoked": _("Took a role back"), "registered": _("Registered"),
        "registration changed": _("Changed a registration"), "registration cancelled": _("Cancelled a registration"),
        "moved up": _("Moved up from the waiting list"), "checked in": _("Checked in"),
        "check-in undone": _("Took a check-in back"), "helper added": _("Added a helper"),
        "helper removed": _("Took a helper's task back"), "sign-up closed": _("Closed the sign-up of pitches"),
        "sign-up opened": _("Opened the sign-up of pitches again"), "demos closed": _("Closed the demos"),
        "demos opened": _("Opened the demos again"), "event unpublished": _("Made it a draft again"),
        "draft begun": _("Began a draft"), "draft saved": _("Saved a draft"), "draft deleted": _("Deleted a draft"),
        "draft joined": _("Joined a draft"), "draft left": _("Left a draft"),
        "table left": _("Left a table"), "joined": _("Signed in for the first time"), "help offered": _("Offered help"),
        "offered roles kept": _("Kept which roles they offer"), "contribution said": _("Told of a contribution"),
        "contribution changed": _("Changed a contribution"), "contribution confirmed": _("Confirmed a contribution"),
        "contribution declined": _("Declined a contribution"), "contribution hidden": _("Hid a contribution"),
        "contribution shown": _("Showed a contribution"), "contribution withdrawn": _("Withdrew a contribution"),
        "joined at table": _("Joined at the table"), "joined removed": _("Took somebody off the table"),
        "demo withdrawn": _("Left the demos"), "owner added": _("Added an owner"), "member added": _("Added a member"),
        "member left": _("Left the project"), "handed over": _("Handed the project over"),
        "part changed": _("Changed a part in the project"), "standing changed": _("Changed how the project stands"),
        "found alive": _("Said that the project is alive"), "evidence said": _("Gave evidence"),
        "evidence withdrawn": _("Took evidence back"), "statement revoked": _("Took a statement back"),
        "calendar hidden": _("Set whether their page shows the calendar"),
        "statement issued": _("Issued a statement"), "calendar shown": _("Set whether their page shows the calendar"),
        "commits shown": _("Set whether their page shows their commits"), "update removed": _("Removed an update"),
        "claim approved": _("Agreed to a claim"), "claim declined": _("Declined a claim"),
        "claim proven": _("A claim was proven"), "claim withdrawn": _("Withdrew a claim"),
        "judged again": _("Took a decision on two records back"), "reported": _("Reported"),
        "pair noted": _("Named a record that may be the same"),
        "imported": _("Imported a file"), "report noted": _("Noted a report"),
        "creations hidden": _("Hid all that somebody made"),
        "creations shown": _("Showed what somebody made again"), "erasure asked": _("Asked to be erased"),
        "erasure stopped": _("Took back the wish to be erased"), "erased": _("Was erased"),
        "identity linked": _("Linked an account"), "identity unlinked": _("Unlinked an account"),
        "name changed": _("Changed their name"), "token made": _("Made an access token"),
        "token revoked": _("Revoked an access token"), "repository changed": _("The repository has another address"),
        "receiver added": _("Added a webhook"), "receiver changed": _("Changed a webhook"),
        "receiver removed": _("Removed a webhook"), "receiver secret renewed": _("Gave a webhook another secret"),
        "receiver switched": _("Switched a webhook on or off"), "receiver tested": _("Tested a webhook"),
        "dispatch sent again": _("Sent a message to a webhook again"),
        "message dropped": _("Dropped a message"), "message tried again": _("Sent a message again"),
    }
