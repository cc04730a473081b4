"""What a start loads: `make run` promises a second start under three seconds, and imports are most of it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from registry.cli import VERBS, app
from registry.database.glance import is_empty, is_up_to_date, newest_revision
from registry.database.migrate import pending_revisions
from registry.settings import Settings

ASKED = """
import sys
from typer.testing import CliRunner
from registry.cli import app
print("export" in CliRunner().invoke(app, ["--help"]).output)
print(CliRunner().invoke(app, ["demo"]).output.strip())
print(*{"sqlalchemy", "alembic", "litestar", "jinja2", "granian"}.intersection(sys.modules))
import registry.web.server
from registry.app import create_app
create_app()
seldom = {"alembic", "github", "slack_sdk", "authlib", "icalendar", "segno", "feedgen", "httpcore2", "psycopg"}
seldom |= {"PIL", "weasyprint", "fontTools", "structlog"}
print(*seldom.intersection(sys.modules))
"""


def test_help_and_a_demo_that_is_loaded_need_no_database_and_a_server_nothing_that_pages_seldom_need(
    tmp_path: Path,
) -> None:
    with closing(sqlite3.connect(tmp_path / "keng.sqlite3")) as database, database:
        database.execute("CREATE TABLE alembic_version AS SELECT ? AS version_num", [newest_revision()])
        database.execute("CREATE TABLE events AS SELECT 1 AS id")
        database.execute("CREATE TABLE projects (id INTEGER)")
    environment = os.environ | {"KENG_DATABASE_URL": f"sqlite:///{tmp_path}/keng.sqlite3"}
    told = subprocess.run([sys.executable, "-c", ASKED], env=environment, check=True, capture_output=True, text=True)
    assert told.stdout.splitlines() == [
        "True", "The database holds a record already; the sample was not loaded.", "", "",
    ]


async def test_a_glance_tells_an_empty_database_from_one_with_a_record(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=database_url)
    assert (is_up_to_date(settings), is_empty(settings)) == (True, True)
    nowhere = Settings(database_url=f"sqlite:///{tmp_path}/nowhere.sqlite3")
    assert (is_up_to_date(nowhere), is_empty(nowhere)) == (False, True)
    assert pending_revisions(f"sqlite:///{tmp_path}/new.sqlite3")[-1] == newest_revision()


def test_the_list_of_verbs_says_what_each_says_of_itself() -> None:
    keng: Any = get_command(app)
    own = {name: keng.get_command(None, name).help.splitlines()[0] for name in VERBS}
    assert own == {name: verb.summary for name, verb in VERBS.items()}
    assert "Look after the connection to GitHub." in CliRunner().invoke(app, ["github", "--help"]).output
