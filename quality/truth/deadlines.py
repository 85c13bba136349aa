"""The staleness bound: the deadline of each change, after which every read must include it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quality.truth.log import Log, ServiceWrite
from sandbox.state.ledger import Entry


@dataclass(frozen=True)
class Bounds:
    """Bounds in seconds: how long a response may be `cached`, and the time until a sweep finds a lost event (`swept`).

    `swept` is None if sweeps may fail.
    """

    cached: float
    swept: float | None


def deadlines(
    entries: Sequence[Entry], log: Log, writes: Sequence[ServiceWrite], bounds: Bounds
) -> Mapping[int, float]:
    """The deadline of each change, by the number of its ledger entry.

    All changes of a request share their earliest deadline, because an event of one of them evicts the whole wallet.
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
    """The end of the service's write that made the change, or the latest end if several may have. Infinite if none did.

    Only the service sends idempotency keys. Changes that a history makes directly at Stripe have none.
    """
    if entry.idempotency_key is None:
        return math.inf
    return max((write.end for write in writes if write.start <= entry.time <= write.end), default=math.inf)
