"""What everyone reads after the day: the report to print and as Markdown, and what became of the projects."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from registry.database.engine import Reader
from registry.errors import NotFound
from registry.events.pages import PITCHES_A_PAGE, when_of
from registry.events.queries import EventPageRow, event_by_slug
from registry.events.words import attendance_name, kind_name, task_name
from registry.proposals.queries import event_programme, outcomes_of_event
from registry.results.queries import (
    MOST_PITCHES,
    facts_since,
    people_counts,
    public_helpers,
    sought_by_projects,
)
from registry.results.report import Report, as_markdown
from registry.results.rules import what_became
from registry.results.words import fact_path, fact_sentence
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.render import PageHead, SiteContext, render

AnyRequest = Request[Any, Any, Any]


@get("/events/{slug:str}/report")
async def report_page(request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]) -> Response[str]:
    """All that is on record of an event on one page, to be printed."""
    report = await _report(reader, slug, now, SiteContext(request).base_url)
    return render(
        request, "results/report.html", report=report, event=report.event, page=PageHead(
            title=_("Report: %(event)s") % {"event": plain(report.event.name)},
            description=_("Every pitch, its people, results and links, and the event in numbers."),
        ),
    )


@get("/events/{slug:str}/report.md", media_type="text/markdown")
async def report_text(request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]) -> Response[str]:
    """The same report as Markdown, to be carried elsewhere."""
    report = await _report(reader, slug, now, SiteContext(request).base_url)
    return Response(
        as_markdown(report), media_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{report.file_name}"'},
    )


@get("/events/{slug:str}/later")
async def later_page(
    request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """What is known of an event's projects 3, 6 and 12 months after it."""
    event = await _event(reader, slug)
    pager = Pager(number=page, total=event.pitch_count, address=request.url.path, size=PITCHES_A_PAGE).checked()
    pitches = await event_programme(reader, event.id, offset=pager.offset, limit=pager.size)
    projects = {pitch.project_id: pitch for pitch in pitches}
    today = now.date()
    facts = await facts_since(reader, projects, last_day=event.ends_at.date())
    return render(
        request, "results/later.html", event=event, pager=pager, today=today, is_over=event.ends_at <= now,
        sentence=fact_sentence, path=fact_path, projects=[
            (pitch, what_became(facts[project_id], last_day=event.ends_at.date(), today=today))
            for project_id, pitch in projects.items()
        ],
        page=PageHead(
            title=_("What became of the projects of %(event)s") % {"event": plain(event.name)},
            description=_("What is known 3, 6 and 12 months after the event, with days and sources."),
        ),
    )


RESULT_READING = [report_page, report_text, later_page]


async def _event(reader: Reader, slug: str) -> EventPageRow:
    event = await event_by_slug(reader, slug)
    if event is None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    return event


async def _report(reader: Reader, slug: str, now: datetime, base_url: str) -> Report:
    event = await _event(reader, slug)
    return Report(
        event=event, when=when_of(event), kind=kind_name(event.kind), attendance=attendance_name(event.attendance),
        pitches=await event_programme(reader, event.id, offset=0, limit=MOST_PITCHES),
        outcomes=await outcomes_of_event(reader, event.id, at=event.starts_at),
        sought=await sought_by_projects(reader, event.id), as_of=now.date(), base_url=base_url,
        people=await people_counts(reader, event.id) if event.starts_at <= now else None,
        helpers=[
            (helper.name, ", ".join(task_name(task) for task in helper.tasks))
            for helper in await public_helpers(reader, event.id)
        ],
    )
