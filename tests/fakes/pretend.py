"""The sample record beside a GitHub and a Slack on this machine: no token, no app, no network.

``make pretend`` runs it. What they tell is made up, the same at every start, and stands in a database of its own, so
that nothing of it is ever taken for what GitHub or Slack say.
"""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.settings import Settings
from tests.fakes import github_demo, slack_demo
from tests.fakes.github import FakeGitHub
from tests.fakes.slack_face import SlackWithFace

DATABASE = "sqlite:///var/pretend.sqlite3"
MEMORY = Path("var/pretend-slack.json")


def main(arguments: list[str]) -> None:
    """Load the sample, connect it and serve it until interrupted; ``arguments`` are those of ``keng serve``."""
    keng = str(Path(sys.executable).with_name("keng"))
    os.environ.setdefault("KENG_DATABASE_URL", DATABASE)
    settings = Settings()
    with FakeGitHub() as github, SlackWithFace(site=settings.base_url, zone=ZoneInfo(settings.timezone)) as slack:
        github_demo.make_up(github, github_demo.sample_repositories(), now=datetime.now(UTC))
        slack_demo.recall(slack, MEMORY)
        os.environ.update(github_demo.environment(github) | slack_demo.environment(slack))
        try:
            subprocess.run([keng, "demo"], check=True)
            subprocess.run([keng, "github", "sync"], check=True)
            asyncio.run(slack_demo.connect(Settings(), now=datetime.now(UTC)))
            print(f"A made-up Slack, with what it is told: {slack.url}", flush=True)  # noqa: T201 — for whoever started it
            subprocess.run([keng, "serve", *arguments], check=True)
        except KeyboardInterrupt:
            return
        finally:
            slack_demo.remember(slack, MEMORY)


if __name__ == "__main__":
    main(sys.argv[1:])
