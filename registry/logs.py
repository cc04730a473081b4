"""Log lines, of the server and of the worker: what happened, in which request, job or message, and never to whom.

In production each line is a JSON object. An error is told by its kinds and places in the code: its message may hold
what somebody wrote, so it is left out, and so is what other libraries put into their own messages.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from registry.settings import Mode, Settings

_OURS: Final = ("keng", "_granian")
_CODE: Final = Path(__file__).parent.parent
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_bound: ContextVar[Mapping[str, str]] = ContextVar("ids of log lines", default=_NONE)


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Give every line that is written within the block these ids too."""
    token = _bound.set({**_bound.get(), **ids})
    try:
        yield
    finally:
        _bound.reset(token)


def bound_id(name: str) -> str:
    """The id of that name that lines bear here; empty where they bear none."""
    return _bound.get().get(name, "")


class JsonLines(logging.Formatter):
    """A line as a JSON object, with the ids bound to where it was written and the fields of its ``told``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        is_ours = record.name.partition(".")[0] in _OURS
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name,
            "message": record.getMessage() if is_ours else f"said by {record.module}, line {record.lineno}",
            **_bound.get(), **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = places_of(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def places_of(error: BaseException) -> list[str]:
    """An error and those behind it, each by its kind, then the places that it went through; without their messages."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(type(seen).__qualname__)
        lines += [f"  {_place(frame)}" for frame in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


def logging_of(settings: Settings) -> dict[str, Any]:
    """The form of log lines, for ``logging.config``: to be read by programs in production, by people in a demo."""
    form: dict[str, Any] = {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    if settings.mode is Mode.PRODUCTION:
        form = {"()": f"{JsonLines.__module__}.{JsonLines.__qualname__}"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": form},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {"_granian": {"level": "INFO"}, "keng": {"level": "INFO"}},
    }


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    told = path.relative_to(_CODE) if path.is_relative_to(_CODE) else Path(*path.parts[-2:])
    return f"{told}:{frame.lineno} {frame.name}"
