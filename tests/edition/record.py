"""A small record with what an edition must show, and what nobody may see; and the edition of it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.edition.rules import Edition
from registry.edition.writing import EditionReport, write_edition
from registry.events.rules import EventState
from registry.projects.rules import NeedState
from registry.proposals.rules import ProposalState
from registry.search.commands import rebuild
from registry.settings import Settings
from tests.factories import (
    a_case,
    a_credit,
    a_membership,
    a_need,
    a_person,
    a_project,
    a_proposal,
    a_registration,
    a_tag,
    an_event,
)

CANARY = "canary"
"""In the names and texts of everything that is not for everyone."""
NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
LIVE = "https://keng.example"
LONG_SLUG = "長" * 100
"""Longer, written as a file's name, than file systems allow."""


async def fill(database: Database) -> None:
    """Write the record."""
    async with database.writing() as session:
        await _fill(session)
        await rebuild(session)


async def _fill(session: AsyncSession) -> None:
    event = await an_event(session, slug="hack", name={"en": "A day", "zh-Hant": "第一次"}, starts_on=date(2024, 5, 4))
    project = await a_project(
        session, slug="預算地圖", name={"zh-Hant": "立法院預算地圖", "en": "Budget map"},
        summary={"zh-Hant": "看懂國家的錢", "en": "Where the money goes"},
        description_html={"en": '<p><a href="/projects/nowhere">gone</a> <a href="/projects/old#team">moved</a>'
                                ' <code>href="/projects"</code></p>'},
    )
    for number in range(24):
        await a_project(session, slug=f"tool-{number:02}", name={"en": f"Tool {number}"})
    session.add(SlugRedirect(subject=Subject.PROJECT, old_slug="old", subject_id=project.id))
    pitch = await a_proposal(session, event=event, project=project)
    person = await a_person(session, slug="lin", display_name="Lin", is_public=True)
    await a_credit(session, proposal=pitch, person=person)
    await a_membership(session, project=project, person=person)
    await a_tag(session, project, slug=LONG_SLUG, name={"zh-Hant": "臺灣"})
    await a_need(session, project=project, key="designer")
    await a_need(session, project=project, key="writer", line={"en": f"{CANARY} line"}, state=NeedState.CLOSED)
    await a_case(session, project=project)
    hidden = await a_project(session, slug=f"{CANARY}-hidden", name={"en": f"{CANARY} hidden"}, hidden_at=NOW)
    await a_proposal(session, event=event, project=hidden)
    await a_tag(session, hidden, slug=f"{CANARY}-tag", name={"en": f"{CANARY} tag"}, hidden_at=NOW)
    await an_event(session, slug=f"{CANARY}-draft", name={"en": f"{CANARY} event"}, state=EventState.DRAFT)
    draft = await a_project(session)
    await a_proposal(
        session, event=event, project=draft, slug=f"{CANARY}-pitch", title={"en": CANARY}, state=ProposalState.DRAFT
    )
    private = await a_person(session, slug=f"{CANARY}-person", display_name=f"{CANARY} person", is_public=False)
    await a_membership(session, project=project, person=private)
    await a_registration(session, event=event, person=private, badge_name=CANARY, code=f"{CANARY}-code")


async def written(
    settings: Settings, folder: Path, *, later: timedelta = timedelta(), address: str = ""
) -> EditionReport:
    """Write the edition of an installation's record into a folder."""
    edition = Edition(NOW + later, NOW.date(), LIVE, address)
    at_home = settings.model_copy(update={"base_url": LIVE})
    return await write_edition(at_home, folder, edition, lambda _done, _known: None)
