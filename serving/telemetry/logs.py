"""Logs: one line for each event, written whole to standard error; JSON for machines, coloured words on a terminal.

Events of our own go through structlog; what libraries log joins them here, so that all lines are of one format.
Until `configure` is called, as in tests, all go to the loggers of Python's logging.
"""

from __future__ import annotations

import asyncio
import logging
import logging.config
import os
import select
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger

from serving.telemetry.operation_record import OperationRecord, StripeCall, WriteRecord

SILENCED = ("strawberry.execution", "graphql.execution")
"""These write whole exceptions with the values in them; the service logs what is fit to be logged itself."""

MAX_CALLS = 10
"""Calls told of in an operation's line. A line within 4096 bytes is never torn, whatever it is written to."""

MAX_WRITES = 5
"""Mutation fields in an operation's line."""

REPEAT_SECONDS = 10.0
"""Seconds for which repeated events are counted before one line sums them up."""

MAX_FRAMES = 12
STANDARD_ERROR = 2

_FINE = (*range(200, 300), 400, 402, 404, 409)
"""What Stripe answers to a sound request: done, or a refusal that is told to the client."""


def logger(name: str) -> FilteringBoundLogger:
    """The logger of that name. Its methods take the event, in words that do not change, and its facts by name."""
    found: FilteringBoundLogger = structlog.get_logger(name)
    return found


def configure(level: str, format: str = "json") -> None:
    """Write to standard error from now on. `format` is json, console or auto: console on a terminal."""
    is_terminal = os.isatty(STANDARD_ERROR)
    console = format == "console" or (format == "auto" and is_terminal)
    lines: Any = _Lines()
    structlog.configure(
        processors=_for_reading(colours=is_terminal) if console else [_as_json],
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
                # What any client can make it write is no warning.
                "uvicorn": {"level": "ERROR" if level != "debug" else "DEBUG"},
                **quiet,
            },
        }
    )


class RepeatedEvents:
    """Logs an event that may occur thousands of times in a second: the first at once, then one line per interval.

    Events with the same name and the same `key` are of one kind. The line that sums them up holds the key and
    `repeated`, the number of events since the line before. Use it on the event loop; `flush` writes what is counted.
    """

    def __init__(self, logger: FilteringBoundLogger, *, seconds: float = REPEAT_SECONDS) -> None:
        self._logger = logger
        self._seconds = seconds
        self._counted: dict[tuple[int, str, tuple[tuple[str, Any], ...]], int] = {}

    def log(self, level: int, event: str, key: Mapping[str, Any], **facts: Any) -> None:
        """Log or count an event. `facts` are written for the first one only, `key` with every line."""
        kind = (level, event, tuple(key.items()))
        if kind in self._counted:
            self._counted[kind] += 1
            return
        self._counted[kind] = 0
        self._logger.log(level, event, **key, **facts)
        asyncio.get_running_loop().call_later(self._seconds, self._sum_up, kind)

    def flush(self) -> None:
        """Write a line for each kind of event that was counted and not yet written."""
        for kind in self._counted:
            self._write(kind)

    def _sum_up(self, kind: tuple[int, str, tuple[tuple[str, Any], ...]]) -> None:
        if self._write(kind):
            asyncio.get_running_loop().call_later(self._seconds, self._sum_up, kind)
        else:
            del self._counted[kind]

    def _write(self, kind: tuple[int, str, tuple[tuple[str, Any], ...]]) -> bool:
        level, event, key = kind
        repeated, self._counted[kind] = self._counted[kind], 0
        if repeated:
            self._logger.log(level, event, **dict(key), repeated=repeated, seconds=self._seconds)
        return repeated > 0


class OperationLog:
    """Writes a line for each operation with its REST calls, and a line for each call that failed.

    Calls that were not sent are no failures of their own: there may be thousands in a second, so they are summed up.
    """

    def __init__(self) -> None:
        self._operations = logger("attache.operation").bind()
        self._calls = logger("attache.stripe").bind()
        self._not_sent = RepeatedEvents(self._calls)

    def flush(self) -> None:
        """Write the counts of what was summed up."""
        self._not_sent.flush()

    def operation_started(self, record: OperationRecord, headers: Mapping[str, str]) -> None:
        """Nothing is written yet."""

    def call_ended(self, record: OperationRecord, call: StripeCall) -> None:
        """A line for a call that failed or took several tries; for any call at level debug."""
        if not call.tries or call.reason == "descriptors_exhausted":
            key = {"endpoint": call.endpoint, "reason": call.reason}
            self._not_sent.log(logging.WARNING, "stripe call not sent", key, trace_id=record.trace_id)
            return
        level = logging.DEBUG if call.tries == 1 and call.status in _FINE and not call.reason else logging.WARNING
        if self._calls.is_enabled_for(level):
            facts = {"retry_reason": call.retry_reason, "rate_limited": call.rate_limited, "trace_id": record.trace_id}
            self._calls.log(level, "stripe call", **_call(call), **facts)

    def operation_ended(self, record: OperationRecord) -> None:
        """The line."""
        sent = record.sent_calls
        self._operations.info(
            "operation",
            kind=record.kind,
            name=record.name,
            document=record.document_hash,
            caller=record.caller,
            outcome=record.outcome,
            codes=record.codes,
            reason=record.reason,
            status=record.status,
            ms=_milliseconds(record.seconds),
            calls=len(sent),
            stripe=[_call(call) for call in sent[:MAX_CALLS]],
            writes=[_write(write) for write in record.writes[:MAX_WRITES]],
            trace_id=record.trace_id,
        )


def _call(call: StripeCall) -> dict[str, Any]:
    return {
        "endpoint": call.endpoint,
        "status": call.status,
        "reason": call.reason,
        "request_id": call.request_id,
        "tries": call.tries,
        "ms": _milliseconds(call.seconds),
    }


def _write(write: WriteRecord) -> dict[str, Any]:
    return {"mutation": write.mutation, "outcome": write.outcome, "key": write.key, "errors": write.errors}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


# --- How a line is made ---------------------------------------------------------------------------------------------

_Event = MutableMapping[str, Any]
_encoder = msgspec.json.Encoder(enc_hook=lambda value: type(value).__name__)


def _as_json(logger: Any, level: str, event: _Event) -> bytes:
    head = {"time": datetime.now(UTC), "level": level, "logger": logger.name, "event": event.pop("event")}
    return _encoder.encode({**head, **event})


def _for_reading(*, colours: bool) -> list[Any]:
    return [
        _without_nothing,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(colors=colours),
        _in_bytes,
    ]


def _in_bytes(_: Any, __: str, line: str) -> bytes:
    return line.encode(errors="replace")


def _without_nothing(_: Any, level: str, event: _Event) -> _Event:
    """The calls and writes in words, and none of what is empty."""
    if calls := event.get("stripe"):
        event["stripe"] = "; ".join(f"{call['endpoint']} {call['reason'] or call['status']}" for call in calls)
    if writes := event.get("writes"):
        event["writes"] = "; ".join(f"{write['mutation']} {write['outcome']}" for write in writes)
    return {name: value for name, value in event.items() if value not in (None, (), [])}


class _Lines:
    """Standard error, written to by one system call for each line, so that lines of several processes stay whole."""

    def write(self, line: bytes) -> None:
        while line:
            try:
                line = line[os.write(STANDARD_ERROR, line) :]
            except BlockingIOError:
                select.select([], [STANDARD_ERROR], [])
            except OSError:
                # Nobody reads any more. No operation fails for that.
                return

    def flush(self) -> None:
        """Nothing is held back."""


class _FromLogging(logging.Handler):
    """Takes in what is logged through Python's logging. Of an exception, its type and where; never its words."""

    def emit(self, record: logging.LogRecord) -> None:
        level = max(10, min(50, record.levelno // 10 * 10))
        error = record.exc_info[1] if record.exc_info else None
        facts = exception_facts(error) if error is not None else {}
        logger(record.name).log(level, record.getMessage().strip(), **facts)


def exception_facts(error: BaseException) -> dict[str, Any]:
    """What may be told of an exception: its type and those of its causes, and the frames that it went through."""
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


# --- Until it is configured -----------------------------------------------------------------------------------------


def _in_words(_: Any, level: str, event: _Event) -> str:
    facts = " ".join(f"{name}={value}" for name, value in event.items() if name != "event")
    return f"{event['event']} {facts}".strip()


if not structlog.is_configured():
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _in_words],
        wrapper_class=structlog.make_filtering_bound_logger("notset"),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
