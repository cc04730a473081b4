"""The form of log lines, of the server and of the worker."""

from typing import Any

# Granian's own lines and ours alike; who asked for what is not logged.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"_granian": {"level": "INFO"}, "keng": {"level": "INFO"}},
}
