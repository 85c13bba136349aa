"""The log of operations and of calls to Stripe, as an observer of operations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from serving.telemetry import logs
from serving.telemetry.operation_calls import StripeCall, WriteRecord
from serving.telemetry.operation_record import OperationRecord

MAX_CALLS = 10
"""Maximum number of calls in an operation's line. A line of at most 4096 bytes is always written atomically."""

MAX_WRITES = 5
"""Maximum number of mutation fields in an operation's line."""

MAX_DIGESTS = 1000
"""Callers whose digests are remembered. Each digest takes as long as a quarter of a log line."""

_CALLER_LIMITS = ("rate_limit_calls", "stripe_max_calls_per_caller")
"""The reasons of calls over a limit of their caller. The service works as intended."""

_EXPECTED_STATUSES = (*range(200, 300), 400, 402, 404, 409)
"""Stripe's statuses for valid requests: success, or an error that the client receives."""


class OperationLog:
    """Logs a line for each operation with its REST calls, and a line for each failed call.

    Calls that were not sent are counted and summed up, because there may be thousands per second. `digest` makes the
    digest of a caller's identity.
    """

    def __init__(self, digest: Callable[[str], str]) -> None:
        self._digest = lru_cache(MAX_DIGESTS)(digest)
        self._operations = logs.logger("attache.operation").bind()
        self._calls = logs.logger("attache.stripe").bind()
        self._not_sent = logs.RepeatedEvents(self._calls)

    def flush(self) -> None:
        """Log the counts that were not logged yet."""
        self._not_sent.flush()

    def operation_started(self, record: OperationRecord, headers: Mapping[str, str]) -> None:
        """Nothing is logged at the start."""

    def call_ended(self, record: OperationRecord, call: StripeCall) -> None:
        """Log a call that failed or was retried. At level debug, log every call."""
        if not call.tries or call.reason == "descriptors_exhausted":
            level = logging.INFO if call.reason in _CALLER_LIMITS else logging.WARNING
            key = {"endpoint": call.endpoint, "account": call.account, "reason": call.reason, "setting": call.setting}
            self._not_sent.log(level, "stripe call not sent", key, trace_id=record.trace_id)
            return
        expected = call.tries == 1 and call.status in _EXPECTED_STATUSES and not call.reason
        level = logging.DEBUG if expected else logging.WARNING
        if not expected or self._calls.is_enabled_for(level):
            facts = {
                "account": call.account,
                "retry_reason": call.retry_reason,
                "rate_limited": call.rate_limited,
                "trace_id": record.trace_id,
            }
            self._calls.log(level, "stripe call", **_call(call), **_body(call), **facts)

    def operation_ended(self, record: OperationRecord) -> None:
        """Log the operation."""
        sent = record.sent_calls
        self._operations.info(
            "operation",
            kind=record.kind,
            name=record.name,
            document=record.document_hash,
            caller=record.caller,
            caller_id=self._digest(record.identity) if record.identity is not None else None,
            account=record.account,
            outcome=record.outcome,
            codes=record.codes,
            reason=record.reason,
            status=record.status,
            ms=_milliseconds(record.seconds),
            calls=len(sent),
            cache_hits=record.cache_hits,
            joined_reads=record.joined_reads,
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


def _body(call: StripeCall) -> dict[str, Any]:
    """The facts about an unusable body, if any."""
    if (body := call.body) is None:
        return {}
    return {"content_type": body.content_type, "size": body.size, "limit": body.limit}


def _write(write: WriteRecord) -> dict[str, Any]:
    return {"mutation": write.mutation, "outcome": write.outcome, "key": write.key, "errors": write.errors}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
