"""The proxies and units of ``docs/running`` as their own programs read them, and a site behind each proxy."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import sample
from secrets import token_hex
from typing import Any

import httpx
import pytest

from registry.accounts.rules import Role
from registry.database.engine import Database
from registry.settings import Settings
from tests.browser.conftest import free_port, served
from tests.factories import a_person
from tests.test_running import BUNDLED, RUNNING, UNITS
from tests.trust.roles import signed_in
from tests.visits import filled

pytestmark = pytest.mark.trust

NAME = "registry.example.org"
SECONDS_OF_A_SLOW_UPLOAD = 25
"""More than either proxy waits for anything that should come at once."""
SECONDS_TO_START = 30
LARGEST = Settings.model_fields["largest_upload_megabytes"].default * 1024 * 1024
PIECES = 50
_SNI = {"sni_hostname": NAME}
STREAM, UPLOADS = "/events/hackath66n/board/live", "/imports"


def _nginx(folder: Path, port: int, behind: int) -> list[str]:
    site = (RUNNING / "nginx.conf").read_text("utf-8")
    for ours, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"), ("listen 443", f"listen {port}"), ("[::]:443", f"[::1]:{port}"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"), ("    listen [::]:80;\n", ""),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{folder}/certificate.pem"),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{folder}/key.pem"),
    ):
        assert ours in site, ours
        site = site.replace(ours, here)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr warn;\n"
        f"events {{}}\nhttp {{ access_log off;\n{paths}{site}}}\n", "utf-8",
    )
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, port: int, behind: int) -> list[str]:
    site = (RUNNING / "Caddyfile").read_text("utf-8")
    for ours, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        (f"\n{NAME} {{\n", f"\nhttps://{NAME}:{port} {{\n\ttls {folder}/certificate.pem {folder}/key.pem\n"),
        ("\n{\n", f"\n{{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system {folder}/caddy\n"),
    ):
        assert ours in site, ours
        site = site.replace(ours, here, 1)
    (folder / "Caddyfile").write_text(site, "utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


FRONTS = {"nginx": _nginx, "caddy": _caddy}


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server in production, as behind a proxy: its address and its database's."""
    database = f"sqlite:///{tmp_path_factory.mktemp('behind')}/keng.sqlite3"
    with served(
        database, KENG_MODE="production", KENG_SECRET_KEY="s" * 40, KENG_BASE_URL=f"https://{NAME}",
        KENG_TRUSTED_PROXY_HEADER="X-Forwarded-For", KENG_SEARCHES_A_MINUTE="2",
    ) as address:
        yield address, database


@pytest.fixture(params=FRONTS)
def front(request: pytest.FixtureRequest, tmp_path: Path, behind: tuple[str, str]) -> Iterator[str]:
    """The address of a proxy that stands before it, with our file but for names of places and a certificate."""
    program = request.param
    for needed in (program, "openssl"):
        if shutil.which(needed, path=f"{os.environ['PATH']}:/usr/sbin") is None:
            pytest.skip(f"{needed} is not installed here")
    certificate = ["-addext", f"subjectAltName=DNS:{NAME}", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", *certificate],
        check=True, capture_output=True, cwd=tmp_path,
    )
    port = free_port()
    command = FRONTS[program](tmp_path, port, int(behind[0].rpartition(":")[2]))
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": f"{os.environ['PATH']}:/usr/sbin"}
    log = tmp_path / "log"
    with log.open("wb") as written, subprocess.Popen(command, env=environment, stderr=written) as running:
        address = f"https://127.0.0.1:{port}"
        try:
            assert _answers(address, running), log.read_text("utf-8")
            yield address
        finally:
            running.terminate()


def _answers(address: str, running: "subprocess.Popen[bytes]") -> bool:
    limit = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < limit and running.poll() is None:
        try:
            with httpx.Client(verify=False) as client:  # noqa: S501 — it is our own
                client.get(f"{address}/ready", headers={"Host": NAME}, extensions=_SNI).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return True
    return False


def _reader(front: str, machine: str = "127.0.0.1", **more: Any) -> httpx.AsyncClient:
    """Somebody who comes to the site from a machine, through the proxy."""
    way = httpx.AsyncHTTPTransport(verify=False, local_address=machine)
    return httpx.AsyncClient(base_url=front, transport=way, timeout=60, headers={"Host": NAME}, **more)


async def _organiser(database_url: str) -> httpx.Cookies:
    database = Database(Settings(database_url=database_url))
    async with database.writing() as session:
        cookies = await signed_in(session, await a_person(session), Role.ADMINISTRATOR)
    await database.close()
    return cookies


async def _uploaded(reader: httpx.AsyncClient, size: int, *, seconds: float = 0) -> httpx.Response:
    """Upload a file in a body of ``size`` bytes, in pieces that take so many seconds together."""
    page = await reader.get(UPLOADS, extensions=_SNI)
    fields = {name: values[0] for name, values in filled(page, UPLOADS).items() if name.startswith("form_")}
    begin = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ) + '--edge\r\nContent-Disposition: form-data; name="file"; filename="list.txt"\r\n\r\nname,state\n'
    end = "\r\n--edge--\r\n"
    left = size - len(begin) - len(end)

    async def body() -> AsyncIterator[bytes]:
        yield begin.encode()
        for place in range(PIECES):
            yield b"x" * (left * (place + 1) // PIECES - left * place // PIECES)
            await asyncio.sleep(seconds / PIECES)
        yield end.encode()

    return await reader.post(UPLOADS, content=body(), extensions=_SNI, headers={
        "Content-Type": "multipart/form-data; boundary=edge", "Content-Length": str(size), "Origin": f"https://{NAME}",
    })


async def _stream(reader: httpx.AsyncClient) -> list[float]:
    """When each piece of a live page's stream came, for somewhat longer than a proxy waits for other things."""
    clock, came = asyncio.get_running_loop().time, list[float]()
    begun = clock()
    async with reader.stream("GET", STREAM, extensions=_SNI) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for _piece in answer.aiter_raw():
            came.append(clock() - begun)
            if came[-1] > SECONDS_OF_A_SLOW_UPLOAD:
                break
    return came


async def test_a_proxy_lets_through_what_should_and_nothing_else(front: str, behind: tuple[str, str]) -> None:
    cookies = await _organiser(behind[1])
    async with _reader(front) as reader, _reader(front, cookies=cookies) as organiser:
        page = await reader.get("/projects", extensions=_SNI)
        assert (page.status_code, page.headers["strict-transport-security"]) == (200, "max-age=31536000")
        assert (await reader.get("/metrics", extensions=_SNI)).status_code == 404
        came, slow = await asyncio.gather(
            _stream(reader), _uploaded(organiser, LARGEST, seconds=SECONDS_OF_A_SLOW_UPLOAD)
        )
        assert slow.status_code == 303, slow.text[:500]
        # A drawing comes at once and a sign of life each 15 seconds; a proxy that holds them back sends all at the end.
        assert (came[0] < 14, came[-1] > SECONDS_OF_A_SLOW_UPLOAD) == (True, True), came
        refused = await _uploaded(organiser, LARGEST + 1)
        assert (refused.status_code, "too large" in refused.text) == (413, True)  # by the registry, in its words
        unread = await reader.post(UPLOADS, content=b"x" * LARGEST, extensions=_SNI)
        after = await reader.get("/projects", extensions=_SNI)
        assert (unread.status_code, after.status_code) == (403, 200)


async def test_a_proxy_says_who_asks(front: str) -> None:
    async def searched(machine: str, word: str, **told: str) -> int:
        async with _reader(front, machine) as reader:
            return (await reader.get("/search", params={"q": word}, headers=told, extensions=_SNI)).status_code

    one, other = (f"127.0.0.{number}" for number in sample(range(2, 255), 2))
    words = [token_hex(8) for _search in range(5)]  # what was searched for before comes from memory and does not count
    found = [await searched(one, word) for word in words[:3]]
    pretended = await searched(one, words[3], **{"X-Forwarded-For": "192.0.2.1"})
    assert (found, pretended, await searched(other, words[4])) == ([200, 200, 429], 429, 200)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_reads_the_units_without_a_word(tmp_path: Path) -> None:
    for path in [*UNITS, *RUNNING.glob("*.timer")]:
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(BUNDLED, "/bin/true"), "utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    read = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stdout + read.stderr, len(units)) == (0, "", 4)
    (tmp_path / "keng.service").write_text("[Service]\nExecStart=true\nRestarts=always\n", "utf-8")
    broken = subprocess.run(["systemd-analyze", "verify", units[-1]], capture_output=True, text=True, check=False)
    assert "Restarts" in broken.stderr
