"""What a page says after something was done: one sentence for each name that an address may carry as ``done``."""

from collections.abc import Callable

from registry.web.i18n import gettext as _

_SENTENCES: dict[str, Callable[[], str]] = {
    "checked-in": lambda: _("Checked in."),
    "check-in-undone": lambda: _("No longer checked in."),
    "answered": lambda: _("Thank you: your answer is on record."),
    "moved": lambda: _("Moved to another stage. What is still unmet stays on the list."),
    "event-drafted": lambda: _("The draft is there. Nobody but organisers sees it until you publish it."),
    "saved": lambda: _("Saved."),
    "looked-through": lambda: _("The file was looked through again. Nothing is imported yet."),
    "imported": lambda: _("Imported. The report says what became of each row."),
    "contributed": lambda: _("Thank you. It counts as soon as somebody of the project or event confirms it."),
    "confirmed": lambda: _("Confirmed. The person is told."),
    "declined": lambda: _("Sent back with your reason. The person can change it."),
    "issued": lambda: _("The statement is issued. Print this page, or give its address to whoever asks."),
    "revoked": lambda: _("Revoked: whoever opens its address sees that it no longer stands."),
    "reported": lambda: _("Thank you. The organisers will look at it."),
    "hidden": lambda: _("Hidden: only its own people and organisers see it now."),
    "shown": lambda: _("Everyone sees it again."),
    "dismissed": lambda: _("Left as it is."),
    "erasing": lambda: _("You are signed out, and your data will be erased. Signing in before that day stops it."),
    "kept": lambda: _("Welcome back. You are not erased: signing in stopped it."),
    "draft-begun": lambda: _("Your draft is begun. Nobody else sees it. Go on as far as you like."),
    "pitched": lambda: _("Your pitch is out. Share its page, or print the poster."),
    "withdrawn": lambda: _("Withdrawn. Nobody sees it but you; you can put it back."),
    "discarded": lambda: _("The draft is deleted."),
    "filled": lambda: _("Filled in what could be found. What you had typed was left alone."),
    "begun": lambda: _("It has begun. Now tell others what it is about, and whom it looks for."),
    "posted": lambda: _("Posted."),
    "left": lambda: _("You are no longer in this project's team."),
    "removed": lambda: _("Removed."),
    "token-revoked": lambda: _("Revoked: nothing can be done with that token any more."),
    "followed": lambda: _("You follow this now. What happens here arrives in your inbox."),
    "unfollowed": lambda: _("You no longer follow it."),
    "mail_stopped": lambda: _("You will get no more mail. Your inbox here goes on."),
    "channel-asked": lambda: _("The channel is being made. You are told as soon as it is there."),
    "held": lambda: _("Held back until somebody lets it go."),
    "let-go": lambda: _("It is on its way."),
    "announcement-dropped": lambda: _("Dropped: the chat is not told of it."),
    "dropped": lambda: _("Dropped. The log says why."),
    "tried_again": lambda: _("It is on its way again."),
    "claimed": lambda: _("Thank you. You are told as soon as somebody has answered."),
    "decided": lambda: _("Decided. You can take it back here."),
    "reopened": lambda: _("Taken back, but for what has changed since."),
    "taken_back": lambda: _("Taken back. This, too, stands in the history and can be taken back."),
    "undone": lambda: _("Undone: everything is as it was before."),
    "table-taken": lambda: _("The table is yours. Everyone sees on the board where you work."),
    "table-left": lambda: _("The table is free again."),
    "demo-signed-up": lambda: _("You are in the demos."),
    "demo-withdrawn": lambda: _("You are no longer in the demos."),
    "joined": lambda: _("You joined. It stands among your contributions now."),
    "result-written": lambda: _("Thank you. It is on record."),
    "videos-kept": lambda: _("The videos stand beside their pitches now."),
    "case-begun": lambda: _("It has begun, with all that the record knows. Now tell the rest."),
    "case-sent": lambda: _("The organisers are asked to read it. You can still change it."),
    "case-sent-back": lambda: _("It is back with its writers, and they are told why."),
    "case-published": lambda: _("Published. Tell the people in it."),
    "record-offered": lambda: _("It goes out as a pull request, or brings the open one up to date."),
    "offered": lambda: _("Thank you! Your offer is on its way. You will find the answer here."),
    "offer-answered": lambda: _("Your answer is given, and the person is told."),
    "offer-withdrawn": lambda: _("Your offer is taken back."),
    "roles-kept": lambda: _("What you offer is kept in your account."),
}


def done_sentence(name: str | None) -> str:
    """The sentence for a name; empty for a name that is none of ours."""
    sentence = _SENTENCES.get(name or "")
    return sentence() if sentence else ""
