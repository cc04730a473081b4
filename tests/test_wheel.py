"""An installed wheel runs outside the checkout, with its templates, handbook and browser assets."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
FRONT_PAGE = """
from litestar.testing import TestClient
from registry.app import create_app
with TestClient(create_app()) as client:
    paths = "/", "/static/vendor/htmx.min.js", "/static/vendor/fonts/noto-sans-tc/unicode.json"
    print(*(client.get(path).status_code for path in paths))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in a folder of its own."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", place, CHECKOUT],
        check=True,
    )
    (wheel,) = place.glob("keng-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def _run(unpacked: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked),
        "KENG_DATABASE_URL": f"sqlite:///{unpacked.parent}/keng.sqlite3",
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=unpacked.parent, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_the_wheel_serves_its_front_page(unpacked: Path) -> None:
    _run(unpacked, "-m", "registry.cli", "migrate")
    assert _run(unpacked, "-c", FRONT_PAGE).split()[-3:] == ["200", "200", "200"]


def test_the_wheel_carries_no_tests(unpacked: Path) -> None:
    assert sorted(path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")) == [
        "integrations", "registry",
    ]
