"""Writing a pitch together: the page behind an invitation, joining and leaving."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from registry.accounts.queries import roles_in_proposal
from registry.accounts.rules import Permission
from registry.errors import NotFound
from registry.inbox.keys import key_in, secret_name
from registry.proposals.initiators import invitation_to, join_draft, leave_draft
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.sessions import keep_to_reader
from registry.web.typed import SEE_OTHER, see

AnyRequest = Request[Any, Any, Any]
_PURPOSE = "join a draft"


@get("/pitch/join/{name:str}", opt=needs(Permission.PITCH))
async def invitation_page(
    request: AnyRequest, reader: InReader, actor: InActor, name: FromPath[str]
) -> Response[str]:
    """What one is invited to write, and a button."""
    draft = await invitation_to(reader, _slug_in(request, name), actor)
    answer = render(
        request, "proposals/invitation.html", draft=draft, invitation=name,
        page=PageHead(title=_("Pitch together: %(title)s") % {"title": plain(draft.title)}, is_indexed=False),
    )
    keep_to_reader(answer)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


@post("/pitch/join/{name:str}", opt=needs(Permission.PITCH), status_code=SEE_OTHER)
async def invitation_taken(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, name: FromPath[str]
) -> Response[Any]:
    """Write it with the others."""
    draft = await join_draft(session, slug=_slug_in(request, name), by=actor, now=now)
    return see(f"/proposals/{draft.slug}/edit", "saved")


@post(
    "/proposals/{slug:str}/leave", opt=needs(Permission.EDIT_PITCH, there=roles_in_proposal), status_code=SEE_OTHER
)
async def draft_left(session: InSession, actor: InActor, now: InNow, slug: FromPath[str]) -> Response[Any]:
    """Write it no longer."""
    await leave_draft(session, slug=slug, by=actor, now=now)
    return see("/pitch/mine", "saved")


INVITATION_ROUTES = [invitation_page, invitation_taken, draft_left]


def invitation_address(settings: Settings, slug: str) -> str:
    """The secret address that lets somebody into a draft; it ends when the draft is submitted or deleted."""
    return f"{settings.base_url}/pitch/join/{secret_name(settings, _PURPOSE, slug)}"


def _slug_in(request: AnyRequest, name: str) -> str:
    slug = key_in(request.app.state.settings, _PURPOSE, name)
    if slug is None:
        raise NotFound(_("This invitation is not whole. Open the link that you were given, to its end."))
    return slug
