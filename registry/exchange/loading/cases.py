"""Case studies: those that the registry lacks are taken as published; one that it has is left alone."""

from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
from sqlalchemy import select

from registry.activity.rules import Subject
from registry.cases.commands.review import rendered, set_choices
from registry.cases.content import CaseContent, content_of, stored
from registry.cases.models import CaseStudy, CaseVersion, CaseWriter
from registry.cases.rules import CaseState
from registry.database.types import Localized
from registry.exchange.loading.record import Record
from registry.exchange.loading.slugs import Slugs
from registry.exchange.rows import CasePlaceRow, CaseRow, Sourced
from registry.people.models import Person
from registry.projects.models import Project


async def load_cases(record: Record, rows: list[Sourced[CaseRow]]) -> None:
    """Publish the case studies that are new. One whose project is not there is refused."""
    known = {
        case.slug: case.id for case in await record.session.execute(select(CaseStudy.slug, CaseStudy.id))
    } if rows else {}
    slugs = Slugs(set(known))
    for sourced in rows:
        row = sourced.row
        project = record.refer(Project, row.project)
        if project is None:
            sourced.place.refuse("project", row.project, "there is no such project, or it was refused")
        elif row.slug in known:
            record.seen.add((Subject.CASE, known[row.slug]))
        else:
            case = await _publish(record, row, project, slug=slugs.take(row.slug, otherwise="case"))
            record.new.add((Subject.CASE, case.id))
            record.trace(case, sourced, {})


def case_row(content: CaseContent, *, slug: str, project: str, version: int, published_on: date,
             correction: Localized, writers: tuple[str, ...]) -> CaseRow:
    """A case study as an export writes it."""
    return msgspec.convert({
        **msgspec.to_builtins(content), "slug": slug, "project": project, "version": version,
        "published_on": published_on, "correction": correction, "writers": writers,
        "sections": [
            {"section": section, "text": text} for section, text in content.sections.items() if any(text.values())
        ],
        "axes": [
            {"axis": axis, **msgspec.to_builtins(place)} for axis, place in content.axes.items()
            if place.choices or place.text
        ],
    }, CaseRow)


def content_in(row: CaseRow) -> CaseContent:
    """All that a case study says, from an export's row."""
    kept: dict[str, Any] = {
        name: value for name, value in msgspec.to_builtins(row).items() if name in CaseContent.__struct_fields__
    }
    return content_of(kept | {
        "sections": {one.section.value: one.text for one in row.sections},
        "axes": {one.axis.value: _place(one) for one in row.axes},
    })


def _place(row: CasePlaceRow) -> dict[str, Any]:
    return {"choices": list(row.choices), "text": row.text, "spent": row.spent}


async def _publish(record: Record, row: CaseRow, project: Project, *, slug: str) -> CaseStudy:
    content = content_in(row)
    published_at = datetime.combine(row.published_on, time(), UTC)
    case = CaseStudy(
        slug=slug, project_id=project.id, title=content.title, summary=content.summary, draft=stored(content),
        state=CaseState.PUBLISHED, version=row.version, published_at=published_at, created_at=record.now,
        updated_at=record.now,
    )
    record.session.add(case)
    await record.session.flush()
    record.session.add(CaseVersion(
        case_id=case.id, number=row.version, content=case.draft, html=rendered(content), note=row.correction,
        written_at=published_at,
    ))
    await set_choices(record.session, case, content)
    writers = (record.refer(Person, slug) for slug in dict.fromkeys(row.writers))
    record.session.add_all(
        CaseWriter(case_id=case.id, person_id=writer.id, since=published_at) for writer in writers if writer
    )
    return case
