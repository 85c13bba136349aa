"""An ordered record of every change of state that was really made, however the answer fared."""

from collections import deque
from dataclasses import asdict, dataclass

from sandbox.http.api_request import Call
from sandbox.json_objects import Json
from sandbox.state.clock import Clock


@dataclass(frozen=True, slots=True)
class Entry:
    """`operation` is the object and what became of it, for example `payment_method.attached`."""

    seq: int
    time: int
    request_id: str
    idempotency_key: str | None
    operation: str
    object: str
    customer: str | None


class Ledger:
    """Keeps the newest `limit` entries; the numbering never starts again."""

    def __init__(self, clock: Clock, limit: int = 10_000) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._seq = 0

    def record(self, call: Call, operation: str, id: str, customer: str | None = None) -> None:
        """Writes down one change, made on behalf of `call`."""
        self._seq += 1
        now = self._clock.now()
        self._entries.append(Entry(self._seq, now, call.request_id, call.idempotency_key, operation, id, customer))

    def entries(self, after: int = 0) -> list[Entry]:
        """Returns the entries that follow number `after`, oldest first."""
        return [entry for entry in self._entries if entry.seq > after]

    def operations(self, id: str | None = None) -> list[str]:
        """Returns what was done, oldest first, to one object or to all."""
        return [entry.operation for entry in self._entries if id in (None, entry.object)]

    def clear(self) -> None:
        """Forgets the entries."""
        self._entries.clear()


def as_json(entry: Entry) -> Json:
    """Returns the entry as the control route shows it."""
    return asdict(entry)
