"""The pictures of the README, from the sample record. Run as a module to take them anew into ``docs/pictures``."""

import tempfile

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import QUIET, served
from tests.supply.locks import ROOT

FOLDER = ROOT / "docs/pictures"
PAGES = {"front": "/", "projects": "/projects"}
VIEWS = [
    ("en", "light", 1280, 800), ("zh-TW", "dark", 1280, 800), ("zh-TW", "light", 390, 844), ("en", "dark", 390, 844),
]


def take(browser: Browser, site: str) -> None:
    """Each page in each view."""
    for name, path in PAGES.items():
        for locale, scheme, width, height in VIEWS:
            page = browser.new_page(
                locale=locale, color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": width, "height": height},
            )
            page.goto(site + path)
            page.screenshot(path=FOLDER / f"{name}-{locale}-{scheme}-{width}.png")
            page.close()


def main() -> None:
    """Serve the sample and take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder, served(f"sqlite:///{folder}/keng.sqlite3") as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        take(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
