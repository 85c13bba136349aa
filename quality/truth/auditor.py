"""Compares each response with the states that the reader may have seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from quality.truth.deadlines import Bounds, deadlines
from quality.truth.log import Log, Observation
from quality.truth.reads import Fact
from quality.truth.subscriber import missed_changes
from quality.truth.timeline import State, states
from sandbox.state.ledger import Entry


def audit(customer: str, log: Log, bounds: Bounds) -> Iterator[str]:
    """The violations in the responses about one customer."""
    entries = log.entries_of(customer)
    found = states(entries)
    writes = [write for write in log.writes if write.customer == customer]
    due = deadlines(entries, log, writes, bounds)
    known = {customer, *(id for entry in entries for id in (entry.object, entry.customer) if id)}
    for observation in log.observations:
        if observation.customer == customer:
            first, last = _window(observation, found, entries, due)
            if strangers := observation.ids - known:
                yield f"{_where(observation)} contains ids of others: {sorted(strangers)}"
            for fact in observation.facts:
                yield from _check(fact, observation, found, first, last)
    for subscriber in log.subscribers:
        if subscriber.customer == customer and bounds.swept is not None:
            yield from missed_changes(subscriber, entries, log, swept=bounds.swept)


def _window(
    observation: Observation, found: Sequence[State], entries: Sequence[Entry], due: Mapping[int, float]
) -> tuple[int, int]:
    """The numbers of the oldest and the newest state that the response may show."""
    must_show = [
        number
        for number, entry in enumerate(entries, start=1)
        if (entry.time if observation.no_cache else due[entry.seq]) < observation.start
    ]
    may_show = [number for number, entry in enumerate(entries, start=1) if entry.time <= observation.end]
    return max(must_show, default=0), max(may_show, default=0)


def _check(fact: Fact, observation: Observation, found: Sequence[State], first: int, last: int) -> Iterator[str]:
    if any(fact.expected(state) == fact.observed for state in found[first : last + 1]):
        return
    older = [number for number in range(first) if fact.expected(found[number]) == fact.observed]
    if older:
        missed = found[older[-1] + 1]
        what = f"is stale: it misses the change {missed.seq} of {observation.start - missed.time:.3f} s before"
    else:
        what = "never existed"
    yield f"{_where(observation)}: {fact.name} {what}\n  shown: {fact.observed}\n  right: {fact.expected(found[last])}"


def _where(observation: Observation) -> str:
    cache = ", no-cache" if observation.no_cache else ""
    return f"[{observation.start:.3f} to {observation.end:.3f}] {observation.reader}{cache}"
