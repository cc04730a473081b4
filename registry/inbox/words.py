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
        NoticeKind.MAINTAINER_ADDED: _("%(by)s made you a maintainer of %(project)s."),
        NoticeKind.CONTRIBUTOR_ADDED: _("%(by)s named you a contributor of %(project)s."),
        NoticeKind.PART_ENDED: _("%(by)s ended your part in %(project)s."),
        NoticeKind.MEMBER_LEFT: _("%(by)s left %(project)s."),
        NoticeKind.HANDED_OVER: _("%(by)s handed %(project)s over to you."),
        NoticeKind.ALIVE_ASKED: _("Nothing was heard of %(project)s for a long time. Is it still alive?"),
        NoticeKind.MOVED_UP: _("A place became free: you can come to %(event)s."),
    }[kind] % shown
