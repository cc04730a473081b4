"""SQLite is one machine's: a second one is refused, and begins where the first is gone."""

import threading
import time
from pathlib import Path

import pytest

from registry.database import machine as machines
from registry.database.machine import Machine, Note, OtherMachine, network_among, sole_machine
from registry.settings import Settings

MOUNTS = r"""/dev/vda1 / ext4 rw 0 0
nas:/keng /srv/our\040record nfs4 rw 0 0
tmpfs /srv/our\040record/quick tmpfs rw 0 0
"""
HERE, THERE = Machine("boot-1", "here"), Machine("boot-2", "there")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "SECONDS_BETWEEN_NOTES", 0.05)
    monkeypatch.setattr(machines, "SECONDS_OF_SILENCE", 0.5)


def test_a_second_machine_is_refused_while_the_first_lives_and_let_in_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/keng.sqlite3")
    monkeypatch.setattr(machines, "this_machine", lambda: HERE)
    second = Note(settings.sqlite_path, THERE)
    with sole_machine(settings):
        with sole_machine(settings):  # a command beside the server
            pass
        with pytest.raises(OtherMachine, match=r"The machine here uses .* move to PostgreSQL"):
            second.claim()
    began = time.monotonic()
    second.claim()  # the first has left its note to nobody
    assert time.monotonic() - began < 0.3


def test_a_machine_that_lost_its_power_is_waited_for_and_one_that_slept_stops(tmp_path: Path) -> None:
    first, second = (Note(tmp_path / "keng.sqlite3", machine) for machine in (HERE, THERE))
    first.claim()
    began = time.monotonic()
    second.claim()
    assert time.monotonic() - began >= 0.5
    stopped = threading.Event()
    machines._keep(first, threading.Event(), stopped.set)
    assert stopped.is_set()
    first.remove()
    second.write()  # what is another's is not taken away


@pytest.mark.parametrize(("path", "network"), [
    ("/srv/our record/keng.sqlite3", "nfs4"), ("/srv/our record/quick/keng.sqlite3", ""), ("/srv/keng.sqlite3", ""),
])
def test_a_file_on_a_network_is_noticed(path: str, network: str) -> None:
    assert network_among(MOUNTS, Path(path)) == network
