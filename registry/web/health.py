"""What an installation needs to work, looked at one by one: for ``/health``, and for ``keng doctor`` with advice.

``/health`` is for people and alarms: it tells of everything, the background work too. ``/ready`` is for whoever shares
readers out: whether this process can answer them now.
"""

import asyncio
from datetime import UTC, datetime

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from registry.activity.outbox import outbox_backlog
from registry.audit.queries import last_sealed_at
from registry.audit.rules import VERIFY
from registry.database.engine import Database, Reader
from registry.database.glance import knows_revision, newest_revision
from registry.jobs.queries import RunRow, job_runs
from registry.jobs.rules import FAILURES_THAT_WORRY, is_silent
from registry.projects.models import Project
from registry.search.models import SearchDocument
from registry.web.draining import is_draining

SECONDS_TO_BE_READY = 2.0


class Finding(msgspec.Struct, frozen=True):
    """What was found of one thing that the installation needs. ``advice`` says what to do when it is not well."""

    subject: str
    is_well: bool
    said: str
    advice: str = ""


async def examine(database: Database, *, now: datetime) -> list[Finding]:
    """Look at the database, its schema, the search index and the background work."""
    try:
        async with database.reading() as reader:
            migrations = _migrations(await _revision(reader))
            found = [Finding("database", is_well=True, said="answers"), migrations, await _index(reader)]
            return [*found, *await _background_work(reader, now)] if migrations.is_well else found
    except (SQLAlchemyError, OSError) as error:
        return [Finding(
            "database", is_well=False, said=f"does not answer ({type(error).__name__})",
            advice="Check KENG_DATABASE_URL, and that the database server runs and lets this machine in.",
        )]


async def _revision(reader: Reader) -> str | None:
    try:
        at: str | None = await reader.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return None
    return at


def _migrations(at: str | None) -> Finding:
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


async def _background_work(reader: Reader, now: datetime) -> list[Finding]:
    backlog = await outbox_backlog(reader, now=now)
    waits = f", the oldest since {_moment(backlog.oldest_due_at)}" if backlog.oldest_due_at else ""
    outbox = Finding("outbox", is_well=True, said=f"{backlog.waiting} waiting, {backlog.given_up} given up{waits}")
    runs = await job_runs(reader)
    log = _log_of_changes(await last_sealed_at(reader), next((run for run in runs if run.name == VERIFY), None))
    if not runs:
        return [outbox, log, Finding("jobs", is_well=True, said="none has run yet")]
    last_sign = max(run.ran_at for run in runs)
    return [outbox, log, Finding(
        "jobs", is_well=not is_silent(last_sign, now), said=f"last sign of the worker {_moment(last_sign)}",
        advice="Start `keng worker`, or `keng serve` with KENG_WORKER on.",
    ), *(_job(run) for run in runs)]


def _log_of_changes(sealed_at: datetime | None, verified: RunRow | None) -> Finding:
    """How far the audit log is sealed, and whether the last walk along its chain found it whole."""
    said = f"sealed {_moment(sealed_at)}, verified {_moment(verified.succeeded_at if verified else None)}"
    if verified and verified.failures:
        return Finding("log of changes", is_well=False, said=f"{said}, not whole {_moment(verified.failed_at)}",
                       advice="Run `keng audit verify`: it names the first row that is not as it was sealed.")
    return Finding("log of changes", is_well=True, said=said)


def _job(run: RunRow) -> Finding:
    said = f"ran {_moment(run.ran_at)}, last success {_moment(run.succeeded_at)}"
    if run.failed_at:
        said += f", last error {_moment(run.failed_at)}: {run.last_error}"
    return Finding(
        f"job: {run.name}", is_well=run.failures < FAILURES_THAT_WORRY, said=said,
        advice=f"It failed {run.failures} times in a row. The worker's log tells why.",
    )


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else "never"


@get("/health")
async def health(state: State) -> Response[dict[str, str]]:
    """Whether the database answers and is up to date, the index is there, and jobs run: 200, or 503 when one is not."""
    database: Database = state.database
    findings = await examine(database, now=datetime.now(UTC))
    is_well = all(one.is_well for one in findings)
    return Response(
        {"status": "ok" if is_well else "failing"} | {one.subject: one.said for one in findings},
        status_code=HTTP_200_OK if is_well else HTTP_503_SERVICE_UNAVAILABLE,
        headers={"cache-control": "no-store"},
    )


@get("/ready")
async def ready(state: State) -> Response[dict[str, str]]:
    """Whether readers can be sent here: 200, or 503 while the database is away, slow or not migrated, or before a stop.

    A newer schema has only more than ours: who shares readers out keeps us until the next version is up.
    """
    database: Database = state.database
    try:
        async with asyncio.timeout(SECONDS_TO_BE_READY), database.reading() as reader:
            at = await _revision(reader)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        found = Finding("database", is_well=False, said=f"does not answer ({type(error).__name__})")
    else:
        found = _migrations(at)
        if at is not None and not knows_revision(at):
            found = Finding("migrations", is_well=True, said=f"at {at}, newer than this version")
    if is_draining():
        found = Finding("server", is_well=False, said="about to stop")
    return Response(
        {"status": "ready" if found.is_well else f"{found.subject}: {found.said}"},
        status_code=HTTP_200_OK if found.is_well else HTTP_503_SERVICE_UNAVAILABLE,
        headers={"cache-control": "no-store"},
    )
