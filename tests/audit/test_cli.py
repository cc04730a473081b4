"""``keng audit verify`` and ``keng doctor`` say whether the log of changes is as it was sealed."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import update
from typer.testing import CliRunner

from registry.activity.commands import note_change
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.audit import commands
from registry.audit.commands import seal_log
from registry.cli import app
from registry.database.engine import Database
from registry.jobs.schedule import SCHEDULE
from registry.jobs.worker import _Turn, run_job
from registry.ports import Workplace
from registry.settings import Settings, load_settings
from tests.conftest import postgresql_in_trust
from tests.moderation.acts import NOW

Keng = Callable[..., tuple[int, str]]


@pytest.fixture
def keng(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keng]:
    """Run ``keng audit verify`` on the test's database; gives the exit code and the words."""
    monkeypatch.setenv("KENG_DATABASE_URL", database_url)
    monkeypatch.setattr(commands, "_SECONDS_TO_BEGIN", 0.0)
    load_settings.cache_clear()

    def run(*words: str) -> tuple[int, str]:
        answer = CliRunner().invoke(app, ["audit", "verify", *words])
        return answer.exit_code, answer.output

    yield run
    load_settings.cache_clear()


@postgresql_in_trust
async def test_the_command_and_health_say_whether_the_log_was_altered_and_where(
    keng: Keng, settings: Settings, database: Database, client: AsyncTestClient
) -> None:
    workplace = Workplace(settings, database, lambda: NOW)
    async with database.writing() as session:
        for number in (1, 2, 3):
            note_change(session, now=NOW, actor="import:x", action="x", subject=Subject.TAG, subject_id=number)
    await seal_log(workplace, NOW)
    code, words = await asyncio.to_thread(keng)
    said, _mark, head = words.strip().rpartition(" ")
    assert (code, said) == (0, "3 rows are as they were sealed. The chain ends in")
    assert (await asyncio.to_thread(keng, "--head", head))[0] == 0
    assert (await asyncio.to_thread(keng, "--head", head.replace("3:", "2:", 1)))[0] == 1
    assert (await asyncio.to_thread(keng, "--head", "3"))[0] == 2

    async with database.writing() as session:
        await session.execute(update(AuditEntry).where(AuditEntry.id > 1).values(actor="import:y"))
    code, words = await asyncio.to_thread(keng)
    assert (code, words.splitlines()[:2]) == (
        1, ["row 2 of the log was altered", "row 3 of the log was altered"],
    )
    verifying = next(job for job, _runs in SCHEDULE if job.name == "verify the log of changes")
    await run_job(workplace, _Turn(verifying))
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["log of changes"]) == (
        503, "sealed 2026-03-04T05:06:00Z, verified never, not whole 2026-03-04T05:06:00Z",
    )
