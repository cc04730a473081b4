"""A process that looks at repositories and kills itself in the middle of writing what it read."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

from github import Auth
from sqlalchemy import event

from integrations.github import sync as looking
from integrations.github.client import GitHubClient
from integrations.github.forge import GitHubForge
from registry.database.engine import Database
from registry.repositories.queries import repositories_of
from registry.settings import Settings
from tests.fakes.github import TOKEN

BATCH = 3


async def look_until(database_url: str, github_url: str, inserts: int) -> None:
    """Look at every repository in small batches; die without a word before contributors are written once more."""
    database, now, left = Database(Settings(database_url=database_url)), datetime.now(UTC), inserts

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal left
        if statement.startswith("INSERT INTO repository_contributors"):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.write_engine.sync_engine, "before_cursor_execute", count)
    looking.BATCH = BATCH
    client = GitHubClient(
        api_url=github_url, auth=Auth.Token(TOKEN), kept_free=0, now=lambda: now, seconds_between_writes=0
    )
    sync = looking.GitHubSync(client, GitHubForge(web_url=github_url, api_url=github_url))
    await sync.link(database, now=now)
    async with database.reading() as reader:
        due = await repositories_of(reader, forge=looking.FORGE)
    await sync.look_at(database, [one for one in due if one.read_at is None], now=now)


if __name__ == "__main__":
    asyncio.run(look_until(sys.argv[1], sys.argv[2], int(sys.argv[3])))
