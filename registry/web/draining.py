"""Between the signal to stop and the stop: readers are still answered, and ``/ready`` tells a proxy to send no more."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any, Final

from granian import Granian

_PLACE: Final = "KENG_DRAINING_PLACE"


class DrainingServer(Granian):  # type: ignore[misc, valid-type] — one of several, by the system it runs on
    """Goes on for ``drain_seconds`` after SIGTERM; a second one, and Ctrl-C, stop at once."""

    drain_seconds = 0.0

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Begin to stop."""
        stop = super().signal_handler_interrupt
        if not self.drain_seconds or is_draining() or args[:1] == (signal.SIGINT,):
            stop(*args, **kwargs)
            return
        Path(os.environ[_PLACE], "draining").touch()
        timer = Timer(self.drain_seconds, stop, args, kwargs)
        timer.daemon = True
        timer.start()


@contextmanager
def told_to_all() -> Iterator[None]:
    """Let the processes of a server, which are begun within the block, know when it drains."""
    with TemporaryDirectory(prefix="keng-draining-") as place:
        os.environ[_PLACE] = place
        try:
            yield
        finally:
            del os.environ[_PLACE]


def is_draining() -> bool:
    """Whether this process's server is about to stop."""
    return _PLACE in os.environ and Path(os.environ[_PLACE], "draining").exists()
