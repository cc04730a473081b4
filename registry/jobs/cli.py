"""The verb ``keng worker``, and the worker that ``keng serve`` starts beside itself."""

import asyncio
import logging.config
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer

from registry.database.engine import Database
from registry.database.glance import is_up_to_date
from registry.database.machine import OtherMachine, sole_machine
from registry.jobs.seat import seat_of
from registry.jobs.worker import Worker, utc_now
from registry.logs import logging_of
from registry.ports import Workplace, connect
from registry.settings import Settings, load_settings

verbs = typer.Typer(rich_markup_mode=None)
SECONDS_UNTIL_START = 2  # the first page goes first
SECONDS_UNTIL_RESTART = 5
SECONDS_TO_STOP = 12


@verbs.command("worker")
def worker_command(
    is_beside_server: Annotated[bool, typer.Option("--beside-server", hidden=True)] = False,
) -> None:
    """Do the background work alone (`keng serve` does it too, unless KENG_WORKER is off).

    Only one process of an installation works at a time; another one waits and takes over when the first is gone.
    """
    settings = load_settings()
    logging.config.dictConfig(logging_of(settings))
    if not is_up_to_date(settings):
        typer.echo("The database is not up to date. Run `keng migrate` first.", err=True)
        raise typer.Exit(2)
    try:
        # The server beside it keeps the note already.
        with nullcontext() if is_beside_server else sole_machine(settings):
            asyncio.run(_work(settings, is_beside_server=is_beside_server))
    except OtherMachine as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from trouble


@contextmanager
def worker_beside_server() -> Iterator[None]:
    """Run a worker as a child process for the length of the block; one that dies is started again.

    Its standard input is a pipe from us: when we go, however we go, it ends and the worker stops.
    """
    is_over = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        command = [sys.executable, "-m", "registry.cli", "worker", "--beside-server"]
        pause = SECONDS_UNTIL_START
        while not is_over.wait(pause):
            running[:] = [subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)]  # noqa: S603
            running[0].wait()
            pause = SECONDS_UNTIL_RESTART

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        for child in running:
            child.terminate()
        keeper.join(SECONDS_TO_STOP)


async def _work(settings: Settings, *, is_beside_server: bool) -> None:
    from registry.jobs.schedule import jobs_of  # noqa: PLC0415 — other verbs start faster without every job

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    if is_beside_server:
        os.nice(5)  # pages go first
        loop.add_reader(sys.stdin.fileno(), stop.set)  # nothing is ever written to it: it becomes readable at its end
    database = Database(settings)
    try:
        worker = Worker(Workplace(settings, database, utc_now), jobs_of(connect(settings), settings))
        await worker.work(seat_of(settings), stop)
    finally:
        await database.close()
