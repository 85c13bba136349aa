"""The outcome of each mutation field, for logs and metrics."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from resolvers.errors.exceptions import FieldError, WriteFailed
from serving.telemetry.operation_calls import WriteRecord
from stripe_api import CallRecord

DONE = "DONE"
NOT_DONE = "NOT_DONE"
PARTIAL = "PARTIAL"
UNKNOWN = "UNKNOWN"
"""The values of `outcome` that clients receive."""

DIGEST_LENGTH = 12

IDEMPOTENCY_KEYS = b"attache: idempotency keys"
CALLERS = b"attache: callers"
"""The purposes of digests."""


class KeyDigest:
    """Makes the digest of an idempotency key, or of a caller's identity, for logs: the same in all replicas.

    It is keyed with the deployment's secret, so that a guess can't be confirmed with the log alone. Digests for
    different purposes differ.
    """

    def __init__(self, secret: str, purpose: bytes = IDEMPOTENCY_KEYS) -> None:
        # A copy takes a third of the time of a new HMAC.
        self._hmac = hmac.new(hmac.digest(secret.encode(), purpose, hashlib.sha256), digestmod=hashlib.sha256)

    def of(self, key: str) -> str:
        """The first DIGEST_LENGTH hexadecimal digits of the HMAC."""
        keyed = self._hmac.copy()
        keyed.update(key.encode(errors="surrogatepass"))
        return keyed.hexdigest()[:DIGEST_LENGTH]


class Attempt:
    """One mutation field while it runs: its idempotency key and, in the end, its payload.

    It is recorded at the end of its `with` block. `calls` are all calls of the operation, before and after it.
    """

    def __init__(self, recorder: WriteRecorder, mutation: str, key: str | None, calls: Sequence[CallRecord]) -> None:
        self._recorder = recorder
        self._mutation = mutation
        self._calls = calls
        self._before = len(calls)
        self.key = key
        self.payload: Any = None

    def __enter__(self) -> Attempt:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        errors = [one.code.value for one in getattr(self.payload, "errors", ())]
        outcome = _outcome(self._calls[self._before :], error, rejected=bool(errors))
        self._recorder.record(self._mutation, outcome, self.key, errors)


class WriteRecorder:
    """Records the mutation fields of one operation. `record` receives each when it has ended."""

    def __init__(self, digest: KeyDigest, record: Callable[[WriteRecord], None]) -> None:
        self._digest = digest
        self._record = record

    def watch(self, mutation: str, key: str | None, calls: Sequence[CallRecord]) -> Attempt:
        """An attempt to record, for a `with` block."""
        return Attempt(self, mutation, key, calls)

    def record(self, mutation: str, outcome: str, key: str | None, errors: Sequence[str]) -> None:
        """Record a field that has ended."""
        self._record(WriteRecord(mutation, outcome, self._digest.of(key) if key else None, errors))


def _outcome(calls: Sequence[CallRecord], error: BaseException | None, *, rejected: bool) -> str:
    """The known outcome of the writes. A rejected or failed step after one that was done makes them partial."""
    if isinstance(error, WriteFailed) and error.error.outcome_unknown:
        return UNKNOWN
    if isinstance(error, WriteFailed) and error.partly_done:
        return PARTIAL
    if isinstance(error, FieldError) and "outcome" in error.extensions:
        return str(error.extensions["outcome"])
    writes = [call for call in calls if call.endpoint.startswith("POST ") and call.tries]
    if any(call.reason == "cancelled" for call in writes):
        return UNKNOWN
    if not any(call.status == 200 and call.reason is None for call in writes):
        return NOT_DONE
    return PARTIAL if rejected or error is not None else DONE
