"""Where case studies are written, reviewed and published: pages for writers, a project's people and organisers."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_in_case
from registry.accounts.rules import Permission
from registry.cases.commands.begin import add_writer, begin_case, discard_draft, remove_writer
from registry.cases.commands.review import (
    COMMENT,
    NOTE,
    ask_for_review,
    comment_on_case,
    publish_case,
    send_back,
    settle_comment,
)
from registry.cases.commands.write import CAPTION, SUMMARY, TITLE, WHAT, change_case
from registry.cases.faults import faults_of
from registry.cases.forms import form_labels, form_rows, part_form, plain_fields
from registry.cases.pages import content_differences
from registry.cases.queries import DraftRow, case_draft, case_of_project, published_case
from registry.cases.rules import CHOICES, SEVERAL, CaseState, Section, Unit
from registry.cases.words import (
    PARTS,
    axis_name,
    choice_name,
    fault_words,
    no_such_case,
    part_name,
    section_hint,
    section_name,
    spent_words,
    state_name,
    unit_name,
)
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.projects.queries.project import project_by_slug
from registry.projects.words import no_such_project
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
RowNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]


@get("/projects/{slug:str}/case", opt=needs(Permission.BEGIN_CASE))
async def case_begin_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """What a case study is, and the button that begins one; where there is one, the way to it."""
    return await _begin_page(request, reader, slug, Typed())


@post("/projects/{slug:str}/case", opt=needs(Permission.BEGIN_CASE), status_code=SEE_OTHER)
async def case_begin(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Begin a project's case study with everything known filled in."""
    typed = await read_typed(request)

    async def begin() -> str:
        case = await begin_case(session, project=slug, by=actor, now=now)
        return f"/cases/{case.slug}/draft"

    outcome = await attempt(session, typed, begin, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _begin_page(request, session, slug, typed)
    return see(outcome, "case-begun")


@get("/draft")
async def case_draft_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str]
) -> Response[str]:
    """A draft in all its languages, with what is still to do, and what reviewers say."""
    return await _draft_page(request, reader, actor, slug, Typed())


@get("/draft/{part:str}")
async def case_part_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], part: FromPath[str]
) -> Response[str]:
    """The form of one part."""
    draft = await _draft(reader, slug)
    return _part_page(request, draft, part, Typed.of(**part_form(part).fields(draft.content)))


@post("/draft/{part:str}", status_code=SEE_OTHER)
async def case_part(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, slug: FromPath[str], part: FromPath[str]
) -> Response[Any]:
    """Change one part."""
    typed = await read_typed(request)
    draft, form = await _draft(session, slug), part_form(part)

    async def change() -> str:
        await change_case(
            session, slug=slug, edit=form.read(typed, draft.content), revision=typed.revision,
            theirs=plain_fields(form.fields(draft.content)), by=actor, now=now,
        )
        return f"/cases/{slug}/draft/{part}" if typed.has("again") else f"/cases/{slug}/draft#{part}"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _part_page(request, draft, part, typed)
    return see(outcome, "saved")


@post("/review", status_code=SEE_OTHER)
async def case_review(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Send a draft for review."""

    async def ask(_typed: Typed) -> str:
        await ask_for_review(session, slug=slug, by=actor, now=now)
        return f"/cases/{slug}/draft"

    return await _act(request, session, actor, slug=slug, now=now, work=ask, done="case-sent")


@post("/comments", status_code=SEE_OTHER)
async def case_comment(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Comment on a part."""

    async def say(typed: Typed) -> str:
        await comment_on_case(session, slug=slug, part=typed("part"), text=typed("comment"), by=actor, now=now)
        return f"/cases/{slug}/draft#{typed('part')}"

    return await _act(request, session, actor, slug=slug, now=now, work=say, done="posted")


@post("/comments/{number:int}/settle", status_code=SEE_OTHER)
async def case_comment_settle(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, slug: FromPath[str], number: RowNumber
) -> Response[Any]:
    """Mark a comment as settled."""

    async def settle(_typed: Typed) -> str:
        comment = await settle_comment(session, slug=slug, number=number, by=actor, now=now)
        return f"/cases/{slug}/draft#{comment.part}"

    return await _act(request, session, actor, slug=slug, now=now, work=settle, done="saved")


@post("/writers", status_code=SEE_OTHER)
async def case_writer(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Add a writer, or take one away."""

    async def change(typed: Typed) -> str:
        if typed.has("gone"):
            await remove_writer(session, slug=slug, person=typed("gone"), by=actor, now=now)
        else:
            await add_writer(session, slug=slug, person=typed("person"), by=actor, now=now)
        return f"/cases/{slug}/draft#writers"

    return await _act(request, session, actor, slug=slug, now=now, work=change, done="saved")


@post("/discard", status_code=SEE_OTHER)
async def case_discard(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Drop a draft."""

    async def drop(_typed: Typed) -> str:
        is_left = await discard_draft(session, slug=slug, by=actor, now=now)
        return f"/cases/{slug}" if is_left else "/cases"

    return await _act(request, session, actor, slug=slug, now=now, work=drop, done="discarded")


@post("/send-back", status_code=SEE_OTHER)
async def case_send_back(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Give a case back to its writers with a reason."""

    async def send(typed: Typed) -> str:
        await send_back(session, slug=slug, reason=typed("reason"), by=actor, now=now)
        return f"/cases/{slug}/draft"

    return await _act(request, session, actor, slug=slug, now=now, work=send, done="case-sent-back")


@post("/publish", status_code=SEE_OTHER)
async def case_publish(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Publish what was reviewed."""

    async def publish(typed: Typed) -> str:
        await publish_case(
            session, slug=slug, note=typed.texts("note"), revision=typed.revision, by=actor, now=now
        )
        return f"/cases/{slug}"

    return await _act(request, session, actor, slug=slug, now=now, work=publish, done="case-published")


CASE_ROUTES: Sequence[ControllerRouterHandler] = [
    case_begin_page, case_begin,
    Router("/cases/{slug:str}", opt=needs(Permission.EDIT_CASE, there=roles_in_case), route_handlers=[
        case_draft_page, case_part_page, case_part, case_review, case_comment, case_comment_settle, case_writer,
        case_discard,
    ]),
    Router("/cases/{slug:str}", opt=needs(Permission.PUBLISH_CASE), route_handlers=[case_send_back, case_publish]),
]


async def _act(
    request: AnyRequest, session: AsyncSession, actor: Actor, *, slug: str, now: datetime,
    work: Callable[[Typed], Awaitable[str]], done: str,
) -> Response[Any]:
    """Do what a form of the draft's page asks for; where that cannot be, the page with why."""
    typed = await read_typed(request)
    outcome = await attempt(session, typed, lambda: work(typed), by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _draft_page(request, session, actor, slug, typed)
    return see(outcome, done)


async def _draft(reader: Reader, slug: str) -> DraftRow:
    draft = await case_draft(reader, slug)
    if draft is None:
        raise NotFound(no_such_case())
    return draft


async def _begin_page(request: AnyRequest, reader: Reader, slug: str, typed: Typed) -> Response[str]:
    project = await project_by_slug(reader, slug)
    if project is None:
        raise NotFound(no_such_project())
    return render(
        request, "cases/begin.html", status_code=typed.status, typed=typed, project=project,
        known=await case_of_project(reader, project.id),
        page=PageHead(title=_("A case study of %(project)s") % {"project": plain(project.name)}, is_indexed=False),
    )


async def _draft_page(
    request: AnyRequest, reader: Reader, actor: Actor, slug: str, typed: Typed
) -> Response[str]:
    draft = await _draft(reader, slug)
    before = await published_case(reader, slug) if draft.version else None
    faults = [(fault, fault_words(fault)) for fault in faults_of(draft.content, languages())]
    return render(
        request, "cases/draft.html", status_code=typed.status, typed=typed, draft=draft, content=draft.content,
        state_name=state_name(draft.state), faults=faults,
        case_sections=[(section.value, section_name(section)) for section in Section],
        parts=[(part, part_name(part)) for part in PARTS], part_name=part_name,
        axes=[(axis.value, axis_name(axis), offered, axis in SEVERAL) for axis, offered in CHOICES.items()],
        note_labels=[(f"note-{tag}", _("What was corrected, for everyone to read")) for tag in languages()],
        choice_name=choice_name, spent_words=spent_words, comment_length=COMMENT, note_length=NOTE,
        may_publish=actor.may(Permission.PUBLISH_CASE) and draft.state is CaseState.IN_REVIEW,
        changes=content_differences(before.content, draft.content) if before else [],
        page=PageHead(title=_("Draft: %(case)s") % {"case": plain(draft.content.title)}, is_indexed=False),
    )


def _part_page(request: AnyRequest, draft: DraftRow, part: str, typed: Typed) -> Response[str]:
    return render(
        request, "cases/edit.html", status_code=typed.status, typed=typed, draft=draft, part=part,
        form=f"cases/edit/{part_form(part).template}.html", title=part_name(part),
        hint=section_hint(part) if part in set(Section) else "",
        revision=typed.revision or draft.revision, rows=form_rows(part, typed), labels=form_labels(part, typed),
        case_sections=[(section.value, section_name(section)) for section in Section],
        axes=[
            (axis.value, axis_name(axis), [(choice, choice_name(choice)) for choice in offered], axis in SEVERAL)
            for axis, offered in CHOICES.items()
        ],
        units=[(unit.value, unit_name(unit)) for unit in Unit], title_length=TITLE, summary_length=SUMMARY,
        what_length=WHAT, caption_length=CAPTION,
        page=PageHead(title=f"{part_name(part)} · {plain(draft.content.title)}", is_indexed=False),
    )
