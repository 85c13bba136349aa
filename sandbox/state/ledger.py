"""An ordered log of every change of state, including those whose response was lost."""

from collections import deque
from dataclasses import dataclass

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.record import Record
from sandbox.state.clock import Clock


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `operation` is the object type and what happened, such as `payment_method.attached`.

    `time` is in seconds, with fractions. `body` is the object after the change; of a deleted one, before it. `account`
    is the connected account that has the object, or None.
    """

    seq: int
    time: float
    request_id: str
    idempotency_key: str | None
    operation: str
    object: str
    customer: str | None
    body: Json
    account: str | None = None

    def summary(self) -> Json:
        """Returns the entry as the control routes show it: the time in whole seconds, and no body."""
        shown = {name: getattr(self, name) for name in self.__slots__ if name != "body"}
        return {**shown, "time": int(self.time)}


class Ledger:
    """Keeps the newest `limit` entries. Numbers are never reused, not even after `clear`."""

    def __init__(self, clock: Clock, limit: int = 10_000) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._seq = 0

    @property
    def last_seq(self) -> int:
        """The number of the newest entry, or 0 if the ledger is empty."""
        return self._seq

    def record(
        self, request: ApiRequest, operation: str, record: Record, customer: str | None, account: str | None
    ) -> None:
        """Adds a change of the object made by the request."""
        self._seq += 1
        # Copied, because members of a body are replaced in place.
        now, body = self._clock.time(), dict(record.body)
        key, id = request.idempotency_key, request.request_id
        self._entries.append(Entry(self._seq, now, id, key, operation, record.id, customer, body, account))

    def entries(self, after: int = 0) -> list[Entry]:
        """Returns the entries after number `after`, oldest first."""
        return [entry for entry in self._entries if entry.seq > after]

    def operations(self, id: str | None = None) -> list[str]:
        """Returns the operations on one object or on all, oldest first."""
        return [entry.operation for entry in self._entries if id in (None, entry.object)]

    def clear(self) -> None:
        """Deletes all entries."""
        self._entries.clear()
