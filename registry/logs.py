"""Log lines, of the server and of the worker: what happened, in which request, job or message, and never to whom.

In production each line is a JSON object. An error is told by its kinds and places in the code: its message may hold
what somebody wrote, so it is left out, and so is what other libraries put into their own messages.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from registry.settings import Mode, Settings

_OURS: Final = ("keng", "_granian")
_CODE: Final = Path(__file__).parent.parent
TOLD: Final = ("method", "route", "status", "ms")
"""The extras of a record that stand in its line."""
_Line = MutableMapping[str, Any]
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


def json_lines() -> logging.Formatter:
    """A line as a JSON object, with the ids bound to where it was written and those of its extras that are ``TOLD``.

    structlog is imported here alone: that takes a tenth of a second, and a demo writes no such lines.
    """
    from structlog.processors import EventRenamer, JSONRenderer, TimeStamper  # noqa: PLC0415 — as said
    from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name  # noqa: PLC0415

    def encoded(line: object, **_options: object) -> str:
        return msgspec.json.encode(line).decode()

    return ProcessorFormatter(use_get_message=False, pass_foreign_args=True, processors=[
        TimeStamper(fmt="iso", key="at"), add_log_level, add_logger_name, _without_words_of_others,
        EventRenamer("message"), ExtraAdder(TOLD), _with_ids, _with_places,
        ProcessorFormatter.remove_processors_meta, JSONRenderer(encoded),
    ])


def _without_words_of_others(_logger: object, _level: str, line: _Line) -> _Line:
    record, values = line["_record"], line.pop("positional_args")
    if record.name.partition(".")[0] not in _OURS:
        line["event"] = f"said by {record.module}, line {record.lineno}"
    elif values:
        line["event"] %= values
    return line


def _with_ids(_logger: object, _level: str, line: _Line) -> _Line:
    line.update(_bound.get())
    return line


def _with_places(_logger: object, _level: str, line: _Line) -> _Line:
    """Tell an error by its places; what else a record holds of it has its message."""
    line.pop("stack_info", None)
    error = line.pop("exc_info", None)
    if error and error[1]:
        line["error"] = places_of(error[1])
    return line


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
        form = {"()": f"{__name__}.{json_lines.__name__}"}
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
