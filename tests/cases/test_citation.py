"""Citations of a case: BibTeX as bibtexparser reads it, CITATION.cff with what its version 1.2.0 asks for."""

from datetime import date

import yaml
from bibtexparser.entrypoint import parse_string
from litestar.testing import AsyncTestClient

from registry.cases.models import CaseWriter
from registry.database.engine import Database
from registry.repositories.files.formats import read_files
from tests.conftest import on_one_database
from tests.factories import a_case, a_person


@on_one_database
async def test_a_case_is_cited_with_its_public_writers(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        case = await a_case(session, slug="moe", title={"en": "Words & {signs}: 100%"})
        for name, is_public in {"Au Au": True, "Hidden": False}.items():
            person = await a_person(session, display_name=name, is_public=is_public)
            session.add(CaseWriter(case_id=case.id, person_id=person.id, since=case.published_at))
        await a_case(session, slug="none", version=None, published_at=None)
    written = parse_string((await client.get("/cases/moe/citation.bib")).text)
    assert (len(written.entries), written.failed_blocks) == (1, [])
    fields = written.entries[0].fields_dict
    assert (fields["title"].value, fields["author"].value, fields["year"].value) == (
        r"{Words \& \{signs\}: 100\%}", "{Au Au}", "2026"
    )
    text = (await client.get("/cases/moe/CITATION.cff")).text
    cff = yaml.safe_load(text)
    assert read_files({"CITATION.cff": text}).faults == []
    assert (cff["cff-version"], cff["title"], cff["authors"], cff["date-released"]) == (
        "1.2.0", "Words & {signs}: 100%", [{"name": "Au Au"}], date(2026, 1, 1)
    )
    assert cff["url"].endswith("/cases/moe")
    assert (await client.get("/cases/none/CITATION.cff")).status_code == 404
