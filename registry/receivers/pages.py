"""Webhooks of one's own: for organisers those of everything, for owners those of their project, and how to receive."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from inspect import getsource
from typing import Annotated, Any, NamedTuple, get_type_hints

from litestar import Request, Response, Router, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_in_project
from registry.accounts.rules import Permission
from registry.announcements.rules import FactKind
from registry.announcements.words import kind_name
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.projects.words import no_such_project
from registry.receivers import verifying
from registry.receivers.commands import (
    add_receiver,
    change_receiver,
    remove_receiver,
    renew_secret,
    send_again,
    send_test,
    switch_receiver,
)
from registry.receivers.message import ReceiverMessage
from registry.receivers.queries import (
    ProjectHead,
    count_dispatches,
    dispatches_to,
    project_with_receivers,
    receiver_row,
    receivers_of,
)
from registry.receivers.rules import OF_PROJECTS
from registry.receivers.sending import secret_of
from registry.receivers.words import dispatch_state_name, message_kind_name, off_sentence, trouble_of
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
RowNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
PLACE = "/webhooks"
RECEIVING = "/webhooks/receiving"
Act = Callable[..., Awaitable[None]]


class Whose(NamedTuple):
    """Whose webhooks a page is about: a project's, or with none those of everything; and its address."""

    project: ProjectHead | None
    path: str

    @property
    def project_id(self) -> int | None:
        """The project's row number, where it is one's."""
        return self.project.id if self.project else None


@get(RECEIVING, sync_to_thread=False)
def receiving_page(request: AnyRequest) -> Response[str]:
    """How a program receives what it is told, and how it knows that it is from here."""
    return render(
        request, "receivers/receiving.html",
        page=PageHead(title=_("Receive webhooks"), description=_("Have a program of your own told what is new here.")),
        kinds=[(kind.value, kind_name(kind), kind in OF_PROJECTS) for kind in FactKind],
        fields=[
            (name, _(hint.__metadata__[0].description))
            for name, hint in get_type_hints(ReceiverMessage, include_extras=True).items()
        ],
        example=getsource(verifying),
    )


@get("/")
async def receivers_page(request: AnyRequest, reader: InReader) -> Response[str]:
    """The webhooks that are there, and a form for another one."""
    return await _list(request, reader, await _whose(request, reader), Typed())


@post("/", status_code=200)
async def receiver_added(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Add a webhook; the answer shows its secret, this once."""
    typed, whose = await read_typed(request), await _whose(request, session)

    async def add() -> str:
        receiver = await add_receiver(
            session, project_id=whose.project_id, address=typed("address"), kinds=typed.every("kinds"), by=actor,
            now=now,
        )
        return f"{whose.path}/{receiver.id}"

    outcome = await attempt(session, typed, add, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _list(request, session, whose, typed)
    return await _receiver(request, session, whose, int(outcome.rpartition("/")[2]), shows_secret=True)


@get("/{number:int}")
async def receiver_page(
    request: AnyRequest, reader: InReader, number: RowNumber, page: PageNumber = 1
) -> Response[str]:
    """One webhook: what it is told, what was sent and what came of that."""
    return await _receiver(request, reader, await _whose(request, reader), number, page=page)


@post("/{number:int}", status_code=SEE_OTHER)
async def receiver_changed(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Give a webhook another address or other kinds."""
    typed, whose = await read_typed(request), await _whose(request, session)

    async def change() -> str:
        await change_receiver(
            session, receiver_id=number, project_id=whose.project_id, address=typed("address"),
            kinds=typed.every("kinds"), revision=typed.revision, by=actor, now=now,
        )
        return f"{whose.path}/{number}"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _receiver(request, session, whose, number, typed=typed)
    return see(outcome, "saved")


@post("/{number:int}/secret", status_code=200)
async def receiver_secret(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Make another secret; the answer shows it, this once."""
    outcome, whose, typed = await _acted(request, session, number, renew_secret, by=actor, now=now)
    return await _receiver(
        request, session, whose, number, typed=typed, shows_secret=not isinstance(outcome, RegistryError)
    )


@post("/{number:int}/test", status_code=SEE_OTHER)
async def receiver_tested(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Send a test."""
    return await _act(request, session, number, send_test, "let-go", by=actor, now=now)


@post("/{number:int}/on", status_code=SEE_OTHER)
async def receiver_on(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Switch a webhook on."""
    return await _act(request, session, number, switch_receiver, "saved", by=actor, now=now, is_on=True)


@post("/{number:int}/off", status_code=SEE_OTHER)
async def receiver_off(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Switch a webhook off."""
    return await _act(request, session, number, switch_receiver, "saved", by=actor, now=now, is_on=False)


@post("/{number:int}/sent/{dispatch:int}/again", status_code=SEE_OTHER)
async def dispatch_again(
    *, request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber, dispatch: RowNumber
) -> Response[Any]:
    """Send a message again."""
    return await _act(request, session, number, send_again, "tried_again", by=actor, now=now, dispatch_id=dispatch)


@post("/{number:int}/remove", status_code=SEE_OTHER)
async def receiver_removed(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Remove a webhook."""
    whose = await _whose(request, session)
    await remove_receiver(session, receiver_id=number, project_id=whose.project_id, by=actor, now=now)
    return see(whose.path, "removed")


_HANDLERS = [
    receivers_page, receiver_added, receiver_page, receiver_changed, receiver_secret, receiver_tested, receiver_on,
    receiver_off, dispatch_again, receiver_removed,
]
RECEIVER_ROUTES: Sequence[ControllerRouterHandler] = [
    Router(PLACE, opt=needs(Permission.TELL_PROGRAMS), route_handlers=_HANDLERS),
    Router("/projects/{slug:str}/webhooks", opt=needs(Permission.TELL_PROGRAMS, there=roles_in_project),
           route_handlers=_HANDLERS),
]


async def _whose(request: AnyRequest, reader: Reader) -> Whose:
    slug = request.path_params.get("slug")
    if slug is None:
        return Whose(None, PLACE)
    project = await project_with_receivers(reader, slug)
    if project is None:
        raise NotFound(no_such_project())
    return Whose(project, f"/projects/{project.slug}/webhooks")


async def _acted(
    request: AnyRequest, session: AsyncSession, number: int, act: Act, *, by: Actor, now: datetime, **what: Any
) -> tuple[str | RegistryError, Whose, Typed]:
    typed, whose = await read_typed(request), await _whose(request, session)

    async def work() -> str:
        await act(session, receiver_id=number, project_id=whose.project_id, by=by, now=now, **what)
        return f"{whose.path}/{number}"

    return await attempt(session, typed, work, by=by, now=now), whose, typed


async def _act(
    request: AnyRequest, session: AsyncSession, number: int, act: Act, done: str, *, by: Actor, now: datetime,
    **what: Any,
) -> Response[Any]:
    outcome, whose, typed = await _acted(request, session, number, act, by=by, now=now, **what)
    if isinstance(outcome, RegistryError):
        return await _receiver(request, session, whose, number, typed=typed)
    return see(outcome, done)


def _kinds(whose: Whose) -> list[tuple[str, str]]:
    return [(kind.value, kind_name(kind)) for kind in FactKind if whose.project is None or kind in OF_PROJECTS]


async def _list(request: AnyRequest, reader: Reader, whose: Whose, typed: Typed) -> Response[str]:
    return render(
        request, "receivers/list.html", page=PageHead(title=_("Webhooks"), is_indexed=False), typed=typed,
        status_code=typed.status, whose=whose, kinds=_kinds(whose), message_kind_name=message_kind_name,
        off_sentence=off_sentence, receivers=await receivers_of(reader, whose.project_id), receiving=RECEIVING,
    )


async def _receiver(
    request: AnyRequest, reader: Reader, whose: Whose, number: int, *, typed: Typed | None = None, page: int = 1,
    shows_secret: bool = False,
) -> Response[str]:
    settings = request.app.state.settings
    row = await receiver_row(reader, number, whose.project_id)
    if row is None:
        raise NotFound(_("There is no such webhook here. It may have been removed."))
    path = f"{whose.path}/{number}"
    pager = Pager(number=page, total=await count_dispatches(reader, number), address=path).checked()
    known = Typed.of(address=row.address, kinds=row.kinds, revision=str(row.revision))
    if typed is None or typed.refusal is None:
        typed = known
    elif not typed.has("address"):
        typed = known.refused(typed.refusal)
    return render(
        request, "receivers/receiver.html", page=PageHead(title=_("Webhook"), is_indexed=False), typed=typed,
        status_code=typed.status, whose=whose, path=path, row=row, kinds=_kinds(whose), pager=pager,
        secret=secret_of(settings, row.key) if shows_secret else "", off=off_sentence(row),
        message_kind_name=message_kind_name, state_name=dispatch_state_name, trouble_of=trouble_of,
        receiving=RECEIVING, timezone=settings.timezone,
        sent=await dispatches_to(reader, number, offset=pager.offset, limit=pager.size),
    )
