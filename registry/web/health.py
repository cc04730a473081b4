"""What an installation needs to work, looked at one by one: for ``/health``, and for ``keng doctor`` with advice."""

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from registry.database.engine import Database, Reader
from registry.database.migrate import newest_revision
from registry.projects.models import Project
from registry.search.models import SearchDocument


class Finding(msgspec.Struct, frozen=True):
    """What was found of one thing that the installation needs. ``advice`` says what to do when it is not well."""

    subject: str
    is_well: bool
    said: str
    advice: str = ""


async def examine(database: Database) -> list[Finding]:
    """Look at the database, its schema, the search index and the background work."""
    try:
        async with database.reading() as reader:
            return [
                Finding("database", is_well=True, said="answers"), await _migrations(reader), await _index(reader), JOBS
            ]
    except (SQLAlchemyError, OSError) as error:
        return [Finding(
            "database", is_well=False, said=f"does not answer ({type(error).__name__})",
            advice="Check KENG_DATABASE_URL, and that the database server runs and lets this machine in.",
        ), JOBS]


JOBS = Finding("jobs", is_well=True, said="not configured")


async def _migrations(reader: Reader) -> Finding:
    try:
        at = await reader.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        at = None
    newest = newest_revision()
    if at == newest:
        return Finding("migrations", is_well=True, said=f"at {newest}, the newest")
    return Finding("migrations", is_well=False, said=f"at {at or 'none'}, the newest is {newest}",
                   advice="Run `keng migrate`.")


async def _index(reader: Reader) -> Finding:
    try:
        row = (await reader.execute(select(
            select(func.count(Project.id)).scalar_subquery(), select(func.count(SearchDocument.id)).scalar_subquery(),
        ))).one()
    except SQLAlchemyError:
        return Finding("index", is_well=False, said="is missing", advice="Run `keng migrate`, then `keng reindex`.")
    projects, documents = row
    if projects and not documents:
        return Finding("index", is_well=False, said="is empty", advice="Run `keng reindex`.")
    return Finding("index", is_well=True, said=f"{documents} records")


@get("/health")
async def health(state: State) -> Response[dict[str, str]]:
    """Whether the database answers and is up to date, the index is there, and jobs run: 200, or 503 when one is not."""
    database: Database = state.database
    findings = await examine(database)
    is_well = all(one.is_well for one in findings)
    return Response(
        {"status": "ok" if is_well else "failing"} | {one.subject: one.said for one in findings},
        status_code=HTTP_200_OK if is_well else HTTP_503_SERVICE_UNAVAILABLE,
        headers={"cache-control": "no-store"},
    )
