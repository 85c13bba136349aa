"""The record of one operation, for its observers: logs, metrics, traces.

Only the methods of OperationRecord write it. Observers may pass on names, hashes, codes and numbers, but never a
variable, a document's text, a token or a part of one.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Protocol

from graphql import GraphQLError, OperationDefinitionNode

from serving.graphql.error_codes import ErrorCode
from serving.telemetry.operation_calls import ReadSource, StripeCall, WriteRecord

MAX_NAME_LENGTH = 60
_FAILURES = ("deadline", "upstream_unavailable", "internal")
_NOT_SENT = ("breaker_open", "queue_full")
"""Reasons of calls or retries that were not sent, which may follow from an earlier failure."""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


class Observer(Protocol):
    """Observes operations. Its methods must be fast, because operations wait for them."""

    def operation_started(self, record: OperationRecord, headers: Mapping[str, str]) -> None:
        """The headers of a request were received."""

    def call_ended(self, record: OperationRecord, call: StripeCall) -> None:
        """A call to Stripe has ended."""

    def operation_ended(self, record: OperationRecord) -> None:
        """The response is complete."""


class AdmittedCaller(Protocol):
    """The facts about a caller that are recorded. `account` is the id of its connected account, if any."""

    @property
    def kind(self) -> Enum: ...

    @property
    def identity(self) -> str: ...

    @property
    def account(self) -> str | None: ...


class OperationRecord:
    """The record of one operation. A request without a valid operation has no kind and no name.

    `outcome` is ok, error (executed with top-level errors, or failed), refused (not executed) or gone (the client
    disconnected before its request was complete). `reasons` are the reasons of a failure or refusal, the most important
    one first. `status` is the HTTP status. `started` is a time of time.perf_counter. `admission_seconds` is the time
    that admission took. It counts towards the operation's deadline. `identity` distinguishes callers. Observers
    may pass on a keyed digest of it only. `account` is the id of the caller's connected account, if any. `cache_hits`
    is the number of reads answered from the read cache, and `joined_reads` of those that shared another operation's
    call: neither is one of the `calls`.
    """

    __slots__ = (
        "_ended",
        "_observers",
        "account",
        "admission_seconds",
        "cache_hits",
        "caller",
        "calls",
        "codes",
        "document",
        "identity",
        "joined_reads",
        "kind",
        "name",
        "outcome",
        "reasons",
        "seconds",
        "span",
        "started",
        "status",
        "trace_id",
        "writes",
    )

    def __init__(self, observers: Sequence[Observer], headers: Mapping[str, str]) -> None:
        self._observers = observers
        self._ended = False
        self.started = time.perf_counter()
        self.seconds = 0.0
        self.admission_seconds = 0.0
        self.kind: str | None = None
        self.name: str | None = None
        self.document: str | None = None
        self.caller: str | None = None
        self.identity: str | None = None
        self.account: str | None = None
        self.outcome = "ok"
        self.codes: Sequence[str] = ()
        self.reasons: Sequence[str] = ()
        self.status = 200
        self.calls: list[StripeCall] = []
        self.cache_hits = 0
        self.joined_reads = 0
        self.writes: list[WriteRecord] = []
        self.span: Any = None
        self.trace_id = _trace_id(headers)
        for observer in observers:
            observer.operation_started(self, headers)

    @property
    def reason(self) -> str | None:
        """The most important reason of a failure or refusal, if any."""
        return self.reasons[0] if self.reasons else None

    @property
    def sent_calls(self) -> list[StripeCall]:
        """The calls that were sent to Stripe."""
        return [call for call in self.calls if call.tries]

    @property
    def document_hash(self) -> str | None:
        """The hash of the document, if any."""
        return document_hash(self.document) if self.document is not None else None

    def admit(self, caller: AdmittedCaller, seconds: float) -> None:
        """Record the caller. `seconds` is the time that its admission took."""
        self.caller = caller.kind.value
        self.identity = caller.identity
        self.account = caller.account
        self.admission_seconds = seconds

    def trace(self, span: Any, trace_id: str) -> None:
        """Record the operation's span."""
        self.span = span
        self.trace_id = trace_id

    def set_document(self, text: str) -> None:
        """Record the document. Only its hash is ever passed on."""
        self.document = text

    def select(self, operation: OperationDefinitionNode) -> None:
        """Record the operation that is executed. Its name is a Name of the GraphQL grammar."""
        self.kind = operation.operation.value
        self.name = operation.name.value[:MAX_NAME_LENGTH] if operation.name is not None else None

    def repeat_query(self, name: str | None) -> None:
        """Record that the result of an equal query is sent. `name` is the name that was recorded for it."""
        self.kind = "query"
        self.name = name

    def continue_subscription(self, subscribed: OperationRecord) -> None:
        """Record that a subscription is executed for an event. `subscribed` is the record of its start."""
        self.kind = "event"
        self.name = subscribed.name
        self.document = subscribed.document

    def add_call(self, call: StripeCall) -> None:
        """Record a call to Stripe that has ended."""
        self.calls.append(call)
        for observer in self._observers:
            observer.call_ended(self, call)

    def add_cached_read(self, source: ReadSource) -> None:
        """Record a read without a call to Stripe."""
        if source.value == "hit":
            self.cache_hits += 1
        else:
            self.joined_reads += 1

    def add_write(self, write: WriteRecord) -> None:
        """Record a mutation field that has ended."""
        self.writes.append(write)

    def fail(self, errors: Sequence[GraphQLError]) -> None:
        """Record the top-level errors of an executed operation."""
        self.outcome = "error"
        self.codes = _codes(errors)
        self.reasons = list(dict.fromkeys(self._first_cause(_reason(error)) for error in errors))

    def _first_cause(self, reason: str) -> str:
        """The reason, or that of this operation's own first failed call, if a later call or retry was not sent."""
        if reason not in _NOT_SENT:
            return reason
        failed = (call.reason for call in self.calls if call.tries and call.reason not in (None, *_NOT_SENT))
        return next(failed, None) or reason

    def reject(self, errors: Sequence[GraphQLError], reason: str, status: int) -> None:
        """Record why the operation has no data. `reason` is that of the RequestRejected."""
        self.codes = _codes(errors)
        failed = status >= 500 and ErrorCode.OVERLOADED not in self.codes
        self.outcome = "error" if failed or reason in _FAILURES else "refused"
        self.reasons = (reason,)
        self.status = status

    def crash(self) -> None:
        """Record an unexpected exception in the service."""
        self.outcome = "error"
        self.codes = (ErrorCode.INTERNAL,)
        self.reasons = ("internal",)
        self.status = 500

    def disconnect(self) -> None:
        """Record that the client disconnected before its request was complete."""
        self.outcome = "gone"
        self.status = 499

    def end(self) -> None:
        """The response is complete, or there will be none. Only the first call has an effect."""
        if self._ended:
            return
        self._ended = True
        self.seconds = time.perf_counter() - self.started
        for observer in self._observers:
            observer.operation_ended(self)


StartRecord = Callable[[Mapping[str, str]], OperationRecord]
"""Starts the record of an operation. Receives the headers of the request."""


@lru_cache(maxsize=64)
def document_hash(text: str) -> str:
    """The first 12 digits of the document's hash. They identify it without revealing its text."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]


def _codes(errors: Sequence[GraphQLError]) -> Sequence[str]:
    return sorted({str((error.extensions or {}).get("code")) for error in errors})


def _reason(error: GraphQLError) -> str:
    """The limit that was reached. Otherwise the error's own reason, or its code."""
    extensions = error.extensions or {}
    if (limit := extensions.get("limit")) is not None:
        return str(limit).lower()
    found = getattr(_original(error), "failure_reason", None)
    return str(found or extensions.get("code") or "internal").lower()


def _original(error: GraphQLError) -> BaseException | None:
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    return original


def _trace_id(headers: Mapping[str, str]) -> str | None:
    parent = headers.get("traceparent")
    found = _TRACEPARENT.fullmatch(parent) if parent is not None else None
    return found.group(1) if found is not None else None
