"""The form in which owners write what came of a pitch."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import Actor, may_edit_project, roles_in_proposal
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.handbook import needs as need_words
from registry.results.commands import say_result
from registry.results.queries import WrittenResult, written_result
from registry.results.rules import MOST_WORDS
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, fields_of, read_typed, see

AnyRequest = Request[Any, Any, Any]
_EDITS = needs(Permission.EDIT_PITCH, there=roles_in_proposal)


@get("/proposals/{slug:str}/result", opt=_EDITS)
async def result_page(request: AnyRequest, actor: InActor, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The result of a pitch, to be written, and whom its project looks for now."""
    written = await _written(reader, slug)
    typed = Typed.of(
        **fields_of(result=written.result), sought=[need.key for need in written.sought],
        revision=str(written.revision),
    )
    return await _form(request, reader, actor, written, typed)


@post("/proposals/{slug:str}/result", opt=_EDITS, status_code=SEE_OTHER)
async def result_write(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Keep the result of a pitch."""
    typed = await read_typed(request)
    written = await _written(session, slug)
    may_seek = await may_edit_project(session, actor, written.project_slug or "")

    async def write() -> str:
        await say_result(
            session, slug=slug, result=typed.texts("result", before=written.result),
            sought=typed.every("sought") if may_seek else None, revision=typed.revision,
            theirs=fields_of(result=written.result), by=actor, now=now,
        )
        return f"/proposals/{slug}"

    outcome = await attempt(session, typed, write, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _form(request, session, actor, written, typed)
    return see(outcome, "result-written")


RESULT_ROUTES: Sequence[ControllerRouterHandler] = [result_page, result_write]


async def _written(reader: Reader, slug: str) -> WrittenResult:
    written = await written_result(reader, slug)
    if written is None:
        raise NotFound(_("There is no such pitch. It may have another address, or was taken out of the record."))
    return written


async def _form(
    request: AnyRequest, reader: Reader, actor: Actor, written: WrittenResult, typed: Typed
) -> Response[str]:
    return render(
        request, "results/result.html", status_code=typed.status, typed=typed, pitch=written,
        may_seek=await may_edit_project(reader, actor, written.project_slug or ""), most_words=MOST_WORDS,
        needs=[(need.key, plain(need.name)) for need in need_words().values()],
        labels=[(f"result-{tag}", _("What came of it")) for tag in languages()],
        page=PageHead(title=_("What came of “%(title)s”") % {"title": plain(written.title)}, is_indexed=False),
    )
