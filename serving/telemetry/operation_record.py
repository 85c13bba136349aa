"""What is noted of each operation while it goes, and told to those who watch: logs, metrics, traces.

Names, hashes, codes and numbers. Never a variable, a document's text, a token or anything that came in with them.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from graphql import GraphQLError, OperationDefinitionNode

from serving.graphql.error_codes import ErrorCode

MAX_NAME_LENGTH = 60
_FAILURES = ("deadline", "upstream_unavailable", "internal")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


class Call(Protocol):
    """One request to Stripe, all its tries together, as its client has noted it. Times are seconds."""

    endpoint: str
    tries: int
    status: int | None
    request_id: str | None
    started: float
    seconds: float
    rate_limited: int

    @property
    def reason(self) -> str | None:
        """Why it failed; None where it did not."""

    @property
    def retry_reason(self) -> str | None:
        """Why it was sent again; None where it was not."""


@dataclass(frozen=True, slots=True)
class Write:
    """One mutation field of an operation. `outcome` is DONE, NOT_DONE, PARTIAL or UNKNOWN.

    `key` is a digest of the idempotency key; `errors` are the codes of the payload's user errors.
    """

    mutation: str
    outcome: str
    key: str | None
    errors: Sequence[str] = ()


class Watcher(Protocol):
    """Whoever is told of operations. It is told fast or not at all: operations wait for it."""

    def began(self, note: OperationNote, headers: Mapping[str, str]) -> None:
        """A request came in."""

    def called(self, note: OperationNote, call: Call) -> None:
        """A request to Stripe has ended."""

    def ended(self, note: OperationNote) -> None:
        """The answer is made."""


class OperationNote:
    """One operation. A request that never became one has no kind and no name.

    `outcome` is ok, error (it was executed, and has errors at the top), refused (nothing was executed) or gone (the
    client left before it had sent all). `reasons` say why it failed or was refused, the most important one first; they
    are words of a few tables. `status` is that of the HTTP answer. `started` is a time of time.perf_counter.
    `admission_seconds` is what the caller's token and rates took: it counts towards the operation's deadline.
    `identity` distinguishes callers; no watcher may pass it on.
    """

    __slots__ = (
        "_ended",
        "_watchers",
        "admission_seconds",
        "caller",
        "calls",
        "codes",
        "document",
        "identity",
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

    def __init__(self, watchers: Sequence[Watcher], headers: Mapping[str, str]) -> None:
        self._watchers = watchers
        self._ended = False
        self.started = time.perf_counter()
        self.seconds = 0.0
        self.admission_seconds = 0.0
        self.kind: str | None = None
        self.name: str | None = None
        self.document: str | None = None
        self.caller: str | None = None
        self.identity: str | None = None
        self.outcome = "ok"
        self.codes: Sequence[str] = ()
        self.reasons: Sequence[str] = ()
        self.status = 200
        self.calls: list[Call] = []
        self.writes: list[Write] = []
        self.span: Any = None
        self.trace_id = _trace_id(headers)
        for watcher in watchers:
            watcher.began(self, headers)

    @property
    def reason(self) -> str | None:
        """The most important reason, if any."""
        return self.reasons[0] if self.reasons else None

    @property
    def sent_calls(self) -> list[Call]:
        """The requests that were sent to Stripe, without those that were stopped here."""
        return [call for call in self.calls if call.tries]

    @property
    def document_hash(self) -> str | None:
        """The document's; None where there is none."""
        return document_hash(self.document) if self.document is not None else None

    def chosen(self, operation: OperationDefinitionNode) -> None:
        """The operation that is executed. Its name is a word of the GraphQL grammar."""
        self.kind = operation.operation.value
        self.name = operation.name.value[:MAX_NAME_LENGTH] if operation.name is not None else None

    def called(self, call: Call) -> None:
        """A request to Stripe has ended."""
        self.calls.append(call)
        for watcher in self._watchers:
            watcher.called(self, call)

    def wrote(self, write: Write) -> None:
        """A mutation field has ended, one way or the other."""
        self.writes.append(write)

    def failed(self, errors: Sequence[GraphQLError]) -> None:
        """It was executed, with errors."""
        self.outcome = "error"
        self.codes = _codes(errors)
        self.reasons = list(dict.fromkeys(map(_reason, errors)))

    def refused(self, errors: Sequence[GraphQLError], reason: str, status: int) -> None:
        """There is no data; `reason` is one of the few words of NotExecuted."""
        fails = status >= 500 and reason != "overloaded"
        self.outcome = "error" if fails or reason in _FAILURES else "refused"
        self.codes = _codes(errors)
        self.reasons = (reason,)
        self.status = status

    def broke(self) -> None:
        """The service itself failed."""
        self.outcome = "error"
        self.codes = (ErrorCode.INTERNAL,)
        self.reasons = ("internal",)
        self.status = 500

    def left(self) -> None:
        """The client went away before its request was whole."""
        self.outcome = "gone"
        self.status = 499

    def end(self) -> None:
        """The answer is made, or there will be none. What follows the first time is passed over."""
        if self._ended:
            return
        self._ended = True
        self.seconds = time.perf_counter() - self.started
        for watcher in self._watchers:
            watcher.ended(self)


Begin = Callable[[Mapping[str, str]], OperationNote]
"""Begins the note of an operation, from the headers of its request."""


@lru_cache(maxsize=64)
def document_hash(text: str) -> str:
    """The first letters of a document's hash, which tell it from others and nothing of it."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]


def _codes(errors: Sequence[GraphQLError]) -> Sequence[str]:
    return sorted({str((error.extensions or {}).get("code")) for error in errors})


def _reason(error: GraphQLError) -> str:
    """The limit that was met; else the failure's own word; else the code."""
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
