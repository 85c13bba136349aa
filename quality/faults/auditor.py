"""Compares the responses that clients got with the changes in the sandbox's ledger."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from operation_runner import TOOK_TOO_LONG
from quality.faults.client import Client, Outcome, Result
from quality.faults.proxy import PRIVATE
from quality.faults.scenarios import Scenario
from quality.faults.wallet_state import WalletState
from quality.harness import wire
from resolvers.errors.graphql_errors import REQUEST_REFUSED

Done = Counter[str]
"""How often each kind of change was made."""

UPSTREAM = ("UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT")
CODES = frozenset(
    ("UNAUTHENTICATED", "FORBIDDEN", "BAD_USER_INPUT", "INTERNAL", "RATE_LIMITED", "OVERLOADED", *UPSTREAM)
)
SECRETS = re.compile(r"sk_test_|request_log_url|Traceback|/site-packages/|" + PRIVATE)
TOO_LONG = "still running after its deadline"
ABANDONED = "detached a payment method that a subscription named"
_DONE = frozenset((Outcome.DONE, Outcome.INCOMPLETE))
_CHANGED_NOTHING = frozenset((Outcome.NOT_DONE, Outcome.REFUSED))


class Ledger:
    """The sandbox's ledger, which is read now and then, because it forgets its oldest entries."""

    def __init__(self, sandbox: int) -> None:
        self._sandbox = sandbox
        self._entries: list[dict[str, Any]] = []

    async def read(self) -> None:
        """Take in what is new."""
        after = self._entries[-1]["seq"] if self._entries else 0
        self._entries += (await wire.call(self._sandbox, "GET", f"/_sandbox/ledger?after={after}"))["entries"]

    def count(self, operation: str) -> int:
        """The number of times that the service made this change."""
        return sum(entry["operation"] == operation and bool(entry["idempotency_key"]) for entry in self._entries)

    def done(self, scenario: Scenario) -> Done:
        """The service's changes for the scenario's customer. Calls that prepare a scenario have no idempotency key."""
        ids = set(scenario.ids.values())
        return Counter(
            entry["operation"]
            for entry in self._entries
            if entry["idempotency_key"] and (entry["customer"] in ids or entry["object"] in ids)
        )

    def objects(self, customer: str, operation: str) -> set[str]:
        """The ids of the customer's objects to which this happened."""
        return {
            entry["object"]
            for entry in self._entries
            if entry["customer"] == customer and entry["operation"] == operation
        }

    def abandoned(self, scenario: Scenario) -> int:
        """The number of changes of the scenario's subscriptions by a detach: each named the detached payment method."""
        customer = scenario.ids["customer"]
        entries = [entry for entry in self._entries if entry["customer"] == customer]
        detaches = {entry["request_id"] for entry in entries if entry["operation"] == "payment_method.detached"}
        return sum(_is_subscription(entry) and entry["request_id"] in detaches for entry in entries)


def _is_subscription(entry: Mapping[str, Any]) -> bool:
    return str(entry["operation"]) == "customer.subscription.updated"


@dataclass
class Expected:
    """The result, the changes and the state after a run without faults, for each kind of work and caller."""

    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    done: dict[tuple[str, str], Done] = field(default_factory=dict)
    states: dict[tuple[str, str], WalletState] = field(default_factory=dict)


def settles(scenario: Scenario, result: Result, expected: Expected) -> bool:
    """Whether the work is done, or refused as in the run without faults."""
    if result.outcome is not Outcome.REFUSED:
        return result.outcome is Outcome.DONE
    reference = expected.results[scenario.kind, scenario.caller]
    return reference.outcome is Outcome.REFUSED and scenario.normalized(result.text) == reference.text


def audit_state(scenario: Scenario, client: Client, state: WalletState, expected: Expected) -> Iterator[str]:
    """The violations in the state after one scenario."""
    after = expected.states[scenario.kind, scenario.caller]
    if not (client.gave_up or client.late) and state != after:
        yield f"settled, but left {state} instead of {after}"
    yield from state.changed_otherwise(scenario.before, after)


def audit(scenario: Scenario, client: Client, done: Done, expected: Expected) -> Iterator[str]:
    """The violations in one scenario."""
    name = (scenario.kind, scenario.caller)
    if done - expected.done[name]:
        yield f"done more than was asked: {dict(done)} instead of {dict(expected.done[name])}"
    yield from wrong_results(scenario.key, client.results)
    if client.late:
        yield f"never settled: {client.results[-1]}"
    elif client.gave_up:
        if done != expected.done[name] and any(result.outcome in _DONE for result in client.results):
            yield f"reported as done, but done {dict(done)} instead of {dict(expected.done[name])}"
        if done and all(result.outcome in _CHANGED_NOTHING for result in client.results):
            yield f"reported as not done, but done: {dict(done)}"
    elif done != expected.done[name]:
        yield f"settled, but done {dict(done)} instead of {dict(expected.done[name])}"
    yield from _wrong_successes(scenario, client.results, expected.results[name])


def _wrong_successes(scenario: Scenario, results: Sequence[Result], expected: Result) -> Iterator[str]:
    successes = {result.text for result in results if result.outcome is Outcome.DONE}
    if len(successes) > 1:
        yield f"different results: {successes}"
    for text in successes:
        if expected.outcome is not Outcome.DONE or scenario.normalized(text) != expected.text:
            yield f"wrong result: {scenario.normalized(text)} instead of {expected.text}"


def wrong_results(key: str | None, results: Iterable[Result]) -> Iterator[str]:
    """Responses that none may be, whatever was done. `key` is the client's idempotency key."""
    for result in results:
        extensions = result.extensions or {}
        if result.extensions is not None and extensions.get("code") not in CODES:
            yield f"an unknown code: {result}"
        if extensions.get("code") == "INTERNAL" and REQUEST_REFUSED not in result.text:
            yield f"something unexpected: {result}"
        without_key = "idempotencyKey" not in extensions and TOOK_TOO_LONG not in result.text
        if result.outcome in (Outcome.UNKNOWN, Outcome.PARTIAL) and without_key:
            yield f"no key to find out with: {result}"
        if key is not None and extensions.get("idempotencyKey", key) != key:
            yield f"another key than the client's: {result}"
        if TOOK_TOO_LONG in result.text:
            yield f"{TOO_LONG}: {result}"
        if SECRETS.search(result.text):
            yield f"sent a secret: {result}"
