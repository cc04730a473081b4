"""The sample's repositories on a GitHub that is made up, the same at every start; ``make pretend`` shows it."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from registry.paths import SAMPLE
from tests.fakes.github import TOKEN, FakeGitHub

WEB = "https://github.com"
_MADE_UP = "Made up for a demonstration. 這是示範用的虛構內容。"
_TASKS = (
    ("Write a first test", "good first issue"), ("補上中文說明", "good first issue"),
    ("Draw a legend for the map", "help wanted"),
    ("讓按鈕可以用鍵盤操作", "help wanted"), ("Explain how to run it on Windows", "good first issue"),
)
_LANGUAGES = ("JavaScript", "Python", "TypeScript", "Ruby", "Go", None)


class _Link(msgspec.Struct):
    url: str


class _Project(msgspec.Struct):
    links: list[_Link] = []


def sample_repositories() -> list[str]:
    """The full names of the repositories that projects of the sample link to."""
    projects = msgspec.json.decode((SAMPLE / "projects.json").read_bytes(), type=list[_Project])
    parts = [link.url.removeprefix(f"{WEB}/").rstrip("/").split("/") for project in projects for link in project.links
             if link.url.startswith(f"{WEB}/")]
    return sorted({"/".join(part) for part in parts if len(part) == 2})


def make_up(fake: FakeGitHub, names: Iterable[str], *, now: datetime) -> None:
    """Let there be these repositories, each with people, commits, a release and tasks that nobody ever had."""
    for name in names:
        chance = random.Random(name)  # noqa: S311 — the same at every start
        pushed_at = now - timedelta(days=chance.randrange(1, 900))
        address = f"{WEB}/{name}"
        fake.add_repository(
            name, html_url=address, description=_MADE_UP, language=chance.choice(_LANGUAGES),
            readme=f"# {name}\n\n{_MADE_UP}\n\n## How to help\n\nSay hello.",
            stargazers_count=chance.randrange(200), forks_count=chance.randrange(40), pushed_at=_moment(pushed_at),
            updated_at=_moment(pushed_at),
        )
        fake.files[name]["LICENSE"] = "MIT"
        for person in chance.sample(range(1, 40), chance.randrange(1, 6)):
            commits = chance.randrange(1, 12)
            fake.add_contributor(name, person, f"made-up-{person}", commits)
            for _commit in range(commits):
                at = pushed_at - timedelta(days=chance.randrange(300), hours=chance.randrange(24))
                fake.add_commit(name, _moment(at), f"made-up-{person}", person)
        fake.releases[name] = [{
            "tagName": "v1.0", "name": "Made up", "url": address, "publishedAt": _moment(pushed_at), "isDraft": False,
            "isPrerelease": False,
        }]
        fake.issues[name] = [
            {"number": number, "title": f"{title} (made up 虛構)", "url": address, "createdAt": _moment(pushed_at),
             "labels": {"nodes": [{"name": label}]}}
            for number, (title, label) in enumerate(chance.sample(_TASKS, chance.randrange(3)), start=1)
        ]


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def environment(fake: FakeGitHub) -> dict[str, str]:
    """The settings of an installation that synchronises with it."""
    return {"KENG_GITHUB_API_URL": fake.url, "KENG_GITHUB_TOKEN": TOKEN}
