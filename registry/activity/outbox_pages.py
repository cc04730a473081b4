"""What could not be delivered, for organisers: why, and a button to try it again."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.rules import Permission
from registry.activity.outbox import drop_message, given_up_message, given_up_messages, outbox_backlog, try_again
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

RowNumber = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]
OUTBOX = "/outbox"


@get("/")
async def outbox_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """The messages that were given up, the last first, and how many wait."""
    backlog = await outbox_backlog(reader, now=now)
    pager = Pager(number=page, total=backlog.given_up, address=OUTBOX).checked()
    return render(
        request, "activity/outbox.html", page=PageHead(title=_("What could not be delivered"), is_indexed=False),
        backlog=backlog, pager=pager, timezone=request.app.state.settings.timezone,
        messages=await given_up_messages(reader, offset=pager.offset, limit=pager.size),
    )


@post("/{message_id:int}/again", status_code=SEE_OTHER)
async def outbox_again(actor: InActor, message_id: RowNumber, session: InSession, now: InNow) -> Response[Any]:
    """Put a message on its way again."""
    await try_again(session, message_id=message_id, by=actor.label, now=now)
    return see(OUTBOX, "tried_again")


@get("/{message_id:int}/drop")
async def outbox_drop_page(request: Request[Any, Any, Any], reader: InReader, message_id: RowNumber) -> Response[str]:
    """Ask why a message is to be dropped."""
    return await _drop_page(request, reader, message_id, Typed.of())


@post("/{message_id:int}/drop", status_code=SEE_OTHER)
async def outbox_drop(
    request: Request[Any, Any, Any], actor: InActor, message_id: RowNumber, session: InSession, now: InNow
) -> Response[Any]:
    """Drop a message for good."""
    typed = await read_typed(request)

    async def drop() -> str:
        await drop_message(session, message_id=message_id, reason=typed("reason"), by=actor.label, now=now)
        return OUTBOX

    outcome = await attempt(session, typed, drop, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _drop_page(request, session, message_id, typed)
    return see(outcome, "dropped")


async def _drop_page(
    request: Request[Any, Any, Any], reader: Reader, message_id: int, typed: Typed
) -> Response[str]:
    message = await given_up_message(reader, message_id)
    if message is None:
        raise NotFound(_("This message is not waiting for anybody. It may be on its way again."))
    return render(
        request, "activity/outbox_drop.html", page=PageHead(title=_("Drop this message"), is_indexed=False),
        status_code=typed.status, message=message, typed=typed,
    )


OUTBOX_ROUTES: Sequence[ControllerRouterHandler] = [
    Router(OUTBOX, opt=needs(Permission.MODERATE), route_handlers=[
        outbox_page, outbox_again, outbox_drop_page, outbox_drop,
    ]),
]
