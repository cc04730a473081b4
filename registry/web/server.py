"""One server process: the application, warm before its first reader."""

import gc
from typing import Any

from litestar import Litestar

from registry.app import create_app
from registry.web.templates import compile_templates

# Granian's own lines and ours alike; who asked for what is not logged.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"_granian": {"level": "INFO"}, "keng": {"level": "INFO"}},
}


def worker() -> Litestar:
    """The application as a server process runs it."""
    compile_templates()
    app = create_app()
    # What lives as long as the process leaves the garbage collector's sight: a fifth of an event page's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return app
