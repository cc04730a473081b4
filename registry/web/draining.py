"""Between the signal to stop and the stop: readers are still answered, and ``/ready`` tells a proxy to send no more."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_PLACE: Final = "KENG_DRAINING_PLACE"


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


def say_so() -> None:
    """Tell this server's processes that it drains."""
    Path(os.environ[_PLACE], "draining").touch()
