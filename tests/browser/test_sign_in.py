"""A person signs in, looks after their account, and signs out, with and without scripts."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.accounts.test_rules import HOSTILE
from tests.browser.conftest import OpenPage, ViewsAs, in_turns
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import in_trust
from tests.fakes.http import Reply
from tests.fakes.sign_in import FakeGitHubSignIn

WITH_SCRIPT = pytest.mark.parametrize("script", [True, in_trust(False)], ids=["script", "no script"])
WITHOUT_SCRIPT = pytest.mark.parametrize("script", [in_trust(True), False], ids=["script", "no script"])


async def _sign_out(page: Page) -> None:
    await page.locator(".account-menu > summary").click()
    await page.locator(".account-menu").get_by_role("button").click()


@WITH_SCRIPT
async def test_a_newcomer_signs_in_through_github_renames_themselves_and_signs_out(
    open_page: OpenPage, fake_github: FakeGitHubSignIn, script: bool
) -> None:
    fake_github.signed_in_as = {"id": 100 + script, "login": f"ada-{script}", "name": "Ada Example"}
    page = await open_page("/projects?stage=idea", java_script_enabled=script)
    await page.get_by_role("link", name="Sign in").click()
    await page.get_by_role("button", name="Sign in with GitHub").click()
    await expect(page).to_have_url(re.compile(r"/projects\?stage=idea$"))
    await expect(page.locator(".account-menu__name")).to_have_text("Ada Example")

    await page.locator(".account-menu > summary").click()
    await page.get_by_role("link", name="Your account").click()
    await page.get_by_label("What people call you here").fill("Countess Ada")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".account-menu__name")).to_have_text("Countess Ada")

    await _sign_out(page)
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    await page.goto("/account")
    await expect(page.locator("main")).to_contain_text("Only people who are signed in may do this.")


@WITHOUT_SCRIPT
async def test_when_github_is_down_the_page_says_so_and_the_next_try_works(
    open_page: OpenPage, fake_github: FakeGitHubSignIn, script: bool
) -> None:
    fake_github.signed_in_as = {"id": 7, "login": "bo", "name": None}
    fake_github.fail_next("/user", Reply({"message": "down"}, 503))
    page = await open_page("/about", language="zh-TW", java_script_enabled=script)
    await page.get_by_role("link", name="登入").click()
    await page.get_by_role("button", name="用 GitHub 登入").click()
    await expect(page.get_by_role("alert")).to_contain_text("GitHub 目前沒有回應")
    assert ("code=" in page.url, "state=" in page.url) == (False, False)
    await page.get_by_role("button", name="用 GitHub 登入").click()
    await expect(page).to_have_url(re.compile(r"/about$"))


@in_turns
async def test_the_account_page_and_its_menu_have_no_violation(views_as: ViewsAs, turn: int) -> None:
    page = await (await views_as("owner"))[1 - turn].open("/account")
    await page.locator(".account-menu > summary").click()
    assert (await violations(page), await scrolls_sideways(page)) == ([], False)


@pytest.mark.trust
async def test_no_hostile_return_address_leaves_the_site_in_a_real_browser(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    kept = await page.evaluate(
        "async (wishes) => { const kept = []; for (const wish of wishes) {"
        " const text = await (await fetch('/sign-in?return=' + encodeURIComponent(wish))).text();"
        " const page = new DOMParser().parseFromString(text, 'text/html');"
        " const field = page.querySelector('input[name=return]');"
        " kept.push(new URL(field.value, location.href).origin === location.origin) } return kept }",
        [wish for wish in HOSTILE if "\0" not in wish],
    )
    assert (len(kept) > 190, all(kept)) == (True, True)
