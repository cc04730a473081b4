"""Records are found alike on both databases, as soon as they are written and never when they are not public."""

from datetime import UTC, datetime
from itertools import islice

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.proposals.rules import ProposalState
from registry.search.commands import rebuild, refresh
from registry.search.queries import search, suggestions
from tests.factories import a_person, a_project, a_proposal, a_tag, an_event


async def _slugs(database: Database, asked: str, **options: object) -> list[str]:
    async with database.reading() as reader:
        return [hit.slug for hit in (await search(reader, asked, limit=50, **options)).hits]  # type: ignore[arg-type]


async def _index(session: AsyncSession, *names: str) -> None:
    ids = [(await a_project(session, slug=name.casefold(), name={"zh-Hant": name})).id for name in names]
    await refresh(session, Subject.PROJECT, ids)


@pytest.mark.parametrize("asked", [
    "預算", "预算", "預算視覺", "覺", "預算 budget", "budget預算", "BUDGET", "ｂｕｄｇｅｔ", "budg", "化2024", "café", "CAFE",
])
async def test_a_project_is_found_by_any_part_of_its_name(database: Database, asked: str) -> None:
    async with database.writing() as session:
        await _index(session, "預算視覺化2024", "立法院", "算預")
        shown = await a_project(session, slug="shown", name={"zh-Hant": "預算視覺化2024", "en": "Budgets at the Cafe\u0301"})
        await refresh(session, Subject.PROJECT, [shown.id])
    assert "shown" in await _slugs(database, asked)
    assert "算預" not in await _slugs(database, asked)
