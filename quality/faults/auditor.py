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

Changes = Counter[str]
"""The number of changes of each type, by the ledger's name of the type."""

UPSTREAM = ("UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT")
CODES = frozenset(
    ("UNAUTHENTICATED", "FORBIDDEN", "BAD_USER_INPUT", "INTERNAL", "RATE_LIMITED", "OVERLOADED", *UPSTREAM)
)
SECRETS = re.compile(r"sk_test_|request_log_url|Traceback|/site-packages/|" + PRIVATE)
TOO_LONG = "still running after its deadline"
DETACHED_WHILE_IN_USE = "detached a payment method while a subscription used it"
_DONE = frozenset((Outcome.DONE, Outcome.INCOMPLETE))
_CHANGED_NOTHING = frozenset((Outcome.NOT_DONE, Outcome.REFUSED))


class Ledger:
    """A copy of the sandbox's ledger. Call `read` regularly, because the sandbox drops the oldest entries."""

    def __init__(self, sandbox: int) -> None:
        self._sandbox = sandbox
        self._entries: list[dict[str, Any]] = []

    async def read(self) -> None:
        """Fetch the new entries."""
        after = self._entries[-1]["seq"] if self._entries else 0
        self._entries += (await wire.call(self._sandbox, "GET", f"/_sandbox/ledger?after={after}"))["entries"]

    def count(self, operation: str) -> int:
        """The number of changes of this type by the service."""
        return sum(entry["operation"] == operation and bool(entry["idempotency_key"]) for entry in self._entries)

    def changes(self, scenario: Scenario) -> Changes:
        """The service's changes for the scenario's customer. Calls that prepare a scenario have no idempotency key."""
        ids = set(scenario.ids.values())
        return Counter(
            entry["operation"]
            for entry in self._entries
            if entry["idempotency_key"] and (entry["customer"] in ids or entry["object"] in ids)
        )

    def objects(self, customer: str, operation: str) -> set[str]:
        """The ids of the customer's objects that this operation changed."""
        return {
            entry["object"]
            for entry in self._entries
            if entry["customer"] == customer and entry["operation"] == operation
        }

    def subscriptions_losing_their_method(self, scenario: Scenario) -> int:
        """The number of subscriptions that a detach changed, because they used the detached payment method."""
        customer = scenario.ids["customer"]
        entries = [entry for entry in self._entries if entry["customer"] == customer]
        detaches = {entry["request_id"] for entry in entries if entry["operation"] == "payment_method.detached"}
        return sum(_is_subscription(entry) and entry["request_id"] in detaches for entry in entries)


def _is_subscription(entry: Mapping[str, Any]) -> bool:
    return str(entry["operation"]) == "customer.subscription.updated"


@dataclass
class Expected:
    """The baseline: results, changes and states of runs without faults, by operation and caller."""

    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    changes: dict[tuple[str, str], Changes] = field(default_factory=dict)
    states: dict[tuple[str, str], WalletState] = field(default_factory=dict)


def is_settled(scenario: Scenario, result: Result, expected: Expected) -> bool:
    """Whether the result is final: done, or refused as in the baseline."""
    if result.outcome is not Outcome.REFUSED:
        return result.outcome is Outcome.DONE
    reference = expected.results[scenario.kind, scenario.caller]
    return reference.outcome is Outcome.REFUSED and scenario.normalized(result.text) == reference.text


def audit_state(scenario: Scenario, client: Client, state: WalletState, expected: Expected) -> Iterator[str]:
    """The violations in the wallet's state after a scenario."""
    after = expected.states[scenario.kind, scenario.caller]
    if not (client.gave_up or client.late) and state != after:
        yield f"settled, but left {state} instead of {after}"
    yield from state.unexpected_changes(scenario.before, after)


def audit(scenario: Scenario, client: Client, changes: Changes, expected: Expected) -> Iterator[str]:
    """The violations in the responses and changes of a scenario."""
    name = (scenario.kind, scenario.caller)
    baseline = expected.changes[name]
    if changes - baseline:
        yield f"more changes than in the baseline: {dict(changes)} instead of {dict(baseline)}"
    yield from invalid_results(scenario.key, client.results)
    if client.late:
        yield f"never settled: {client.results[-1]}"
    elif client.gave_up:
        if changes != baseline and any(result.outcome in _DONE for result in client.results):
            yield f"reported as done, but changed {dict(changes)} instead of {dict(baseline)}"
        if changes and all(result.outcome in _CHANGED_NOTHING for result in client.results):
            yield f"reported as not done, but changed {dict(changes)}"
    elif changes != baseline:
        yield f"settled, but changed {dict(changes)} instead of {dict(baseline)}"
    yield from _unexpected_successes(scenario, client.results, expected.results[name])


def _unexpected_successes(scenario: Scenario, results: Sequence[Result], expected: Result) -> Iterator[str]:
    successes = {result.text for result in results if result.outcome is Outcome.DONE}
    if len(successes) > 1:
        yield f"different results: {successes}"
    for text in successes:
        if expected.outcome is not Outcome.DONE or scenario.normalized(text) != expected.text:
            yield f"wrong result: {scenario.normalized(text)} instead of {expected.text}"


def invalid_results(key: str | None, results: Iterable[Result]) -> Iterator[str]:
    """The violations in responses that are invalid after any changes. `key` is the client's idempotency key."""
    for result in results:
        extensions = result.extensions or {}
        if result.extensions is not None and extensions.get("code") not in CODES:
            yield f"unknown code: {result}"
        if extensions.get("code") == "INTERNAL" and REQUEST_REFUSED not in result.text:
            yield f"internal error: {result}"
        without_key = "idempotencyKey" not in extensions and TOOK_TOO_LONG not in result.text
        if result.outcome in (Outcome.UNKNOWN, Outcome.PARTIAL) and without_key:
            yield f"unknown outcome without an idempotency key: {result}"
        if key is not None and extensions.get("idempotencyKey", key) != key:
            yield f"not the client's idempotency key: {result}"
        if TOOK_TOO_LONG in result.text:
            yield f"{TOO_LONG}: {result}"
        if SECRETS.search(result.text):
            yield f"contains a secret: {result}"
