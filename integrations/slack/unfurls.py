"""What stands below a shared link to one of our pages: only what everybody may see there."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from integrations.slack.blocks import mrkdwn
from integrations.slack.here import Here
from integrations.slack.messages import said_of
from integrations.slack.verbs import event_lines, project_lines
from registry.cases.queries import published_case
from registry.database.engine import Reader
from registry.events.queries import event_by_slug
from registry.inbox.queries import public_record
from registry.people.queries import person_by_slug
from registry.projects.queries.project import project_by_slug
from registry.proposals.queries import proposal_by_slug
from registry.web.i18n import gettext as _
from registry.web.i18n import plain

MOST_LINKS = 5
Lines = Callable[[Here, Reader, str], Awaitable[str]]


async def unfurls_of(here: Here, urls: Iterable[str]) -> dict[str, Any]:
    """What to show below each of some addresses; those that are not ours, or not public, are left out."""
    shown: dict[str, Any] = {}
    async with here.database.reading() as reader:
        for url in list(dict.fromkeys(urls))[:MOST_LINKS]:
            collection, slug = _place(here, url)
            lines = await _LINES[collection](here, reader, slug) if collection in _LINES else ""
            if lines:
                shown[url] = {"blocks": [mrkdwn(lines)]}
    return shown


def _place(here: Here, url: str) -> tuple[str, str]:
    """The collection and the last part of one of our addresses; empty for any other."""
    ours, asked = urlsplit(here.settings.base_url), urlsplit(url)
    if asked.netloc.casefold() != ours.netloc.casefold() or asked.scheme not in {"http", "https"}:
        return "", ""
    parts = [unquote(part) for part in asked.path.removeprefix(ours.path).split("/") if part]
    if len(parts) != 2 or "\0" in parts[1]:  # noqa: PLR2004 — /projects/name
        return "", ""
    return parts[0], parts[1]


async def _project(here: Here, reader: Reader, slug: str) -> str:
    project = await project_by_slug(reader, slug)
    return project_lines(here, project) if project else ""


async def _event(here: Here, reader: Reader, slug: str) -> str:
    event = await event_by_slug(reader, slug)
    return event_lines(here, event) if event else ""


async def _proposal(here: Here, reader: Reader, slug: str) -> str:
    pitch = await proposal_by_slug(reader, slug)
    if pitch is None:
        return ""
    return said_of(
        here, f"/proposals/{slug}", plain(pitch.title), plain(pitch.summary), plain(pitch.event_name or {})
    )


async def _person(here: Here, reader: Reader, slug: str) -> str:
    person = await person_by_slug(reader, slug)
    return said_of(here, f"/people/{slug}", person.name) if person else ""


async def _case(here: Here, reader: Reader, slug: str) -> str:
    case = await published_case(reader, slug)
    if case is None:
        return ""
    return said_of(here, f"/cases/{slug}", plain(case.content.title), _("Case study"), plain(case.project_name))


def _named(collection: str) -> Lines:
    async def lines(here: Here, reader: Reader, slug: str) -> str:
        record = await public_record(reader, collection, slug)
        return said_of(here, record.path, plain(record.name)) if record else ""

    return lines


_LINES: Mapping[str, Lines] = {
    "projects": _project, "events": _event, "proposals": _proposal, "people": _person, "tags": _named("tags"),
    "needs": _named("needs"), "cases": _case,
}
