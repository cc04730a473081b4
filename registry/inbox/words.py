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
        NoticeKind.REPORT_HIDDEN: _("You reported “%(about)s”. It is hidden now. Thank you."),
        NoticeKind.REPORT_DISMISSED: _("You reported “%(about)s”. It stays as it is: %(reason)s"),
        NoticeKind.RECORD_HIDDEN: _("The organisers hid “%(about)s”: %(reason)s"),
        NoticeKind.RECORD_SHOWN: _("“%(about)s” is shown to everyone again."),
        NoticeKind.PROJECT_PITCHED: _("Your project %(project)s was pitched by somebody else: %(title)s."),
        NoticeKind.MAINTAINER_ADDED: _("%(by)s made you a maintainer of %(project)s."),
        NoticeKind.CONTRIBUTOR_ADDED: _("%(by)s named you a contributor of %(project)s."),
        NoticeKind.PART_ENDED: _("%(by)s ended your part in %(project)s."),
        NoticeKind.MEMBER_LEFT: _("%(by)s left %(project)s."),
        NoticeKind.HANDED_OVER: _("%(by)s handed %(project)s over to you."),
        NoticeKind.HELP_OFFERED: _("%(by)s offers to help %(project)s."),
        NoticeKind.HELP_WITHDRAWN: _("%(by)s took back the offer to help %(project)s."),
        NoticeKind.HELP_ACCEPTED: _("%(project)s says welcome: you are one of its contributors now."),
        NoticeKind.HELP_THANKED: _("%(project)s thanks you: it is full now, and keeps your offer for later."),
        NoticeKind.HELP_DECLINED: _("%(project)s answered your offer: not this time."),
        NoticeKind.JOINED_AT_TABLE: _("%(by)s joined %(project)s at its table."),
        NoticeKind.RESULT_ASKED: _("What came of %(project)s at %(event)s? 150 words keep it on record."),
        NoticeKind.ALIVE_ASKED: _("Nothing was heard of %(project)s for a long time. Is it still alive?"),
    }[kind] % shown
