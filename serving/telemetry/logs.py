"""Logging: each event is one line on standard error, in JSON, or in colour on a terminal.

The service logs through structlog. Events that libraries log through Python's logging get the same format. Until
`configure` is called, for example in tests, all events go to the loggers of Python's logging.
"""

from __future__ import annotations

import asyncio
import logging
import logging.config
import os
import select
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger

SILENCED = ("strawberry.execution", "graphql.execution")
"""These loggers write exceptions with the values in them. The service itself logs the safe part."""

REPEAT_SECONDS = 10.0
"""Seconds for which repeated events are counted before they are logged in one line."""

MAX_FRAMES = 12
STANDARD_ERROR = 2


def logger(name: str) -> FilteringBoundLogger:
    """The logger of this name. Its methods take a constant event, and the event's facts as keyword arguments."""
    found: FilteringBoundLogger = structlog.get_logger(name)
    return found


def configure(level: str, format: str = "json") -> None:
    """Log to standard error from now on. `format` is json, console, or auto, which is console on a terminal."""
    is_terminal = os.isatty(STANDARD_ERROR)
    console = format == "console" or (format == "auto" and is_terminal)
    lines: Any = _Lines()
    structlog.configure(
        processors=_console_processors(colours=is_terminal) if console else [_as_json],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda name: structlog.BytesLogger(lines, name=name),
        cache_logger_on_first_use=True,
    )
    quiet = {name: {"level": "CRITICAL", "handlers": [], "propagate": False} for name in SILENCED}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"lines": {"()": _FromLogging}},
            "root": {"level": "WARNING", "handlers": ["lines"]},
            "loggers": {
                "attache": {"level": level.upper()},
                # Any client can cause its warnings.
                "uvicorn": {"level": "ERROR" if level != "debug" else "DEBUG"},
                **quiet,
            },
        }
    )


_Kind = tuple[int, str, tuple[tuple[str, Any], ...]]
"""The level, name and key of events that are counted together."""


@dataclass(slots=True)
class _Count:
    """The number of events that were not logged, and the time of the previous line on the event loop's clock."""

    since: float
    events: int = 0


class RepeatedEvents:
    """Logs an event that may occur thousands of times per second: first immediately, then one line per interval.

    Events with the same name and `key` are counted together. Their line contains the key, `repeated`, the number of
    events since the previous line, and `seconds`, the time since then. Use it on the event loop.
    """

    def __init__(self, logger: FilteringBoundLogger, *, seconds: float = REPEAT_SECONDS) -> None:
        self._logger = logger
        self._seconds = seconds
        self._counted: dict[_Kind, _Count] = {}

    def log(self, level: int, event: str, key: Mapping[str, Any], **facts: Any) -> None:
        """Log or count an event. Every line contains `key`; only the first line contains `facts`."""
        kind = (level, event, tuple(key.items()))
        if (counted := self._counted.get(kind)) is not None:
            counted.events += 1
            return
        loop = asyncio.get_running_loop()
        self._counted[kind] = _Count(loop.time())
        self._logger.log(level, event, **key, **facts)
        loop.call_later(self._seconds, self._sum_up, kind)

    def flush(self) -> None:
        """Log the events that were counted and not logged yet."""
        for kind in self._counted:
            self._write(kind)

    def _sum_up(self, kind: _Kind) -> None:
        if self._write(kind):
            asyncio.get_running_loop().call_later(self._seconds, self._sum_up, kind)
        else:
            del self._counted[kind]

    def _write(self, kind: _Kind) -> bool:
        level, event, key = kind
        counted, now = self._counted[kind], asyncio.get_running_loop().time()
        self._counted[kind] = _Count(now)
        if counted.events:
            seconds = round(now - counted.since, 1)
            self._logger.log(level, event, **dict(key), repeated=counted.events, seconds=seconds)
        return counted.events > 0


# --- Format of a line ------------------------------------------------------------------------------------------------

_Event = MutableMapping[str, Any]
_encoder = msgspec.json.Encoder(enc_hook=lambda value: type(value).__name__)


def _as_json(logger: Any, level: str, event: _Event) -> bytes:
    head = {"time": datetime.now(UTC), "level": level, "logger": logger.name, "event": event.pop("event")}
    return _encoder.encode({**head, **event})


def _console_processors(*, colours: bool) -> list[Any]:
    return [
        _shorten,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(colors=colours),
        _to_bytes,
    ]


def _to_bytes(_: Any, __: str, line: str) -> bytes:
    return line.encode(errors="replace")


def _shorten(_: Any, level: str, event: _Event) -> _Event:
    """Shorten calls and writes, and remove empty values."""
    if calls := event.get("stripe"):
        event["stripe"] = "; ".join(f"{call['endpoint']} {call['reason'] or call['status']}" for call in calls)
    if writes := event.get("writes"):
        event["writes"] = "; ".join(f"{write['mutation']} {write['outcome']}" for write in writes)
    return {name: value for name, value in event.items() if value not in (None, (), [])}


class _Lines:
    """Standard error. One system call writes each line, so that lines of several processes do not mix."""

    def write(self, line: bytes) -> None:
        while line:
            try:
                line = line[os.write(STANDARD_ERROR, line) :]
            except BlockingIOError:
                select.select([], [STANDARD_ERROR], [])
            except OSError:
                # Standard error is closed. Operations must not fail because of it.
                return

    def flush(self) -> None:
        """Nothing is buffered."""


class _FromLogging(logging.Handler):
    """Logs the records of Python's logging, with the `facts` that a record may have.

    For an exception it logs the type and the frames, never the message.
    """

    def emit(self, record: logging.LogRecord) -> None:
        level = max(10, min(50, record.levelno // 10 * 10))
        error = record.exc_info[1] if record.exc_info else None
        facts = getattr(record, "facts", {}) | (exception_facts(error) if error is not None else {})
        logger(record.name).log(level, record.getMessage().strip(), **facts)


def exception_facts(error: BaseException) -> dict[str, Any]:
    """The facts about an exception that may be logged: its type, the types of its causes, and its frames."""
    names = " < ".join(type(cause).__name__ for cause in _causes(error))
    return {"exception": names, "at": _frames(error.__traceback__)}


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(5):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace, limit=-MAX_FRAMES)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


# --- Before configuration -------------------------------------------------------------------------------------------


def _as_text(_: Any, level: str, event: _Event) -> str:
    facts = " ".join(f"{name}={value}" for name, value in event.items() if name != "event")
    return f"{event['event']} {facts}".strip()


if not structlog.is_configured():
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _as_text],
        wrapper_class=structlog.make_filtering_bound_logger("notset"),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
