"""An ordered log of every change of state, including those whose response was lost."""

from collections import deque
from dataclasses import dataclass

from sandbox.http.api_request import ApiRequest
from sandbox.state.clock import Clock


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `operation` is the object type and what happened, such as `payment_method.attached`."""

    seq: int
    time: int
    request_id: str
    idempotency_key: str | None
    operation: str
    object: str
    customer: str | None


class Ledger:
    """Keeps the newest `limit` entries. Numbers are never reused, not even after `clear`."""

    def __init__(self, clock: Clock, limit: int = 10_000) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._seq = 0

    def record(self, request: ApiRequest, operation: str, id: str, customer: str | None = None) -> None:
        """Adds a change made by the request."""
        self._seq += 1
        now, key = self._clock.now(), request.idempotency_key
        self._entries.append(Entry(self._seq, now, request.request_id, key, operation, id, customer))

    def entries(self, after: int = 0) -> list[Entry]:
        """Returns the entries after number `after`, oldest first."""
        return [entry for entry in self._entries if entry.seq > after]

    def operations(self, id: str | None = None) -> list[str]:
        """Returns the operations on one object or on all, oldest first."""
        return [entry.operation for entry in self._entries if id in (None, entry.object)]

    def clear(self) -> None:
        """Deletes all entries."""
        self._entries.clear()
