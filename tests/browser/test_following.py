"""A person follows a project, hears of it and reads it, with and without scripts, in both languages."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.projects.models import Project
from registry.settings import Settings
from tests.browser.conftest import OpenPage, ViewsAs, in_turns, shared_out
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import in_trust
from tests.fakes.sign_in import FakeGitHubSignIn

PAGES = ("/needs/designer", "/inbox", "/following", "/account/notices", "/outbox", "/mail/stop/x.y")


@pytest.mark.parametrize(("script", "words"), [
    (True, ("Follow", "You follow this", "Mark all as read", "Inbox")),
    in_trust(False, ("追蹤", "追蹤中", "全部標為已讀", "收件匣")),
], ids=["script", "no script"])
async def test_a_person_follows_a_project_hears_of_it_and_reads_it(
    open_page: OpenPage, live_database: str, fake_github: FakeGitHubSignIn, script: bool, words: tuple[str, ...]
) -> None:
    follow, following, all_read, inbox = words
    address = "/projects/moedict"
    # Somebody of their own, who is told nothing else.
    fake_github.signed_in_as = {"id": 600 + script, "login": f"follower-{script}", "name": "Follower"}
    language = "en" if script else "zh-TW"
    page = await open_page(f"/sign-in?return={address}", language=language, java_script_enabled=script)
    await page.locator('form[action="/sign-in/github"] button').click()
    await page.get_by_role("button", name=follow, exact=True).click()
    await expect(page.get_by_role("button", name=following)).to_be_visible()
    await _until(page, "/following", lambda: _worker_has_begun(page))
    await _happens_to(live_database, address.rpartition("/")[2])
    await _until(page, "/following", lambda: page.locator(".account-menu__count").count())
    await page.locator(".account-menu > summary").click()
    await page.locator(".account-menu").get_by_role("link", name=re.compile(inbox)).click()
    await expect(page.locator(".notices__one--unread")).to_have_count(1)
    await page.locator(".notices__open").click()
    await expect(page).to_have_url(re.compile(re.escape(quote(address))))
    await expect(page.locator(".account-menu__count")).to_have_count(0)
    await page.goto("/inbox")
    await expect(page.locator(".notices__one--unread")).to_have_count(0)
    await expect(page.get_by_role("button", name=all_read)).to_have_count(0)


async def _happens_to(database_url: str, slug: str) -> None:
    """Somebody else posts an update: what the command of that leaves in the audit log."""
    database = Database(Settings(database_url=database_url))
    now = datetime.now(UTC)
    async with database.writing() as session:
        project_id = (await session.scalars(select(Project.id).where(Project.slug == slug))).one()
        note_change(
            session, now=now, actor="person:someone", action="update posted", subject=Subject.PROJECT,
            subject_id=project_id,
        )
    await database.close()


async def _worker_has_begun(page: Page) -> int:
    return "job: tell followers" in (await (await page.request.get("/health")).text())


async def _until(page: Page, path: str, there_is: Callable[[], Awaitable[int]]) -> None:
    """Look at a page again and again until the worker beside the server has done its part."""
    for _look in range(120):
        await page.goto(path)
        if await there_is():
            return
        await asyncio.sleep(0.5)
    pytest.fail(f"nothing came to {path} within a minute")


@in_turns
async def test_the_pages_of_notices_have_no_violation(views_as: ViewsAs, turn: int) -> None:
    views = await views_as("organiser")
    page = await views[0].open("/needs/designer")
    await page.locator(".follow button").click()
    for view, address in shared_out(views, PAGES, turn):
        page = await view.open(address)
        assert (await violations(page), await scrolls_sideways(page)) == ([], False), address
    page = await views[0].open("/needs/designer")
    await page.locator(".follow button").click()  # as it was
