"""What stands at the address of a hidden record: for its people and organisers all of it, for others one sentence."""

from typing import Any

from litestar import Request, Response

from registry.accounts.rules import Permission
from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.errors import Gone
from registry.moderation.queries import may_see_hidden
from registry.moderation.records import record_at
from registry.moderation.rules import OUT_OF_SIGHT
from registry.moderation.words import kind_name
from registry.web.i18n import gettext as _
from registry.web.i18n import plain_name
from registry.web.render import PageHead, render
from registry.web.sessions import actor_in


async def hidden_record_page(
    request: Request[Any, Any, Any], reader: Reader, subject: Subject, slug: str
) -> Response[str] | None:
    """The page of a record that is hidden; none when it is not (at most two statements).

    Raises:
        Gone: it is hidden, and this reader does not see it.
    """
    record = await record_at(reader, subject, slug)
    if record is None or record.hidden_at is None or record.hidden_reason in OUT_OF_SIGHT:
        return None
    actor = actor_in(request)
    if not await may_see_hidden(reader, actor, subject, record.id):
        raise Gone(_("The organisers have hidden this. Whose it is finds the reason here after signing in."))
    return render(
        request, "moderation/hidden.html", page=PageHead(title=plain_name(record.name), is_indexed=False),
        record=record,
        kind=kind_name(subject), may_show=actor.may(Permission.MODERATE),
        timezone=request.app.state.settings.timezone,
    )
