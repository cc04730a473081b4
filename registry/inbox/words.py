"""The sentence of each kind of notice, and what mail and feeds say, in the reader's words."""

from collections import defaultdict
from typing import Any

from registry.inbox.rules import MailPace, NoticeKind
from registry.web.i18n import gettext as _
from registry.web.i18n import plain


def notice_sentence(kind: NoticeKind, facts: dict[str, Any]) -> str:
    """What a notice says. Facts that are texts by language are shown in the reader's; one that is missing as "?"."""
    shown: defaultdict[str, Any] = defaultdict(lambda: "?")
    shown.update({name: plain(value) if isinstance(value, dict) else value for name, value in facts.items()})
    return {
        NoticeKind.OWNER_ADDED: _("%(by)s made you an owner of %(project)s."),
        NoticeKind.REPORT_HIDDEN: _("You reported “%(about)s”. It is hidden now. Thank you."),
        NoticeKind.REPORT_DISMISSED: _("You reported “%(about)s”. It stays as it is: %(reason)s"),
        NoticeKind.RECORD_HIDDEN: _("The organisers hid “%(about)s”: %(reason)s"),
        NoticeKind.RECORD_SHOWN: _("“%(about)s” is shown to everyone again."),
        NoticeKind.PROJECT_PITCHED: _("Your project %(project)s was pitched by somebody else: %(title)s."),
        NoticeKind.FOLLOWED_PITCH: _("%(project)s is pitched at %(event)s."),
        NoticeKind.FOLLOWED_FOUNDING: _("%(project)s is a new project about something you follow."),
        NoticeKind.FOLLOWED_UPDATE: _("%(project)s tells what is new."),
        NoticeKind.FOLLOWED_NEED: _("%(project)s is looking for people."),
        NoticeKind.FOLLOWED_STAGE: _("%(project)s is at another stage now."),
        NoticeKind.FOLLOWED_HANDOVER: _("%(project)s is in other hands now."),
        NoticeKind.FOLLOWED_MERGE: _("%(project)s and another record of it were joined."),
        NoticeKind.FOLLOWED_EVENT: _("%(event)s is announced."),
        NoticeKind.FOLLOWED_CANCELLATION: _("%(event)s is called off."),
        NoticeKind.GIVEN_UP: _("A message (%(messages)s) could not be delivered. See what went wrong and try again."),
        NoticeKind.CLAIM_MADE: _("%(by)s says that %(record)s is theirs. Please have a look."),
        NoticeKind.CLAIM_APPROVED: _("%(record)s is yours now."),
        NoticeKind.CLAIM_DECLINED: _("Your claim on %(record)s was declined: %(reason)s"),
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
        NoticeKind.REPOSITORY_GONE: _(
            "%(repository)s, the source code of %(project)s, is not there any more. If the code lives elsewhere now, "
            "put the new address on the project's page. What was known of it is kept."
        ),
        NoticeKind.REPOSITORY_CLOSED: _(
            "%(repository)s, the source code of %(project)s, is private now, so nobody can read it or join in. Make it "
            "public again on its forge, or say on the project's page where people can find the code."
        ),
        NoticeKind.REPOSITORY_BLOCKED: _(
            "%(repository)s, the source code of %(project)s, is blocked by its forge for legal reasons. Its page there "
            "says why and how to answer."
        ),
        NoticeKind.REPOSITORY_MOVED: _(
            "%(before)s, the source code of %(project)s, is called %(repository)s now. We follow it; put the new "
            "address on the project's page, since somebody else may take the old one."
        ),
        NoticeKind.REPOSITORY_ARCHIVED: _(
            "%(repository)s, the source code of %(project)s, is archived: it can be read, and takes no more changes. "
            "Say on the project's page whether it has ended or goes on elsewhere."
        ),
        NoticeKind.REPOSITORY_FAULTY: _(
            "Something in %(files)s of %(repository)s cannot be understood here. See what, and what to write instead."
        ),
        NoticeKind.CONTRIBUTION_SAID: _("Somebody added what they did for %(place)s. Please confirm it."),
        NoticeKind.CONTRIBUTION_CONFIRMED: _("What you did for %(place)s is confirmed."),
        NoticeKind.CONTRIBUTION_DECLINED: _("What you added to %(place)s is not confirmed: %(reason)s"),
        NoticeKind.STAGE_CUED: _("%(project)s is next but one on stage at %(event)s. Please come to the front."),
        NoticeKind.DEMOS_CALLED: _("Show what became of %(project)s: sign up for the demos of %(event)s now."),
        NoticeKind.CHANNEL_MADE: _("The channel #%(channel)s is made for %(project)s."),
        NoticeKind.FOLLOWED_CASE: _("There is something new to read in the case study of %(project)s."),
        NoticeKind.CASE_BEGUN: _("%(by)s is writing a case study of %(project)s. You can write it, too."),
        NoticeKind.CASE_WRITER: _("%(by)s asks you to write the case study “%(case)s” together."),
        NoticeKind.CASE_IN_REVIEW: _("%(by)s asks for a review of the case study “%(case)s”."),
        NoticeKind.CASE_COMMENTED: _("%(by)s commented on the case study “%(case)s”."),
        NoticeKind.CASE_SENT_BACK: _("The case study “%(case)s” is back with its writers: %(reason)s"),
        NoticeKind.CASE_PUBLISHED: _("The case study “%(case)s” is published."),
        NoticeKind.RECEIVER_OFF: _(
            "The webhook at %(host)s takes nothing and was switched off. See what went wrong, then switch it on."
        ),
        NoticeKind.ACCESS_GIVEN: _(
            "A new access token, “%(token)s”, can act in your name. If you did not make it, revoke it and sign out "
            "everywhere."
        ),
        NoticeKind.MOVED_UP: _("A place became free: you can come to %(event)s."),
    }[kind] % shown


def pace_words() -> list[tuple[str, str]]:
    """How often one can be mailed, as choices."""
    return [
        (MailPace.NEVER.value, _("Nothing")),
        (MailPace.DAILY.value, _("Once a day, all together")),
        (MailPace.AT_ONCE.value, _("Each thing at once")),
    ]
