"""The outcome of each mutation field, for logs and metrics."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
        self._secret = hmac.digest(secret.encode(), purpose, hashlib.sha256)

    def of(self, key: str) -> str:
        """The first DIGEST_LENGTH hexadecimal digits of the HMAC."""
        keyed = hmac.digest(self._secret, key.encode(errors="surrogatepass"), hashlib.sha256)
        return keyed.hex()[:DIGEST_LENGTH]


@dataclass
class Attempt:
    """One mutation field while it runs: its idempotency key and, in the end, its payload."""

    key: str | None
    payload: Any = None


class WriteRecorder:
    """Records the mutation fields of one operation. `record` receives each when it has ended."""

    def __init__(self, digest: KeyDigest, record: Callable[[WriteRecord], None]) -> None:
        self._digest = digest
        self._record = record

    @contextmanager
    def watch(self, mutation: str, key: str | None, calls: Sequence[CallRecord]) -> Iterator[Attempt]:
        """Record the field that the block runs. `calls` are all calls of the operation, before and after it."""
        before = len(calls)
        attempt = Attempt(key)
        error: BaseException | None = None
        try:
            yield attempt
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._end(mutation, attempt, error, calls[before:])

    def _end(self, mutation: str, attempt: Attempt, error: BaseException | None, calls: Sequence[CallRecord]) -> None:
        errors = [one.code.value for one in getattr(attempt.payload, "errors", ())]
        digest = self._digest.of(attempt.key) if attempt.key else None
        self._record(WriteRecord(mutation, _outcome(calls, error, rejected=bool(errors)), digest, errors))


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
