"""Find a Chromium for the browser tests, or install one. Run as a module before the tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUICK_NAMES = ("chromium-headless-shell", "chrome-headless-shell")
DEBIAN = ["chromium", "chromium-headless-shell", "fonts-noto-cjk"]


def find_chromium() -> str | None:
    """The path of a Chromium on this machine: ``KENG_CHROMIUM``, a system one, or Playwright's own."""
    chosen = os.environ.get("KENG_CHROMIUM")
    if chosen:
        return chosen
    system = next(filter(None, map(shutil.which, NAMES)), None)
    return system or _playwrights_own()


def find_quick_chromium() -> str | None:
    """The path of a build without windows, where there is one: a journey takes less than half there; else any."""
    quick = None if os.environ.get("KENG_CHROMIUM") else next(filter(None, map(shutil.which, QUICK_NAMES)), None)
    return quick or find_chromium()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 — slow, and seldom needed

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install_chromium() -> None:
    """Install Debian's package when root, else Playwright's own build."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> int:
    """Make sure that there is a Chromium, or say exactly what to do."""
    if find_chromium():
        return 0
    try:
        install_chromium()
    except (subprocess.CalledProcessError, OSError) as error:
        print(  # noqa: T201
            f"No Chromium was found and none could be installed ({error}).\n"
            "Install one (Debian: apt-get install chromium fonts-noto-cjk) or set KENG_CHROMIUM to its path.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
