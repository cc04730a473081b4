"""The server: processes that share one application, warm before its first reader."""

import gc
import multiprocessing
import signal
from contextlib import nullcontext
from functools import cache
from threading import Timer
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from litestar import Litestar

from registry.app import create_app
from registry.community.whole import read_whole
from registry.jobs.cli import worker_beside_server
from registry.logs import logging_of
from registry.settings import Settings
from registry.web.draining import is_draining, say_so, told_to_all
from registry.web.metrics import shared_counters
from registry.web.templates import compile_templates

SECONDS_TO_FINISH = 10


class DrainingServer(Granian):  # type: ignore[misc, valid-type]  # chosen at import, by the interpreter
    """Goes on for ``drain_seconds`` after SIGTERM; a second one, and Ctrl-C, stop at once."""

    drain_seconds = 0.0

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Begin to stop."""
        stop = super().signal_handler_interrupt
        if not self.drain_seconds or is_draining() or args[:1] == (signal.SIGINT,):
            stop(*args, **kwargs)
            return
        say_so()
        timer = Timer(self.drain_seconds, stop, args, kwargs)
        timer.daemon = True
        timer.start()


def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve until interrupted; requests under way are finished first.

    Raises:
        HandbookError: something in the community's folder cannot be used.
    """
    read_whole()
    with shared_counters(settings), told_to_all():
        if multiprocessing.get_start_method() == "fork":
            worker()  # made once, and shared by the processes as long as they do not change it
        server = DrainingServer(
            "registry.web.server:worker", factory=True, interface=Interfaces.ASGI, address=host, port=port,
            workers=workers, respawn_failed_workers=True, workers_kill_timeout=SECONDS_TO_FINISH,
            log_dictconfig=logging_of(settings),
        )
        server.drain_seconds = settings.drain_seconds
        with worker_beside_server() if settings.worker else nullcontext():
            server.serve()


@cache
def worker() -> Litestar:
    """The application as a server process runs it."""
    gc.disable()
    compile_templates()
    app = create_app()
    # What lives as long as the process leaves the garbage collector's sight: a fifth of an event page's time. It is not
    # looked through for garbage before: of 270,000 objects 2,000 are none's, and to find them is a tenth of a start.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    return app
