"""What the desk calls what waits, and how something fares."""

from registry.audit.rules import VERIFY
from registry.desk.rules import Fares, Kind
from registry.web.i18n import gettext as _


def kind_name(kind: Kind) -> str:
    """What waits, as a heading."""
    return {
        Kind.REPORTS: _("Reports to decide"), Kind.CLAIMS: _("Claims to answer"),
        Kind.CASES: _("Case studies to review"), Kind.ANNOUNCEMENTS: _("Announcements that are held"),
        Kind.OFFERS: _("Offers of help to projects without anybody to answer"),
        Kind.DUPLICATES: _("Records that may be one"), Kind.UNSENT: _("Messages that could not be delivered"),
        Kind.DEAD_LINKS: _("Links that no longer answer"), Kind.ERASURES: _("People who asked to be erased"),
    }[kind]


def kind_advice(kind: Kind) -> str:
    """What to do about it."""
    return {
        Kind.REPORTS: _("Hide the record, or leave it and say why."),
        Kind.CLAIMS: _("Somebody says that a name or a project of the record is theirs. Look at the evidence."),
        Kind.CASES: _("Read them, ask back where something is missing, then publish them."),
        Kind.ANNOUNCEMENTS: _("Look at them, then send or drop them."),
        Kind.OFFERS: _("Find somebody who takes them in, or answer yourself."),
        Kind.DUPLICATES: _("Merge them, or say that they are two."),
        Kind.UNSENT: _("Send them again, or drop them with a reason."),
        Kind.DEAD_LINKS: _("Tell the project's people, or put the right address in."),
        Kind.ERASURES: _("This happens by itself on the day; signing in before stops it."),
    }[kind]


def fares_name(fares: Fares) -> str:
    """How something is doing, in a word or two."""
    return {
        Fares.WELL: _("works"), Fares.NEW: _("has not run yet"), Fares.STUMBLING: _("has trouble"),
        Fares.FAILING: _("fails"), Fares.MISSING: _("is not set up"),
    }[fares]


def job_name(name: str) -> str | None:
    """What a job of ``registry.jobs.schedule`` or of an integration does; none where nobody has put it into words."""
    return {
        "count the record": _("Count a large record for its pages"),
        "tell followers": _("Tell followers what is new"),
        "notice news": _("Notice what chat and webhooks are to be told"),
        "notice dates that are news": _("Notice calls that close soon, and releases"),
        "call for demos": _("Call for demos two hours before them"),
        "look at channels": _("Look at the chat's channels"),
        "look at the roster": _("Look at the chat's members"),
        "look at webhooks": _("Look at the webhooks of other chats"),
        "write direct messages": _("Write direct messages in the chat"),
        "write letters": _("Write the e-mails with notices"),
        "look at links": _("Look whether links still answer"),
        "erase whoever asked for it": _("Erase whoever asked for it"),
        "ask whether quiet projects are alive": _("Ask whether quiet projects are alive"),
        "seal the log of changes": _("Seal the log of changes"),
        VERIFY: _("See whether anybody altered the log of changes"),
        "forget guests": _("Forget what guests of past events told"),
        "ask owners for results": _("Ask owners what became of their pitch"),
        "forget what is old": _("Forget what is no longer needed"),
        "forget uploads": _("Forget files that were uploaded to be imported"),
        "forget what was told": _("Forget what other systems told, once it is worked off"),
        "forget what receivers were told": _("Forget what webhooks were told, after a while"),
        "look at repositories on GitHub": _("Look at repositories on GitHub"),
        "work on what GitHub told": _("Work on what GitHub told"),
        "offer what has changed": _("Offer records that changed to the repository"),
        "hear what Slack told": _("Work on what Slack told"),
    }.get(name)


def source_name(source: str) -> str:
    """What a system that tells us something calls itself."""
    return {"github": "GitHub", "slack": "Slack"}.get(source, source)
