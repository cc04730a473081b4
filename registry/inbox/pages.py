"""The inbox, and what its reader follows."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.addresses import percent_encoded
from registry.errors import BadInput
from registry.inbox.commands import follow, mark_all_read, mark_read, unfollow
from registry.inbox.queries import count_followed, count_notices, followed_records, notices_of, public_record
from registry.inbox.words import notice_sentence
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, read_typed, see

AnyRequest = Request[Any, Any, Any]
RowNumber = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]


@get("/inbox")
async def inbox_page(request: AnyRequest, actor: InActor, reader: InReader, page: PageNumber = 1) -> Response[str]:
    """What the reader was told, the unread first."""
    person_id = person_id_of(actor)
    pager = Pager(number=page, total=await count_notices(reader, person_id=person_id), address="/inbox").checked()
    notices = await notices_of(reader, person_id=person_id, offset=pager.offset, limit=pager.size)
    return render(
        request, "inbox/inbox.html", page=PageHead(title=_("Inbox"), is_indexed=False), pager=pager,
        notices=[(notice, notice_sentence(notice.kind, notice.facts)) for notice in notices],
        timezone=request.app.state.settings.timezone,
    )


@post("/inbox/{notice_id:int}/read", status_code=SEE_OTHER)
async def inbox_read(
    request: AnyRequest, actor: InActor, notice_id: RowNumber, session: InSession, now: InNow
) -> Response[Any]:
    """Mark a notice as read, and go where it leads when it was opened."""
    typed = await read_typed(request)
    path = await mark_read(session, person_id=person_id_of(actor), notice_id=notice_id, now=now)
    return see(percent_encoded(path) if typed.has("open") else "/inbox")


@post("/inbox/read", status_code=SEE_OTHER)
async def inbox_read_all(actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Mark everything as read."""
    await mark_all_read(session, person_id=person_id_of(actor), now=now)
    return see("/inbox")


@get("/following")
async def following_page(
    request: AnyRequest, actor: InActor, reader: InReader, page: PageNumber = 1
) -> Response[str]:
    """What the reader follows."""
    person_id = person_id_of(actor)
    pager = Pager(number=page, total=await count_followed(reader, person_id=person_id), address="/following").checked()
    return render(
        request, "inbox/following.html", page=PageHead(title=_("What you follow"), is_indexed=False), pager=pager,
        records=await followed_records(reader, person_id=person_id, offset=pager.offset, limit=pager.size),
    )


@post("/following", status_code=SEE_OTHER)
async def following_add(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Follow a record, and go back to its page."""
    typed = await read_typed(request)
    path = await follow(
        session, person_id=person_id_of(actor), collection=typed("collection"), name=typed("name"), now=now
    )
    return see(percent_encoded(path), "followed")


@post("/following/end", status_code=SEE_OTHER)
async def following_end(request: AnyRequest, actor: InActor, session: InSession) -> Response[Any]:
    """Follow a record no more, and go back to where the button was."""
    typed = await read_typed(request)
    record = await public_record(session, typed("collection"), typed("name"))
    if record is None:
        raise BadInput(_("There is nothing of that name to follow."))
    await unfollow(session, person_id=person_id_of(actor), subject=record.subject, target=record.target)
    return see("/following" if typed.has("listed") else percent_encoded(record.path), "unfollowed")


INBOX_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/", opt=needs(Permission.MANAGE_OWN_ACCOUNT), route_handlers=[
        inbox_page, inbox_read, inbox_read_all, following_page, following_add, following_end,
    ]),
]


def person_id_of(actor: Actor) -> int:
    """The row number of whoever is signed in: the permission is not a visitor's."""
    assert actor.person_id is not None  # noqa: S101 — see above
    return actor.person_id
