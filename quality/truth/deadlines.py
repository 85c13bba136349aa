"""The deadline of each change, from which on every read must show it: the staleness bound of the design."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quality.truth.log import Log, ServiceWrite
from sandbox.state.ledger import Entry


@dataclass(frozen=True)
class Bounds:
    """In seconds. `cached` is how long a response may be cached, `swept` the time until a sweep finds a lost event.

    `swept` is None where sweeps may fail.
    """

    cached: float
    swept: float | None


def deadlines(
    entries: Sequence[Entry], log: Log, writes: Sequence[ServiceWrite], bounds: Bounds
) -> Mapping[int, float]:
    """The time from which on every read must show a change, by the number of its entry.

    All changes by one request share the earliest of their deadlines: an event of one of them is an event of the wallet.
    """
    own = {entry.seq: _deadline(entry, log, writes, bounds) for entry in entries}
    by_request: dict[str, float] = {}
    for entry in entries:
        request = _request(entry)
        by_request[request] = min(by_request.get(request, math.inf), own[entry.seq])
    return {entry.seq: by_request[_request(entry)] for entry in entries}


def _request(entry: Entry) -> str:
    # The card updater makes changes without a request.
    return entry.request_id or str(entry.seq)


def _deadline(entry: Entry, log: Log, writes: Sequence[ServiceWrite], bounds: Bounds) -> float:
    candidates = [entry.time + bounds.cached, _end_of_write(entry, writes)]
    events = log.events.get(entry.seq, ())
    candidates += [log.accepted.get(event, math.inf) for event in events]
    if events and bounds.swept is not None:
        candidates.append(entry.time + bounds.swept)
    return min(candidates)


def _end_of_write(entry: Entry, writes: Sequence[ServiceWrite]) -> float:
    """The end of the write that made the change; of several at that time, the last end. Infinite without any.

    The service sends an idempotency key with each write. The changes that a history makes at Stripe have none.
    """
    if entry.idempotency_key is None:
        return math.inf
    return max((write.end for write in writes if write.start <= entry.time <= write.end), default=math.inf)
