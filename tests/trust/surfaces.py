"""Where texts of people are shown: each goes the application's own way, through what reads it and what draws it."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import lxml.etree
import msgspec
import yaml
from litestar.testing import AsyncTestClient
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.slack.answers import AnsweredChannel
from integrations.slack.blocks import unescaped
from integrations.slack.workspace import channel_of
from registry.channels.models import Channel, ProjectChannel
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from registry.database.types import Localized
from registry.events.models import Event
from registry.projects.models import Project, Update
from registry.repositories.files.fields import web_address
from registry.repositories.files.formats import read_files
from registry.repositories.models import RepositoryReadme, RepositoryRelease, StarterIssue
from registry.repositories.readme import render_readme
from registry.web.markdown import render_markdown
from registry.web.qr_code import qr_code
from registry.web.templates import environment
from tests import factories as make
from tests.trust.hostile import hostile_addresses

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
PROJECTS, LINKS, TAGS, QR_CODES, ADDRESSES = 3, 12, 2, 3, 60
ATOM_CONTENT = "{http://www.w3.org/2005/Atom}content"
_NUL = re.compile("\0")


async def surfaces(
    client: AsyncTestClient[Any], database: Database, documents: Sequence[str], number: int
) -> list[str]:
    """Whole pages that show each of these documents, among them all of a site that holds them in its fields."""
    async with database.writing() as session:
        paths = await _recorded(session, documents, number)
    asked = [("/search", "q"), ("/projects", "q"), ("/sign-in", "return")]
    pages = [await client.get(path) for path in paths] + [
        await client.get(path, params={name: text}) for (path, name), text in zip(asked, documents, strict=False)
    ]
    feeds = [(await client.get(f"/feed.{ending}")).content for ending in ("atom", "json")]
    assert {one.status_code for one in pages} == {200}
    return [_alone(_texts(documents)), _alone(_drawings(documents)), _alone(_fed(*feeds)), *(one.text for one in pages)]


def _alone(html: str) -> str:
    return f"<!doctype html><main>{html}</main>"


def _texts(documents: Sequence[str]) -> str:
    """As Markdown and as a README."""
    return "".join(
        f'<div class="prose">{render_markdown(text)}</div>'
        f'<div class="prose">{render_readme(text, url="https://github.com/g0v/x", branch="main")}</div>'
        for text in documents
    )


def _drawings(documents: Sequence[str]) -> str:
    """In SVG: as labels of a chart, and in QR codes."""
    chart = environment().get_template("_components/bar_chart.html").module
    bars = [(text, place) for place, text in enumerate(documents, 1)]
    drawn = chart.column_chart(  # type: ignore[attr-defined]
        id="chart", title=documents[0], description=documents[1], bars=bars, label_name=documents[2], unit=documents[3]
    )
    return str(drawn) + "".join(qr_code(text) for text in documents[:QR_CODES])


def _fed(atom: bytes, feed: bytes) -> str:
    """As readers show what feeds hold."""
    root = lxml.etree.fromstring(atom)
    assert {lxml.etree.QName(one).namespace for one in root.iter()} == {"http://www.w3.org/2005/Atom"}
    html = [one.text or "" for one in root.iter(ATOM_CONTENT)]
    html += [one["content_html"] for one in json.loads(feed)["items"] if "content_html" in one]
    assert html
    return "".join(f'<div class="prose">{text}</div>' for text in html)


class _Words:
    """Hands out one document after the other, over and over, and counts them; and addresses of the same kind."""

    def __init__(self, documents: Sequence[str], seed: int) -> None:
        self._documents: Iterator[str] = cycle(_NUL.sub("", text) for text in documents)
        self._addresses = cycle(hostile_addresses(ADDRESSES, seed=seed))
        self.given = 0

    def __call__(self) -> str:
        self.given += 1
        return next(self._documents)

    def address(self, *, otherwise: str) -> str:
        """One as it is kept, where it may be."""
        return web_address(next(self._addresses)) or otherwise

    def both(self) -> Localized:
        return {"en": self(), "zh-Hant": self()}

    def html(self) -> Localized:
        return {language: render_markdown(text) for language, text in self.both().items()}


async def _recorded(session: AsyncSession, documents: Sequence[str], number: int) -> list[str]:
    """Put the documents into the fields of new records; the paths of their pages."""
    word = _Words(documents, number)
    event = await make.an_event(
        session, slug=f"event-{number}", name=word.both(), subtitle=word.both(), place=word.both(), address=word(),
        description_html=word.html(),
    )
    projects = [await _project(session, word, event, f"{number}-{one}") for one in range(PROJECTS)]
    await _channel(session, word, projects[0], number)
    assert word.given >= len(documents)
    slugs = [project.slug for project in projects]
    return [
        "/", "/projects", "/people", "/channels", "/tags", "/events", f"/events/{event.slug}",
        *(f"/projects/{slug}" for slug in slugs), *(f"/proposals/{event.slug}-{slug}" for slug in slugs),
        f"/people/person-{number}-0", f"/projects/{slugs[0]}/code",
    ]


async def _project(session: AsyncSession, word: _Words, event: Event, slug: str) -> Project:
    stated = read_files({
        "g0v.json": json.dumps({"name": word(), "name_zh": word(), "homepage": word()}),
        "publiccode.yml": yaml.safe_dump({"name": word(), "description": {
            "en": {"shortDescription": word()}, "zh-Hant": {"shortDescription": word()},
        }}),
    }).stated
    project = await make.a_project(
        session, slug=slug, name=stated.name or word.both(), summary=stated.summary, code_licence=word(),
        content_licence=word(), description_html=word.html(),
    )
    for key in ("writer", "designer", "data"):
        await make.a_need(session, project=project, key=key, line=word.both())
    for _tag in range(TAGS):
        await make.a_tag(session, project, name=word.both())
    for place in range(LINKS):
        address = word.address(otherwise="https://a.example/")
        await make.a_link(session, project=project, url=f"{address}#{place}", label=word())
    await _repository(session, word, project)
    person = await make.a_person(session, slug=f"person-{slug}", display_name=word(), bio=word.both())
    await make.a_membership(session, project=project, person=person)
    session.add(Update(
        project_id=project.id, author_id=person.id, text=word.both(), text_html=word.html(), posted_at=NOW,
        picture_url=word.address(otherwise="https://a.example/"), picture_text=word(),
    ))
    proposal = await make.a_proposal(
        session, event=event, project=project, title={"en": unescaped(word())}, summary=word.both(),
        result=word.both(), initiators=word(), needs_text=word(), interests=word(), code_licence=word(),
        texts_html={name: word.html() for name in ("why", "who", "how", "difficulties")},
    )
    await make.a_credit(session, proposal=proposal, person=person)
    return project


async def _repository(session: AsyncSession, word: _Words, project: Project) -> None:
    repository = await make.a_repository(
        session, project, description=word(), homepage=word.address(otherwise=""), language=word(), licence=word(),
        topics=[word(), word()],
    )
    readme = render_readme(word(), url=repository.url, branch="main")
    session.add(RepositoryReadme(repository_id=repository.id, name="README.md", html=readme))
    session.add(RepositoryRelease(
        repository_id=repository.id, tag=word(), name=word(), url=repository.url, published_at=NOW
    ))
    session.add(StarterIssue(
        repository_id=repository.id, number=1, title=word(), url=repository.url, labels=[word()], opened_at=NOW
    ))


async def _channel(session: AsyncSession, word: _Words, project: Project, number: int) -> None:
    told = channel_of(msgspec.convert(
        {"id": f"C{number}", "name": word(), "topic": {"value": word()}}, AnsweredChannel
    ))
    channel = Channel(chat=WORKSPACE, channel_id=told.id, name=told.name, topic=told.topic, seen_at=NOW)
    session.add(channel)
    await session.flush()
    session.add(ProjectChannel(project_id=project.id, channel_id=channel.id, linked_at=NOW))
