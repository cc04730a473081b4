"""Pitching: from a title and one sentence, or a repository's address, to a pitch that is out."""

import logging
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from registry.accounts.queries import Actor, roles_in_proposal
from registry.accounts.rules import Permission
from registry.activity.rules import Subject
from registry.database.engine import Database, Reader
from registry.errors import BadInput, RegistryError
from registry.languages import in_its_language
from registry.ports import CodeForge, ForgeUnreachable, RepositoryFacts
from registry.proposals.commands import begin_draft, discard_draft, save_pitch, submit_pitch, withdraw_pitch
from registry.proposals.editing import (
    WrittenPitch,
    count_own_pitches,
    last_pitch_of,
    open_events,
    own_pitches,
    written_pitch,
)
from registry.proposals.form import read_pitch
from registry.proposals.form_page import form_context, preview_of
from registry.proposals.initiators import initiators_of
from registry.proposals.invitation_pages import INVITATION_ROUTES, invitation_address
from registry.proposals.naming import name_forms
from registry.proposals.queries import is_project_name_taken
from registry.proposals.words import kind_name, report_on_name, state_name
from registry.repositories.queries import facts_known
from registry.search.likeness import records_like
from registry.search.queries import SearchHit
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render, render_fragment
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

_log = logging.getLogger("keng.proposals")
SIMILAR_SHOWN = 5
AnyRequest = Request[Any, Any, Any]
EDITS = needs(Permission.EDIT_PITCH, there=roles_in_proposal)
Wish = Annotated[str, QueryParameter(max_length=200)]


@get("/pitch")
async def pitch_page(
    request: AnyRequest, reader: InReader, now: InNow, project: Wish = "", event: Wish = ""
) -> Response[str]:
    """Where a pitch begins: a title and one sentence, or a repository, or a project that is known already."""
    typed = Typed.of(event=event)
    if project:
        fields = await last_pitch_of(reader, project)
        typed = Typed({**_first_fields(fields), "event": [event], "project": [project] if fields else []})
    return await _first_page(request, reader, typed, now=now)


@post("/pitch", opt=needs(Permission.PITCH), status_code=SEE_OTHER)
async def pitch_begin(request: AnyRequest, actor: InActor, now: InNow) -> Response[Any]:
    """Begin a draft. What a forge is asked comes before the transaction: it may take its time."""
    typed = await read_typed(request)
    database: Database = request.app.state.database
    facts, trouble = await _facts(request, typed("repository"))
    async with database.writing() as session:
        known = await last_pitch_of(session, typed("project")) if typed("project") else {}
        said = _begun(typed).filled_up(known).filled_up(fields_of(facts) if facts else {})

        async def begin() -> str:
            if trouble and not typed("title").strip():
                raise BadInput(trouble)
            proposal = await begin_draft(
                session, said=read_pitch(said), project=typed("project") if known else "", by=actor, now=now
            )
            return f"/proposals/{proposal.slug}/edit"

        outcome = await attempt(session, typed, begin, by=actor, now=now)
        if isinstance(outcome, RegistryError):
            return await _first_page(request, session, typed, now=now)
    return see(outcome, "filled" if facts else "draft-begun")


@get("/pitch/mine", opt=needs(Permission.PITCH))
async def own_pitches_page(
    request: AnyRequest, reader: InReader, actor: InActor, page: PageNumber = 1
) -> Response[str]:
    """One's own drafts and pitches."""
    person_id = actor.person_id or 0
    total = await count_own_pitches(reader, person_id)
    pager = Pager(number=page, total=total, address="/pitch/mine").checked()
    pitches = await own_pitches(reader, person_id, offset=pager.offset, limit=pager.size)
    return render(
        request, "proposals/mine.html", page=PageHead(title=_("My pitches"), is_indexed=False), pager=pager,
        pitches=[(pitch, state_name(pitch.state), kind_name(pitch.kind)) for pitch in pitches],
        timezone=_settings(request).timezone,
    )


@get("/pitch/similar")
async def similar_page(
    reader: InReader, title: FromQuery[str] = "", sentence: FromQuery[str] = ""
) -> Response[str]:
    """Projects like what is being typed: "is it one of these?"."""
    return render_fragment("proposals/_similar.html", similar=await _similar(reader, title, sentence))


@get("/pitch/name")
async def name_page(request: AnyRequest, reader: InReader) -> Response[str]:
    """What an English name that is being typed gives."""
    name = request.query_params.get("title-en", "")[:200]
    taken = await is_project_name_taken(reader, name_forms(name).slug, except_for=request.query_params.get("of", ""))
    return render_fragment("proposals/_name.html", report=report_on_name(name, is_taken=taken))


@get("/proposals/{slug:str}/edit", opt=EDITS)
async def pitch_edit_page(
    request: AnyRequest, reader: InReader, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[str]:
    """The form of a pitch, filled with what is kept."""
    written = await written_pitch(reader, slug, actor)
    typed = Typed({**written.fields(), "revision": [str(written.revision)]})
    return await _edit_page(request, reader, actor, written, typed, now=now)


@post("/proposals/{slug:str}/edit", opt=EDITS, status_code=SEE_OTHER)
async def pitch_save(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Keep the form. A script that keeps a draft by itself is told the revision, or why it could not."""
    typed = await read_typed(request)

    async def save() -> str:
        proposal = await save_pitch(
            session, slug=slug, said=read_pitch(typed), revision=typed.revision, by=actor, now=now
        )
        return f"/proposals/{proposal.slug}/edit?revision={proposal.revision}"

    outcome = await attempt(session, typed, save, by=actor, now=now)
    if request.headers.get("X-Autosave"):
        is_refused = isinstance(outcome, RegistryError)
        return Response(
            {"said": str(outcome)} if is_refused else {"revision": str(outcome).rpartition("=")[2]},
            status_code=typed.status,
        )
    if isinstance(outcome, RegistryError):
        return await _edit_page(request, session, actor, await written_pitch(session, slug, actor), typed, now=now)
    return see(outcome.partition("?")[0], "saved")


@post("/proposals/{slug:str}/preview", opt=EDITS, status_code=200)
async def pitch_preview(
    request: AnyRequest, reader: InReader, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[str]:
    """What the form's texts look like, without keeping them: as a part of the page, or the same page with it."""
    typed = await read_typed(request)
    if request.headers.get("HX-Request-Type") == "partial":
        return render_fragment("proposals/_preview.html", preview=preview_of(read_pitch(typed)))
    written = await written_pitch(reader, slug, actor)
    return await _edit_page(request, reader, actor, written, typed, now=now, preview=preview_of(read_pitch(typed)))


@post("/proposals/{slug:str}/fill", opt=EDITS, status_code=SEE_OTHER)
async def pitch_fill(request: AnyRequest, actor: InActor, now: InNow, slug: FromPath[str]) -> Response[Any]:
    """Fill the empty fields from the repository, and keep all. The forge is asked before the transaction."""
    typed = await read_typed(request)
    facts, trouble = await _facts(request, typed("repository"))
    return await _save_filled(
        request, slug, typed, fields_of(facts) if facts else {}, actor=actor, now=now,
        trouble=trouble or ("" if facts else _("Write the repository's address first.")), done="filled",
    )


@post("/proposals/{slug:str}/project", opt=EDITS, status_code=SEE_OTHER)
async def pitch_of_project(request: AnyRequest, actor: InActor, now: InNow, slug: FromPath[str]) -> Response[Any]:
    """Make a draft a pitch of a known project and fill its empty fields from the last one; or of a new project."""
    typed = await read_typed(request)
    return await _save_filled(
        request, slug, typed, {}, actor=actor, now=now, project=typed("project"), done="saved"
    )


@post("/proposals/{slug:str}/submit", opt=EDITS, status_code=SEE_OTHER)
async def pitch_submit(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Keep the form and make the pitch public."""
    typed = await read_typed(request)

    async def submit() -> str:
        proposal = await submit_pitch(
            session, slug=slug, said=read_pitch(typed), revision=typed.revision, by=actor, now=now,
            today=now.astimezone(ZoneInfo(_settings(request).timezone)).date(),
        )
        return f"/proposals/{proposal.slug}"

    outcome = await attempt(session, typed, submit, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _edit_page(request, session, actor, await written_pitch(session, slug, actor), typed, now=now)
    return see(outcome, "pitched")


@post("/proposals/{slug:str}/withdraw", opt=EDITS, status_code=SEE_OTHER)
async def pitch_withdraw(
    actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Take a pitch back."""
    proposal = await withdraw_pitch(session, slug=slug, by=actor, now=now)
    return see(f"/proposals/{proposal.slug}/edit", "withdrawn")


@post("/proposals/{slug:str}/discard", opt=EDITS, status_code=SEE_OTHER)
async def pitch_discard(
    actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Delete a draft."""
    await discard_draft(session, slug=slug, by=actor, now=now)
    return see("/pitch/mine", "discarded")


PITCH_READING = [pitch_page, similar_page, name_page]
PITCH_ROUTES = [
    *INVITATION_ROUTES,
    pitch_begin, own_pitches_page, pitch_edit_page, pitch_save, pitch_preview, pitch_fill, pitch_of_project,
    pitch_submit, pitch_withdraw, pitch_discard,
]


def fields_of(facts: RepositoryFacts) -> dict[str, list[str]]:
    """The form's fields that a repository fills, each text under the language that it is written in."""
    by_language = {
        f"{field}-{language}": [said]
        for field, text in (("title", facts.name), ("summary", facts.description), ("how", facts.readme))
        for language, said in in_its_language(text).items()
    }
    single = {
        "code_licence": facts.licence, "topics": ", ".join(facts.topics), "site": facts.site, "repository": facts.url,
        "is_open_source": "yes" if facts.licence else "",
    }
    return {**by_language, **{name: [value] for name, value in single.items() if value}}


async def _facts(request: AnyRequest, url: str) -> tuple[RepositoryFacts | None, str]:
    """What a forge says of a repository, or the sentence that says why nothing was found.

    Of a forge that does not answer, it is what it said when the repository was last read.
    """
    address = url.strip() if "://" in url else f"https://{url.strip()}"
    forges: tuple[CodeForge, ...] = request.app.state.connections.forges
    forge = next((forge for forge in forges if url.strip() and forge.knows(address)), None)
    if not url.strip():
        return None, ""
    if forge is None:
        return None, _("Nothing can be looked up at that address. Fill the form in by hand: it takes any address.")
    try:
        facts = await forge.describe_repository(address)
    except ForgeUnreachable as error:
        _log.warning("%s did not describe a repository: %s", forge.label, error)
        database: Database = request.app.state.database
        async with database.reading() as reader:
            known = await facts_known(reader, forge=forge.key, url=address)
        if known:
            return known, ""
        return None, _("%(forge)s does not answer at the moment. Try again later, or fill the form in by hand.") % {
            "forge": forge.label
        }
    if facts is None:
        return None, _("%(forge)s knows no public repository there. Check the address.") % {"forge": forge.label}
    return facts, ""


async def _save_filled(
    request: AnyRequest, slug: str, typed: Typed, known: dict[str, list[str]], *, actor: Actor, now: datetime,
    done: str,
    project: str | None = None, trouble: str = "",
) -> Response[Any]:
    database: Database = request.app.state.database
    async with database.writing() as session:
        filled = typed.filled_up(_without_rows(typed, await last_pitch_of(session, project) if project else known))

        async def save() -> str:
            if trouble:
                raise BadInput(trouble)
            proposal = await save_pitch(
                session, slug=slug, said=read_pitch(filled), revision=typed.revision, by=actor, now=now,
                project=project,
            )
            return f"/proposals/{proposal.slug}/edit"

        outcome = await attempt(session, typed, save, by=actor, now=now)
        if isinstance(outcome, RegistryError):
            return await _edit_page(
                request, session, actor, await written_pitch(session, slug, actor), typed, now=now
            )
    return see(outcome, done)


def _without_rows(typed: Typed, known: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is known, without the rows of needs where some are typed: a line must stay beside its own need."""
    has_rows = any(typed.every("need")) or any(map(str.strip, typed.every("need_line")))
    return {name: values for name, values in known.items() if not (has_rows and name in {"need", "need_line"})}


def _begun(typed: Typed) -> Typed:
    """The first page's two fields as the form's, each under the language that it is written in."""
    words = {
        f"{field}-{language}": [text]
        for field, name in (("title", "title"), ("summary", "sentence"))
        for language, text in in_its_language(typed(name).strip()).items()
    }
    return Typed({**words, "event": [typed("event")], "repository": [typed("repository")]})


def _first_fields(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    def said(field: str) -> list[str]:
        texts = {
            name.partition("-")[2]: values[0] for name, values in fields.items() if name.startswith(f"{field}-")
        }
        return [plain(texts)] if texts else []

    return {"title": said("title"), "sentence": said("summary")}


async def _first_page(request: AnyRequest, reader: Reader, typed: Typed, *, now: datetime) -> Response[str]:
    similar = [] if typed("project") else await _similar(reader, typed("title"), typed("sentence"))
    return render(
        request, "proposals/pitch.html", status_code=typed.status, typed=typed, similar=similar,
        events=await open_events(reader, now),
        page=PageHead(
            title=_("Pitch"), is_indexed=not request.url.query,
            description=_("A title and one sentence are enough to begin. Everything else can come later."),
        ),
    )


async def _edit_page(
    request: AnyRequest, reader: Reader, actor: Actor, written: WrittenPitch, typed: Typed, *, now: datetime,
    preview: list[tuple[str, str]] | None = None,
) -> Response[str]:
    english = typed("title-en")
    is_taken = await is_project_name_taken(
        reader, name_forms(english).slug, except_for=written.project_slug or ""
    ) if english else False
    similar = await _similar(reader, plain(written.title), plain(written.summary)) if _may_choose(written) else []
    return render(
        request, "proposals/edit.html", status_code=typed.status, typed=typed, pitch=written, similar=similar,
        page=PageHead(title=plain(written.title) or _("Pitch"), is_indexed=False), preview=preview,
        report=report_on_name(english, is_taken=is_taken), timezone=_settings(request).timezone,
        initiators=await initiators_of(reader, written.id) if written.is_mine else {},
        invitation=invitation_address(_settings(request), written.slug),
        **form_context(written, typed, await open_events(reader, now), actor=actor, now=now),
    )


def _may_choose(written: WrittenPitch) -> bool:
    return written.state == "draft" and written.project_slug is None


async def _similar(reader: Reader, title: str, sentence: str) -> list[SearchHit]:
    return await records_like(reader, f"{title}\n{sentence}", kind=Subject.PROJECT, limit=SIMILAR_SHOWN)


def _settings(request: AnyRequest) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
