"""The pages of those who moderate: reports, hiding and showing, and all that one account made."""

from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.rules import Permission
from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.moderation.commands import (
    REASON_LENGTH,
    REPORT_LENGTH,
    dismiss_report,
    hide_record,
    note_on_report,
    show_record,
)
from registry.moderation.loose_ends import LooseEnds, loose_ends_of
from registry.moderation.pages import AboutPath, named_record
from registry.moderation.queries import (
    AccountRow,
    account_named,
    count_reports,
    report_numbered,
    reports_in,
    sweeps_of,
)
from registry.moderation.rules import ReportState
from registry.moderation.sweeping import shown_creations, sweep_creations, undo_sweep
from registry.moderation.words import kind_name, reason_name, state_name
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
RowNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
SEE_OTHER: Final = 303


@get("/reports")
async def reports_page(request: AnyRequest, reader: InReader, page: PageNumber = 1) -> Response[str]:
    """Every report, those that wait first, with a filter by state."""
    chosen = read_choices("/reports", request.query_params, ("state",))
    state = next((one for one in ReportState if one == chosen.values.get("state")), None)
    counts = await count_reports(reader)
    total = counts.get(state, 0) if state else sum(counts.values())
    pager = Pager(number=page, total=total, address=chosen.url()).checked()
    words = {one.value: state_name(one) for one in ReportState}
    return render(
        request, "moderation/reports.html", page=PageHead(title=_("Reports"), is_indexed=False),
        chosen=chosen, chips=chosen.chips({"state": words}),
        choices=chosen.choices("state", words, {one.value: count for one, count in counts.items()}), pager=pager,
        reports=[
            (one, reason_name(one.reason), state_name(one.state))
            for one in await reports_in(reader, state, size=pager.size, offset=pager.offset)
        ],
        waiting=counts.get(ReportState.OPEN, 0), timezone=request.app.state.settings.timezone,
    )


@get("/reports/{number:int}")
async def report_handling_page(request: AnyRequest, reader: InReader, number: RowNumber) -> Response[str]:
    """One report, and what can be done about it."""
    return await _report(request, reader, number, None)


@post("/reports/{number:int}", status_code=SEE_OTHER)
async def report_handled(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Hide what a report is about, leave it, or keep a note; the button says which."""
    typed = await read_typed(request)

    async def act() -> str:
        if typed("act") == "note":
            await note_on_report(session, number=number, note=typed("note"), by=actor, now=now)
        elif typed("act") == "hide":
            report, _about = await _found_report(session, number)
            await hide_record(
                session, subject=report.subject, subject_id=report.subject_id, reason=typed("reason"), by=actor,
                now=now,
            )
        else:
            await dismiss_report(session, number=number, answer=typed("reason"), by=actor, now=now)
        return f"/reports/{number}"

    outcome = await attempt(session, typed, act, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _report(request, session, number, typed)
    return see(outcome, {"note": "saved", "hide": "hidden"}.get(typed("act"), "dismissed"))


@get("/moderate")
async def hiding_page(request: AnyRequest, reader: InReader, about: AboutPath = "") -> Response[str]:
    """Hide a record, with a reason, or show it again."""
    return await _hiding(request, reader, Typed.of(about=about))


@post("/moderate/hide", status_code=SEE_OTHER)
async def record_hidden(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Take a record out of everything public."""
    typed = await read_typed(request)

    async def hide() -> str:
        record = await named_record(session, typed("about"))
        await hide_record(
            session, subject=record.subject, subject_id=record.id, reason=typed("reason"), by=actor, now=now
        )
        return record.path

    outcome = await attempt(session, typed, hide, by=actor, now=now)
    return await _hiding(request, session, typed) if isinstance(outcome, RegistryError) else see(outcome, "hidden")


@post("/moderate/show", status_code=SEE_OTHER)
async def record_shown(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Let the public see a hidden record again."""
    typed = await read_typed(request)

    async def show() -> str:
        record = await named_record(session, typed("about"))
        await show_record(session, subject=record.subject, subject_id=record.id, by=actor, now=now)
        return record.path

    outcome = await attempt(session, typed, show, by=actor, now=now)
    return await _hiding(request, session, typed) if isinstance(outcome, RegistryError) else see(outcome, "shown")


@get("/moderate/people/{slug:str}")
async def account_creations_page(
    request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]
) -> Response[str]:
    """All that an account made lately, to be hidden in one action, and what was so hidden before."""
    return await _creations(request, reader, now, slug, Typed())


@post("/moderate/people/{slug:str}/hide", status_code=SEE_OTHER)
async def account_creations_hidden(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Hide all that an account made lately."""
    typed = await read_typed(request)

    async def sweep() -> str:
        account = await _account(session, slug)
        await sweep_creations(session, account=account, reason=typed("reason"), by=actor, now=now)
        return f"/moderate/people/{slug}"

    outcome = await attempt(session, typed, sweep, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _creations(request, session, now, slug, typed)
    return see(outcome, "hidden")


@post("/moderate/people/{slug:str}/show/{number:int}", status_code=SEE_OTHER)
async def account_creations_shown(
    *, request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str], number: RowNumber
) -> Response[Any]:
    """Take back that all of an account's creations were hidden."""
    typed = await read_typed(request)

    async def undo() -> str:
        await undo_sweep(session, number=number, by=actor, now=now)
        return f"/moderate/people/{slug}"

    outcome = await attempt(session, typed, undo, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _creations(request, session, now, slug, typed)
    return see(outcome, "undone")


MODERATION_ROUTES: list[ControllerRouterHandler] = [
    Router("/", opt=needs(Permission.MODERATE), route_handlers=[
        reports_page, report_handling_page, report_handled, hiding_page, record_hidden, record_shown,
        account_creations_page, account_creations_hidden, account_creations_shown,
    ])
]


async def _found_report(reader: Reader, number: int) -> Any:
    found = await report_numbered(reader, number)
    if found is None:
        raise NotFound(_("There is no such report."))
    return found


async def _report(request: AnyRequest, reader: Reader, number: int, typed: Typed | None) -> Response[str]:
    report, about = await _found_report(reader, number)
    typed = typed or Typed.of(note=report.note)
    return render(
        request, "moderation/handling.html",
        page=PageHead(title=_("Report %(number)s") % {"number": number}, is_indexed=False), typed=typed,
        status_code=typed.status, report=report, about=about, kind=kind_name(report.subject),
        reason=reason_name(report.reason), state=state_name(report.state), is_open=report.state is ReportState.OPEN,
        reason_length=REASON_LENGTH, note_length=REPORT_LENGTH, timezone=request.app.state.settings.timezone,
    )


async def _hiding(request: AnyRequest, reader: Reader, typed: Typed) -> Response[str]:
    record = await named_record(reader, typed("about"))
    return render(
        request, "moderation/hiding.html",
        page=PageHead(title=_("Show again") if record.hidden_at else _("Hide this"), is_indexed=False), typed=typed,
        status_code=typed.status, record=record, kind=kind_name(record.subject), reason_length=REASON_LENGTH,
        is_person=record.subject is Subject.PERSON,
    )


async def _account(reader: Reader, slug: str) -> AccountRow:
    account = await account_named(reader, slug)
    if account is None:
        raise NotFound(_("There is no such person here."))
    return account


async def _creations(request: AnyRequest, reader: Reader, now: Any, slug: str, typed: Typed) -> Response[str]:
    account = await _account(reader, slug)
    return render(
        request, "moderation/creations.html",
        page=PageHead(title=_("What %(name)s made lately") % {"name": account.name}, is_indexed=False),
        typed=typed, status_code=typed.status, account=account,
        records=[(one, kind_name(one.subject)) for one in await shown_creations(reader, account, now=now)],
        ends=LooseEnds.counted(await loose_ends_of(reader, account, now=now)),
        sweeps=await sweeps_of(reader, account), reason_length=REASON_LENGTH,
        timezone=request.app.state.settings.timezone,
    )
