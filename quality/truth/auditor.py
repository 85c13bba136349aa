"""Compares each response with the states that a consistent read may return."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from quality.truth.deadlines import Bounds, deadlines
from quality.truth.log import Log, Observation
from quality.truth.reads import Fact
from quality.truth.subscriber import missed_changes
from quality.truth.timeline import State, states
from sandbox.state.ledger import Entry


def audit(customer: str, log: Log, bounds: Bounds) -> Iterator[str]:
    """The violations in the responses about a customer."""
    entries = log.entries_of(customer)
    history = states(entries)
    writes = [write for write in log.writes if write.customer == customer]
    due_times = deadlines(entries, log, writes, bounds)
    known = {customer, *(id for entry in entries for id in (entry.object, entry.customer) if id)}
    for observation in log.observations:
        if observation.customer == customer:
            first, last = _window(observation, history, entries, due_times)
            if foreign := observation.ids - known:
                yield f"{_describe(observation)} contains ids of other customers: {sorted(foreign)}"
            for fact in observation.facts:
                yield from _check(fact, observation, history, first, last)
    for subscriber in log.subscribers:
        if subscriber.customer == customer and bounds.swept is not None:
            yield from missed_changes(subscriber, entries, log, swept=bounds.swept)


def _window(
    observation: Observation, history: Sequence[State], entries: Sequence[Entry], due_times: Mapping[int, float]
) -> tuple[int, int]:
    """The numbers of the oldest and the newest state that the response may contain."""
    must_show = [
        number
        for number, entry in enumerate(entries, start=1)
        if (entry.time if observation.no_cache else due_times[entry.seq]) < observation.start
    ]
    may_show = [number for number, entry in enumerate(entries, start=1) if entry.time <= observation.end]
    return max(must_show, default=0), max(may_show, default=0)


def _check(fact: Fact, observation: Observation, history: Sequence[State], first: int, last: int) -> Iterator[str]:
    if any(fact.expected(state) == fact.observed for state in history[first : last + 1]):
        return
    older = [number for number in range(first) if fact.expected(history[number]) == fact.observed]
    if older:
        missed = history[older[-1] + 1]
        problem = (
            f"is stale: it lacks change {missed.seq}, made {observation.start - missed.time:.3f} s before the read"
        )
    else:
        problem = "never existed"
    yield (
        f"{_describe(observation)}: {fact.name} {problem}\n"
        f"  observed: {fact.observed}\n  expected: {fact.expected(history[last])}"
    )


def _describe(observation: Observation) -> str:
    cache = ", no-cache" if observation.no_cache else ""
    return f"[{observation.start:.3f} to {observation.end:.3f}] {observation.reader}{cache}"
