"""The public directory of channels, and the page on which a project's people say where it meets."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_in_project
from registry.accounts.rules import Permission
from registry.channels.commands import ask_for_channel, link_channel, unlink_channel
from registry.channels.queries import channels_seen, directory_channels, meeting_places
from registry.channels.rules import channel_name
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.ports import ChatWorkspace
from registry.projects.words import no_such_project
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
PLACE = "/channels"


@get(PLACE)
async def channels_page(request: AnyRequest, reader: InReader, page: PageNumber = 1) -> Response[str]:
    """The chat's public channels, those with most members first."""
    chosen = read_choices(PLACE, request.query_params, ("q", "projects"))
    text, has_project = chosen.values.get("q", ""), chosen.values.get("projects") == "yes"
    seen = await channels_seen(reader, text=text, has_project=has_project)
    pager = Pager(number=page, total=seen.total, address=chosen.url()).checked()
    return render(
        request, "channels/channels.html",
        page=PageHead(
            title=_("Chat channels"), description=_("Where the community talks, and which project meets where."),
            is_indexed=not chosen.values,
        ),
        chosen=chosen, pager=pager, seen_at=seen.seen_at, address=channel_addresses(request),
        has_project=has_project, timezone=request.app.state.settings.timezone,
        rows=await directory_channels(
            reader, text=text, has_project=has_project, offset=pager.offset, limit=pager.size
        ),
    )


@get("/")
async def project_channels_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """Where a project meets, to be changed."""
    return await _project(request, reader, slug, Typed())


@post("/", status_code=SEE_OTHER)
async def project_channel_linked(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Say that a project meets in a channel."""
    typed = await read_typed(request)

    async def link() -> str:
        await link_channel(session, slug=slug, channel=typed("channel"), by=actor, now=now)
        return _place(slug)

    outcome = await attempt(session, typed, link, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _project(request, session, slug, typed)
    return see(outcome, "saved")


@post("/new", status_code=SEE_OTHER)
async def project_channel_asked(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Let a channel be made for a project."""
    typed = await read_typed(request)

    async def ask() -> str:
        await ask_for_channel(
            session, slug=slug, name=typed("name"), with_team=typed.has("with_team"), by=actor, now=now
        )
        return _place(slug)

    outcome = await attempt(session, typed, ask, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _project(request, session, slug, typed)
    return see(outcome, "channel-asked")


@post("/{channel_id:str}/remove", status_code=SEE_OTHER)
async def project_channel_unlinked(
    actor: InActor, session: InSession, now: InNow, slug: FromPath[str], channel_id: FromPath[str]
) -> Response[Any]:
    """Say that a project no longer meets in a channel."""
    await unlink_channel(session, slug=slug, channel_id=channel_id, by=actor, now=now)
    return see(_place(slug), "removed")


def channel_addresses(request: AnyRequest) -> Any:
    """What gives the address that opens a channel; none where no chat is connected."""
    chat: ChatWorkspace | None = request.app.state.connections.chat
    return chat.channel_address if chat else None


PROJECT_CHANNEL_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/projects/{slug:str}/channels", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project),
           route_handlers=[
               project_channels_page, project_channel_linked, project_channel_asked, project_channel_unlinked,
           ]),
]


def _place(slug: str) -> str:
    return f"/projects/{slug}/channels"


async def _project(request: AnyRequest, reader: Reader, slug: str, typed: Typed) -> Response[str]:
    project = await meeting_places(reader, slug)
    if project is None:
        raise NotFound(no_such_project())
    offered = channel_name(project.name.get("en", ""), otherwise=project.slug)
    return render(
        request, "channels/project.html", page=PageHead(title=_("Where it meets"), is_indexed=False),
        typed=typed, new=typed if typed.error("name") else Typed.of(name=offered), status_code=typed.status,
        project=project, address=channel_addresses(request),
    )
