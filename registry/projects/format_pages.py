"""A project for other programs and sites: files for its repository, and a card to show elsewhere."""

from collections.abc import Sequence
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.addresses import Addresses, percent_encoded
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.projects.pages import quiet_before
from registry.projects.queries.listing import project_card
from registry.projects.records import ProjectRecord, project_record
from registry.projects.sharing import project_share_card
from registry.projects.words import no_such_project
from registry.repositories.files.writing import ProposedFile, g0v_json, publiccode_yml
from registry.web.cards.kept import answer_card
from registry.web.dependencies import InAddresses, InNow, InReader
from registry.web.headers import OPEN_TO_FRAMES
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.render import PageHead, SiteContext, render

AnyRequest = Request[Any, Any, Any]


@get("/projects/{slug:str}/g0v.json")
async def project_g0v_json(
    request: AnyRequest, reader: InReader, addresses: InAddresses, slug: FromPath[str]
) -> Response[str]:
    """The project as a ``g0v.json`` for its repository."""
    project = await _project(reader, slug, addresses)
    return _download(g0v_json(project, community=SiteContext(request).community), MediaType.JSON)


@get("/projects/{slug:str}/publiccode.yml")
async def project_publiccode_yml(reader: InReader, addresses: InAddresses, slug: FromPath[str]) -> Response[str]:
    """The project as a ``publiccode.yml`` for its repository."""
    return _download(publiccode_yml(await _project(reader, slug, addresses)), "text/plain; charset=utf-8")


@get("/projects/{slug:str}/card")
async def project_card_page(request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]) -> Response[str]:
    """The project's card alone, for frames of other sites; it tells the frame how high it is."""
    card = await project_card(reader, slug, quiet_before=quiet_before(request, now))
    if card is None:
        raise NotFound(no_such_project())
    response = render(
        request, "projects/card.html", page=PageHead(title=plain(card.name), is_indexed=False), card=card
    )
    response.headers.update(OPEN_TO_FRAMES)
    return response


@get("/projects/{slug:str}/card.png")
async def project_share_picture(
    request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]
) -> Response[bytes]:
    """The project's card as a picture, for chats and social sites."""
    project = await project_card(reader, slug, quiet_before=quiet_before(request, now))
    if project is None:
        raise NotFound(no_such_project())
    return await answer_card(request, project_share_card(project))


@get("/projects/{slug:str}/elsewhere")
async def project_elsewhere_page(
    request: AnyRequest, reader: InReader, addresses: InAddresses, slug: FromPath[str]
) -> Response[str]:
    """How to show the project on another site, and which files could stand in its repository."""
    project, site = await _project(reader, slug, addresses), SiteContext(request)
    return render(
        request, "projects/elsewhere.html", site=site,
        page=PageHead(
            title=_("%(project)s elsewhere") % {"project": plain(project.name)}, is_indexed=False,
            description=_("A card for your own site, files for its repository, and feeds."),
        ),
        project=project, here=percent_encoded(f"/projects/{project.id}"),
        files=[g0v_json(project, community=site.community), publiccode_yml(project)],
    )


PROJECT_FORMATS: Sequence[ControllerRouterHandler] = [
    project_g0v_json, project_publiccode_yml, project_card_page, project_share_picture,
    project_elsewhere_page,
]


async def _project(reader: Reader, slug: str, addresses: Addresses) -> ProjectRecord:
    project = await project_record(reader, slug, addresses)
    if project is None:
        raise NotFound(no_such_project())
    return project


def _download(file: ProposedFile, media_type: str) -> Response[str]:
    return Response(
        file.text, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{file.name}"'}
    )
