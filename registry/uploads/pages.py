"""Where organisers take in a file: upload it, match its columns, see what it would become, then import it."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.pages import RowNumber
from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import BadInput, NotFound, RegistryError
from registry.exchange.formats import Format
from registry.exchange.matching import TableKind, field_keys
from registry.exchange.own_formats import guarded
from registry.uploads.commands import drop_upload, import_upload, keep_upload, match_upload, no_such_upload
from registry.uploads.queries import UploadPage, upload_page, uploads_of
from registry.uploads.rules import LineKind
from registry.uploads.words import (
    format_words,
    kind_words,
    line_words,
    matched_words,
    one_words,
    place_words,
    reason_words,
    subject_words,
    value_words,
)
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
LINES_A_PAGE = 50
OFFERED = (
    Format.TABLE, Format.HACKATHON_JSON, Format.DRIBDAT, Format.ICALENDAR, Format.G0V_JSON, Format.CIVIC_JSON,
    Format.PUBLICCODE, Format.CSV, Format.JSON, Format.G0V_DB, Format.JOTHON_EVENTS, Format.ARAY, Format.CASE_AXES,
)
"""The formats in the order in which they are offered."""


@get("/")
async def imports_page(request: AnyRequest, actor: InActor, reader: InReader) -> Response[str]:
    """A field for a file, and the files that the reader has here."""
    return await _imports_page(request, actor, reader, Typed())


@post("/", status_code=SEE_OTHER)
async def upload(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Keep a file, and show what importing it would do."""
    typed = await read_typed(request)
    file = (await request.form()).get("file")
    timezone = request.app.state.settings.timezone

    async def keep() -> str:
        if not isinstance(file, UploadFile):
            raise BadInput(_("Choose a file that is not empty."))
        number = await keep_upload(
            session, name=file.filename, content=await file.read(), by=actor, now=now, timezone=timezone
        )
        return f"/imports/{number}"

    outcome = await attempt(session, typed, keep, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _imports_page(request, actor, session, typed)
    return see(outcome)


@get("/{upload_id:int}")
async def import_page(
    request: AnyRequest, actor: InActor, reader: InReader, upload_id: RowNumber, page: PageNumber = 1
) -> Response[str]:
    """A file: what is in it, what it would become, and the report of it."""
    return await _import_page(request, actor, reader, upload_id, page=page)


@post("/{upload_id:int}", status_code=SEE_OTHER)
async def import_match(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, upload_id: RowNumber
) -> Response[Any]:
    """Say what is in a file and which field each column is, and look it through again."""
    typed = await read_typed(request)

    async def match() -> str:
        columns = [typed(f"column-{place}") for place in range(typed.number("columns") or 0)]
        await match_upload(
            session, upload_id=upload_id, source=typed("source"), kind=typed("kind"), columns=columns, by=actor,
            now=now, timezone=request.app.state.settings.timezone,
        )
        return f"/imports/{upload_id}"

    outcome = await attempt(session, typed, match, by=actor, now=now)
    if isinstance(outcome, NotFound):
        raise outcome
    if isinstance(outcome, RegistryError):
        return await _import_page(request, actor, session, upload_id, typed=typed)
    return see(outcome, "looked-through")


@post("/{upload_id:int}/import", status_code=SEE_OTHER)
async def import_now(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, upload_id: RowNumber
) -> Response[Any]:
    """Take what is good in a file into the record."""
    typed = await read_typed(request)

    async def take() -> str:
        await import_upload(
            session, upload_id=upload_id, is_partial=typed.has("partial"), by=actor, now=now,
            timezone=request.app.state.settings.timezone,
        )
        return f"/imports/{upload_id}"

    outcome = await attempt(session, typed, take, by=actor, now=now)
    if isinstance(outcome, NotFound):
        raise outcome
    if isinstance(outcome, RegistryError):
        return await _import_page(request, actor, session, upload_id, refused=typed)
    return see(outcome, "imported")


@post("/{upload_id:int}/remove", status_code=SEE_OTHER)
async def import_remove(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, upload_id: RowNumber
) -> Response[Any]:
    """Remove a file before its day is over."""
    typed = await read_typed(request)

    async def remove() -> str:
        await drop_upload(session, upload_id=upload_id, by=actor)
        return "/imports"

    outcome = await attempt(session, typed, remove, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "removed")


@get("/{upload_id:int}/report.csv")
async def import_report(actor: InActor, reader: InReader, upload_id: RowNumber) -> Response[bytes]:
    """The whole report as a file for spreadsheets: a line for each row that was taken, refused or changed."""
    kept = await upload_page(reader, upload_id, person_id=actor.person_id)
    if kept is None:
        raise NotFound(no_such_upload())
    written = StringIO(newline="")
    sheet = csv.writer(written)
    sheet.writerow(["outcome", "file", "row", "kind", "name", "field", "value", "reason"])
    for line in kept.report.lines:
        cells = (line.file, line.row, line.subject.value, line.name, line.field, line.value, line.reason)
        sheet.writerow([line.kind.value, *map(guarded, cells)])
    return Response(
        written.getvalue().encode("utf-8-sig"), media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="import-{upload_id}.csv"'},
    )


UPLOAD_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/imports", opt=needs(Permission.IMPORT), route_handlers=[
        imports_page, upload, import_page, import_match, import_now, import_remove, import_report,
    ]),
]


async def _imports_page(
    request: AnyRequest, actor: Actor, reader: Reader | AsyncSession, typed: Typed
) -> Response[str]:
    settings = request.app.state.settings
    return render(
        request, "imports/list.html", status_code=typed.status, typed=typed,
        page=PageHead(title=_("Import a file"), is_indexed=False),
        uploads=await uploads_of(reader, actor.person_id or 0), timezone=settings.timezone,
        limit=settings.largest_upload_megabytes, kept_days=settings.uploads_kept_days,
        formats=[format_words(source) for source in OFFERED[:9]],
        source_words=lambda source: format_words(Format(source)) if source else _("not known yet"),
    )


async def _import_page(
    request: AnyRequest, actor: Actor, reader: Reader | AsyncSession, upload_id: int, *, typed: Typed | None = None,
    refused: Typed | None = None, page: int = 1,
) -> Response[str]:
    kept = await upload_page(reader, upload_id, person_id=actor.person_id)
    if kept is None:
        raise NotFound(no_such_upload())
    chosen = read_choices(f"/imports/{upload_id}", request.query_params, ("show",))
    counts = {kind: sum(line.kind is kind for line in kept.report.lines) for kind in LineKind}
    first = next((kind for kind in LineKind if counts[kind]), LineKind.REFUSED)
    shown = next((kind for kind in LineKind if kind == chosen.values.get("show")), first)
    pager = Pager(number=page, total=counts[shown], address=chosen.url(), size=LINES_A_PAGE).checked()
    lines = [line for line in kept.report.lines if line.kind is shown][pager.offset:pager.offset + pager.size]
    typed = typed or _as_kept(kept)
    kind = TableKind(kept.table_kind) if kept.table_kind else None
    settings = request.app.state.settings
    return render(
        request, "imports/upload.html", status_code=(refused or typed).status, typed=typed, refused=refused or Typed(),
        page=PageHead(title=kept.name, is_indexed=False), kept=kept, report=kept.report,
        until=kept.uploaded_at + timedelta(days=settings.uploads_kept_days), timezone=settings.timezone,
        formats=[(source.value, format_words(source)) for source in OFFERED],
        kinds=[(one.value, kind_words(one)) for one in TableKind],
        fields=[(key, matched_words(key)) for key in field_keys(kind)] if kind else [],
        tabs=[
            (line_words(one), chosen.url(show=one.value) + "#report", counts[one], one is shown)
            for one in LineKind if counts[one] or one is shown
        ],
        lines=lines, pager=pager, matched_words=matched_words, reason_words=reason_words, one_words=one_words,
        place_words=place_words, subject_words=subject_words, value_words=value_words,
    )


def _as_kept(kept: UploadPage) -> Typed:
    columns = {f"column-{place}": key for place, key in enumerate(kept.columns)}
    return Typed.of(source=kept.source, kind=kept.table_kind, **columns)
