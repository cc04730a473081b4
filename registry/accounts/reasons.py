"""Why somebody is asked to sign in, told from where they go on to."""

from urllib.parse import unquote, urlsplit

from registry.database.engine import Reader
from registry.moderation.records import record_at
from registry.moderation.rules import record_meant
from registry.web.i18n import gettext as _
from registry.web.i18n import plain


async def sign_in_reason(reader: Reader, return_path: str) -> str:
    """A sentence for the sign-in page; empty where the path tells nothing. At most one statement."""
    path = unquote(urlsplit(return_path).path)
    if path == "/pitch":
        return _("Sign in to pitch. What you have written stays.")
    steps = path.split("/")
    meant = record_meant("/".join(steps[:3]))
    record = await record_at(reader, *meant) if meant else None
    if record is None or not record.is_shown:
        return ""
    name = record.name if isinstance(record.name, str) else plain(record.name)
    return _reason("/".join(steps[3:4])) % {"name": name}


def _reason(deed: str) -> str:
    return {
        "help": _("Sign in to offer help to “%(name)s”."),
        "claim": _("Sign in to say that “%(name)s” is yours."),
        "register": _("Sign in to register for “%(name)s” with your account."),
        "mine": _("Sign in to take a table or sign up for the demos at “%(name)s”."),
        "tables": _("Sign in to join a project at its table at “%(name)s”."),
        "door": _("Sign in to help at the door of “%(name)s”."),
        "stage": _("Sign in to help beside the stage of “%(name)s”."),
        "run": _("Sign in to run “%(name)s”."),
    }.get(deed, _("Once you are signed in you are back at “%(name)s”."))
