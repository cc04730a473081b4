"""Reporting a record: the form at ``/report?about=/people/…``, with or without an account."""

from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import Gone, NotFound, RegistryError
from registry.moderation.commands import REACH_LENGTH, REPORT_LENGTH, report_record
from registry.moderation.records import RecordLook, record_at
from registry.moderation.rules import ReportReason, record_meant
from registry.moderation.words import kind_name, reason_name
from registry.web.address_limits import count_visit
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
AboutPath = Annotated[str, QueryParameter(name="about", max_length=200)]
SEE_OTHER: Final = 303


@get("/")
async def report_page(request: AnyRequest, reader: InReader, about: AboutPath = "") -> Response[str]:
    """The form that says what is the matter with a record."""
    return await _report_form(request, reader, Typed.of(about=about))


@post("/", status_code=SEE_OTHER)
async def report_sent(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Put the report before the organisers."""
    typed = await read_typed(request)

    async def report() -> str:
        record = await _shown_record(session, typed("about"))
        if not actor.is_signed_in:
            count_visit(request, "reports")
        await report_record(
            session, about=record, reason=typed("reason"), text=typed("text"), reach=typed("reach"), by=actor, now=now
        )
        return record.path

    outcome = await attempt(session, typed, report, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _report_form(request, session, typed)
    return see(outcome, "reported")


REPORT_ROUTES: list[ControllerRouterHandler] = [
    Router("/report", opt=needs(Permission.REPORT), route_handlers=[report_page, report_sent])
]


async def named_record(reader: Reader, path: str) -> RecordLook:
    """The record whose page is at a path, hidden or not.

    Raises:
        NotFound: there is none.
    """
    meant = record_meant(path)
    record = await record_at(reader, *meant) if meant else None
    if record is None:
        raise NotFound(_("There is no such record. Open its page and follow the link at its foot."))
    return record


async def _shown_record(reader: Reader, path: str) -> RecordLook:
    record = await named_record(reader, path)
    if not record.is_shown:
        raise Gone(_("This is not shown to the public any more."))
    return record


async def _report_form(request: AnyRequest, reader: Reader | AsyncSession, typed: Typed) -> Response[str]:
    record = await _shown_record(reader, typed("about"))
    return render(
        request, "moderation/report.html", page=PageHead(title=_("Report this"), is_indexed=False),
        typed=typed, status_code=typed.status, record=record, kind=kind_name(record.subject),
        reasons=[(one.value, reason_name(one)) for one in ReportReason], text_length=REPORT_LENGTH,
        reach_length=REACH_LENGTH,
    )
