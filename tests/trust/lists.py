"""Every list, on a record that holds nothing but an event and a project."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

from jinja2 import FileSystemLoader

from registry.database.engine import Database
from registry.paths import TEMPLATES
from registry.receivers.models import Receiver
from registry.web import templates
from tests.browser.test_registering import EVENT
from tests.factories import a_project, an_event

PROJECT, WEBHOOK = "/projects/bare", "/webhooks/1"
LISTS: dict[str | None, tuple[str, ...]] = {
    None: (
        "/events", "/proposals", "/projects", "/people", "/tags", "/cases", "/channels", "/start/issues",
        "/needs/designer", "/stages/release", "/search?q=zzzz", "/events?q=zzzz", "/projects?q=zzzz", EVENT,
        f"{EVENT}/later", f"{EVENT}/history", f"{PROJECT}/history",
    ),
    "owner": (
        "/inbox", "/following", "/account/contributions", "/account/offers", "/account/offers/waiting", "/pitch/mine",
        "/account/statements", f"{EVENT}/mine",
    ),
    "organiser": (
        "/audit?to=1999-01-01", "/outbox", "/announcements", "/claims", "/desk/links", "/duplicates", "/reports",
        "/publishing", "/quiet-projects", f"{EVENT}/registrations", f"{EVENT}/badges", f"{EVENT}/contributions",
        f"{EVENT}/door", f"{PROJECT}/offers", f"{PROJECT}/updates", f"{PROJECT}/contributions", WEBHOOK,
    ),
}
OF_SOMETHING = (EVENT, PROJECT, WEBHOOK)
# Lists that are never empty or say it in other words: an edition is made of records, a file without rows is refused,
# a board and a ladder show what else there is.
OTHERWISE = {"edition/list.html", "floor/board.html", "imports/upload.html", "stages/project.html"}


async def almost_nothing(database: Database) -> None:
    """An event, a project and a webhook, of which nothing is told."""
    async with database.writing() as session:
        await an_event(session, slug=EVENT.rpartition("/")[2], starts_on=date(2026, 1, 10))
        await a_project(session, slug=PROJECT.rpartition("/")[2])
        session.add(Receiver(id=1, address="https://example.org/", kinds=["pitched"], key="half"))


def templates_of_lists() -> set[str]:
    """The templates in which something is paged."""
    return {
        str(path.relative_to(TEMPLATES)) for path in TEMPLATES.glob("*/*.html")
        if "_components/pager.html" in path.read_text("utf-8")
    }


@contextmanager
def rendered() -> Iterator[set[str]]:
    """The templates that are drawn meanwhile, with those that they take in."""
    seen: set[str] = set()
    get = templates.environment().get_template.__func__  # type: ignore[attr-defined]

    def note(self: Any, name: Any, *rest: Any, **more: Any) -> Any:
        seen.add(name if isinstance(name, str) else name.name)
        return get(self, name, *rest, **more)

    with patch("jinja2.Environment.get_template", note):
        yield seen


@contextmanager
def rewritten(name: str, line: str, instead: str) -> Iterator[None]:
    """A fault: a line of a template is another one."""
    read = FileSystemLoader.get_source

    def read_with_it(self: FileSystemLoader, environment: Any, asked: str) -> Any:
        source, *rest = read(self, environment, asked)
        if asked == name:
            assert line in source
            source = source.replace(line, instead)
        return source, *rest

    templates.environment.cache_clear()
    with patch.object(FileSystemLoader, "get_source", read_with_it):
        yield
    templates.environment.cache_clear()
