"""A record whose lists hold as many rows as one wishes: one row of each kind by hand, the others are its likes."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import Enum, Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Database
from registry.database.tables import Base
from registry.people.models import Person
from registry.search.commands import rebuild
from tests.accounts.routes import example
from tests.conftest import statements_of
from tests.factories import a_case, a_person, a_project, a_proposal, a_repository, a_tag, an_event

FIRST, BETWEEN_KINDS = 1_000, 100_000
"""The numbers of likes begin after it; those of another kind in the same table so much later."""
ADDRESSES = {
    "/needs/{key:str}": "/needs/designer", "/stages/{key:str}": "/stages/idea", "/search": "/search?q=budget",
    "/api/v1/search": "/api/v1/search?q=budget", "/webhooks/{number:int}": "/webhooks/2",
}
NOT_OURS = {
    "/events/{slug:str}/board/live": "a stream without an end", "/imports/{upload_id:int}": "the rows of a file",
}
NOW = datetime.now(UTC)
_NEXT = re.compile(r"[?&;]page=2\b|[?&]cursor=")


def lists(app: Litestar) -> dict[str, str]:
    """Every list by its route: whatever takes the number of a page or a cursor; with an address that has rows."""
    return {
        route.path: ADDRESSES.get(route.path, example(route.path)) for route in _routes(app)
        if route.path not in NOT_OURS and any(
            {"page", "cursor"} & set(handler.parsed_fn_signature.parameters)
            for handler in route.route_handlers if "GET" in handler.http_methods
        )
    }


def goes_on(page: str) -> bool:
    """Whether a list leads to more of it."""
    return bool(_NEXT.search(page))


async def asked_for(site: Any, reader: httpx.AsyncClient, address: str) -> tuple[httpx.Response, int]:
    """A page, and how many statements it costs once what is kept until the next write is kept."""
    await reader.get(address)
    counting = statements_of(site)
    seen = next(counting)
    answer = await reader.get(address)
    asked = len(seen)
    assert next(counting, None) is None
    return answer, asked


class _Kind(NamedTuple):
    """A row that gets likes: where it stands, and the columns in which they differ from it, besides their number."""

    table: Table
    differing: tuple[str, ...]
    which: str
    numbers_from: int


class LongLists:
    """The record of an administrator, which grows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = 1
        self._kinds: list[_Kind] = []

    async def begin(self) -> None:
        """One row of each kind, most of them about one event, one project and one person, the administrator."""
        async with self._database.writing() as session:
            person = (await session.scalars(select(Person.id).where(Person.slug == "example-administrator"))).one()
            other = await a_person(session, slug="none", is_public=True, display_name="Budget person")
            event = await an_event(session, slug="none", name={"en": "Budget day"}, starts_on=NOW.date())
            project = await a_project(session, slug="none", name={"en": "Budget map"})
            pitch = await a_proposal(session, event=event, project=project, slug="none")
            tag, case = await a_tag(session, project, slug="none"), await a_case(session, project=project, slug="none")
            repository = await a_repository(session, project)
            project.last_active_on = (NOW - timedelta(days=999)).date()
            await session.flush()
            for record in (other, event, project, tag):
                self._get_likes(record.__tablename__, ("slug",), id=record.id)
            self._get_likes("proposals", ("slug", "project_id"), id=pitch.id)
            self._get_likes("repositories", ("forge_id", "name_key"), id=repository.id)
            self._get_likes("case_studies", ("slug", "project_id"), id=case.id)
            self._get_likes("case_versions", ("case_id",), case_id=case.id, number=1)
            self._get_likes("project_tags", ("project_id",), project_id=project.id, tag_id=tag.id)
            self._get_likes("project_tags", ("tag_id",), project_id=project.id, tag_id=tag.id)
            self._get_likes(
                "project_repositories", ("repository_id",), project_id=project.id, repository_id=repository.id
            )
            await self._plant(session, "starter_issues", ("number",), repository_id=repository.id, number=1)
            await self._of_project(session, project.id, event.id, pitch.id, other.id)
            await self._of_event(session, event.id, project.id, pitch.id, other.id)
            await self._of_person(session, person, project.id, other.id)
            await self._of_the_desk(session, event.id, project.id, other.id)

    async def _of_project(self, session: AsyncSession, project: int, event: int, pitch: int, other: int) -> None:
        waits = {"project_id": project, "kind": "code", "source": "said", "note": "."}
        await self._plant(session, "contributions", event_id=event, person_id=other, **waits)
        await self._plant(session, "needs", ("project_id",), project_id=project, key="designer", state="open")
        await self._plant(session, "updates", project_id=project)
        await self._plant(session, "stage_changes", project_id=project, to_stage="idea")
        await self._plant(session, "dormancy_questions", ("project_id",), project_id=project)
        await self._plant(session, "links", ("url",), project_id=project, health="dead")
        for subject, record in (("event", event), ("project", project), ("proposal", pitch)):
            await self._plant(
                session, "audit", subject=subject, subject_id=record, action=f"{subject} edited",
            )
        for owner in (project, None):
            receiver = await self._plant(session, "receivers", project_id=owner)
            await self._plant(
                session, "dispatches", ("fact_key", "name"), receiver_id=receiver, fact_key=f"{owner}",
                name=f"{owner}", kind="pitched",
            )

    async def _of_event(self, session: AsyncSession, event: int, project: int, pitch: int, other: int) -> None:
        await self._plant(
            session, "registrations", ("person_id", "code"), event_id=event, person_id=other, code="code"
        )
        await self._plant(session, "slots", ("proposal_id",), event_id=event, proposal_id=pitch, project_id=project)
        await self._plant(
            session, "work_tables", ("label", "project_id"), event_id=event, project_id=project, taken_at=NOW
        )
        await self._plant(
            session, "contributions", event_id=event, person_id=other, kind="code", source="said", note="."
        )

    async def _of_person(self, session: AsyncSession, person: int, project: int, other: int) -> None:
        pitch = (await session.execute(text("SELECT id FROM proposals WHERE slug = 'none'"))).scalar_one()
        own: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
            "credits": (("proposal_id",), {"proposal_id": pitch}), "notices": ((), {"kind": "member_left"}),
            "memberships": (("project_id",), {"project_id": project, "role": "owner"}),
            "contributions": ((), {"kind": "code", "source": "said", "note": "."}),
            "statements": (("code",), {"code": "s", "content": {}}),
            "offers": (("need_key",), {"project_id": project, "need_key": "designer"}),
            "follows": (("target",), {"subject": "project", "target": str(project)}),
        }
        for table, (differing, values) in own.items():
            await self._plant(session, table, differing, person_id=person, **values)

    async def _of_the_desk(self, session: AsyncSession, event: int, project: int, other: int) -> None:
        channel = await self._plant(session, "chat_channels", ("channel_id",), chat="workspace", channel_id="C")
        await self._plant(session, "announcements", channel_id=channel)
        await self._plant(session, "outbox", ("key",), given_up_at=NOW)
        await self._plant(session, "reports", subject="project", subject_id=project)
        await self._plant(session, "claims", ("subject_id",), subject="project", subject_id=project, claimer_id=other)
        await self._plant(
            session, "duplicate_candidates", ("right_id",), subject="project", left_id=project, right_id=project
        )
        await self._plant(session, "publications", ("subject_id",), subject="event", subject_id=event)

    async def grow(self, rows: int) -> None:
        """Let there be so many rows of each kind."""
        async with self._database.writing() as session:
            for kind in self._kinds:
                await session.execute(text(self._more(kind, rows)))
            self._rows = rows
            await rebuild(session)
            if not self._database.is_sqlite:
                await session.execute(text("ANALYZE"))  # as PostgreSQL does by itself, but not for tests

    def _more(self, kind: _Kind, rows: int) -> str:
        names = [column.name for column in kind.table.columns]
        values = ", ".join(_like(kind, name) for name in names)
        into = ", ".join(f'"{name}"' for name in names)
        return (
            f"INSERT INTO {kind.table.name} ({into}) "  # noqa: S608 — names of our own
            f"WITH RECURSIVE likes(n) AS (SELECT {self._rows} UNION ALL SELECT n + 1 FROM likes WHERE n < {rows - 1}) "
            f"SELECT {values} FROM {kind.table.name} AS one CROSS JOIN likes WHERE {kind.which}"
        )

    def _get_likes(self, name: str, differing: tuple[str, ...], **which: int) -> None:
        table = Base.metadata.tables[name]
        same = sum(kind.table is table for kind in self._kinds)
        self._kinds.append(_Kind(
            table, differing, " AND ".join(f"one.{column} = {value}" for column, value in which.items()),
            FIRST + same * BETWEEN_KINDS,
        ))

    async def _plant(
        self, session: AsyncSession, name: str, differing: tuple[str, ...] = (), /, **values: Any
    ) -> int:
        """A row with these values, what else it must have is anything; its number. It gets likes."""
        table = Base.metadata.tables[name]
        filled = {column.name: _anything(column) for column in table.columns if _is_needed(column)} | values
        planted: Any = await session.execute(insert(table).values(filled))
        key: Sequence[int] = planted.inserted_primary_key
        which = {column.name: value for column, value in zip(table.primary_key, key, strict=True)}
        self._get_likes(name, differing, **which)
        return key[0]


def _routes(app: Litestar) -> Iterator[HTTPRoute]:
    return (route for route in app.routes if isinstance(route, HTTPRoute))


def _like(kind: _Kind, name: str) -> str:
    """A column's value in the like of a row whose number is ``n``."""
    if name == "id":
        return f"{kind.numbers_from} + n"
    if name not in kind.differing:
        return f'one."{name}"'
    if name == "target":
        return f"CAST({FIRST} + n AS TEXT)"
    return f"{FIRST} + n" if kind.table.columns[name].type.python_type is int else f"one.\"{name}\" || '-' || n"


def _is_needed(column: Any) -> bool:
    return not (column.nullable or column.default or column.server_default or column.name == "id")


def _anything(column: Any) -> Any:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    kind = column.type.python_type
    given: dict[Any, Any] = {str: "budget", int: 1, float: 0.5, date: NOW.date(), dict: {}}
    return given.get(kind, NOW)
