"""The sentence of each kind of notice, in the reader's words."""

from typing import Any

from registry.inbox.rules import NoticeKind
from registry.web.i18n import gettext as _
from registry.web.i18n import plain


def notice_sentence(kind: NoticeKind, facts: dict[str, Any]) -> str:
    """What a notice says. Facts that are texts by language are shown in the reader's."""
    shown = {name: plain(value) if isinstance(value, dict) else value for name, value in facts.items()}
    return {
        NoticeKind.OWNER_ADDED: _("%(by)s made you an owner of %(project)s."),
        NoticeKind.ALIVE_ASKED: _("Nothing was heard of %(project)s for a long time. Is it still alive?"),
    }[kind] % shown
