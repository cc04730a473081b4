"""Every table that the registry writes as CSV, of a record whose every word is a formula."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import lxml.html
import msgspec

from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.exchange.commands import export_record
from registry.exchange.formats import Format
from registry.uploads.models import Upload
from registry.uploads.rules import LineKind, Report, ReportLine
from tests.accounts.routes import example, routes
from tests.factories import (
    a_case,
    a_credit,
    a_link,
    a_membership,
    a_need,
    a_person,
    a_project,
    a_proposal,
    a_registration,
    a_repository,
    a_tag,
    an_event,
)
from tests.trust.canaries import contents
from tests.visits import Visit

BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, some only where Chinese or Japanese is spoken."""
NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)


def runs(cell: str) -> bool:
    """Whether a spreadsheet may run a cell."""
    return cell.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


async def fill(database: Database, *, uploader_id: int) -> None:
    """Make records of formulas: the slugs are plain, for the addresses are made of them."""
    async with database.writing() as session:
        for number, beginning in enumerate(BEGINNINGS):
            formula = f"{beginning}HYPERLINK(\"https://evil.example\")"
            words = {"en": formula, "zh-Hant": formula}
            slug = "none" if number == 0 else f"none-{number}"
            event = await an_event(session, slug=slug, name=words, place=words, starts_on=date(2024, 5, number + 1))
            project = await a_project(
                session, slug=slug, name=words, summary=words, description=words,
                code_licence=formula, content_licence=formula,
            )
            await a_tag(session, project, slug=slug, name=words)
            await a_link(session, project=project, label=formula)
            await a_need(session, project=project, line=words)
            await a_repository(session, project)
            pitch = await a_proposal(session, event=event, project=project, title=words, summary=words, notes=formula)
            person = await a_person(session, slug=slug, display_name=formula, is_public=True)
            (await a_credit(session, proposal=pitch, person=person)).name_as_written = formula
            await a_membership(session, project=project, person=person)
            await a_case(session, project=project, slug=slug, title=words, summary=words)
            await a_registration(
                session, event=event, badge_name=formula, keywords=[formula], meal=formula, mail_address=formula,
            )
            line = ReportLine(LineKind.REFUSED, formula, formula, Subject.PROJECT, formula, formula, formula, formula)
            session.add(Upload(
                person_id=uploader_id, name=formula, content=b"", source="table", table_kind="projects",
                uploaded_at=NOW, report=msgspec.to_builtins(Report(rows_read=1, lines=(line,))),
            ))


async def lines(visit: Visit, database: Database, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each line of each table, with the name of its table: those of routes, of the package, and of ``keng export``."""
    texts = await _answered(visit)
    package = zipfile.ZipFile(io.BytesIO((await visit.client.get("/data/package.zip")).content))
    texts |= {f"package {name}": package.read(name) for name in package.namelist() if name.endswith(".csv")}
    await export_record(database, to=Format.CSV, folder=folder)
    texts |= {f"export {name}": content for name, content in contents(folder).items()}
    return (
        (name, line) for name, text in texts.items()
        for line in csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))
    )


async def _answered(visit: Visit) -> dict[str, bytes]:
    """What each route whose address ends in .csv answers, and each file to which the numbers lead."""
    app = visit.client.app  # type: ignore[attr-defined]
    page = lxml.html.fromstring((await visit.client.get("/numbers")).text)
    addresses = [example(one.path) for one in routes(app) if one.method == "GET" and one.path.endswith(".csv")]
    addresses += sorted({str(link) for link in page.xpath("//a/@href") if str(link).endswith(".csv")})
    answers = {address: await visit.client.get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: answer.content for address, answer in answers.items()}
