"""Compares what clients were told with what the sandbox's ledger says was done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from operation_runner import TOOK_TOO_LONG
from quality.faults.client import Client, Outcome, Telling
from quality.faults.proxy import PRIVATE
from quality.faults.scenarios import Scenario
from quality.harness import wire
from resolvers.errors.response_errors import REQUEST_REFUSED

Done = Counter[str]
"""How often each kind of change was made."""

UPSTREAM = ("UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT")
CODES = frozenset(
    ("UNAUTHENTICATED", "FORBIDDEN", "BAD_USER_INPUT", "INTERNAL", "RATE_LIMITED", "OVERLOADED", *UPSTREAM)
)
SECRETS = re.compile(r"sk_test_|request_log_url|Traceback|/site-packages/|" + PRIVATE)
TOO_LONG = "still running after its deadline"
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
        """How often the service has made this change."""
        return sum(entry["operation"] == operation and bool(entry["idempotency_key"]) for entry in self._entries)

    def done(self, scenario: Scenario) -> Done:
        """What the service did for the scenario's customer. What was prepared for it had no idempotency key."""
        ids = set(scenario.ids.values())
        return Counter(
            entry["operation"]
            for entry in self._entries
            if entry["idempotency_key"] and (entry["customer"] in ids or entry["object"] in ids)
        )


@dataclass
class Expected:
    """What an undisturbed run told and did, for each kind of work and caller."""

    told: dict[tuple[str, str], Telling] = field(default_factory=dict)
    done: dict[tuple[str, str], Done] = field(default_factory=dict)


def audit(scenario: Scenario, client: Client, done: Done, expected: Expected) -> Iterator[str]:
    """All that is wrong about one scenario."""
    name = (scenario.kind, scenario.caller)
    if done - expected.done[name]:
        yield f"done more than was asked: {dict(done)} instead of {dict(expected.done[name])}"
    yield from _wrong_tellings(scenario, client.tellings)
    if client.late:
        yield f"never settled: {client.tellings[-1]}"
    elif client.gave_up:
        if done != expected.done[name] and any(told.outcome in _DONE for told in client.tellings):
            yield f"told that it is done, but done {dict(done)} instead of {dict(expected.done[name])}"
        if done and all(told.outcome in _CHANGED_NOTHING for told in client.tellings):
            yield f"told that nothing was done, but done: {dict(done)}"
    elif done != expected.done[name]:
        yield f"settled, but done {dict(done)} instead of {dict(expected.done[name])}"
    yield from _wrong_successes(scenario, client.tellings, expected.told[name])


def _wrong_successes(scenario: Scenario, tellings: Sequence[Telling], expected: Telling) -> Iterator[str]:
    successes = {told.text for told in tellings if told.outcome is Outcome.DONE}
    if len(successes) > 1:
        yield f"told differently: {successes}"
    for text in successes:
        if expected.outcome is not Outcome.DONE or scenario.told(text) != expected.text:
            yield f"told wrongly: {scenario.told(text)} instead of {expected.text}"


def _wrong_tellings(scenario: Scenario, tellings: Iterable[Telling]) -> Iterator[str]:
    for told in tellings:
        extensions = told.extensions or {}
        if told.extensions is not None and extensions.get("code") not in CODES:
            yield f"an unknown code: {told}"
        if extensions.get("code") == "INTERNAL" and REQUEST_REFUSED not in told.text:
            yield f"something unexpected: {told}"
        without_key = "idempotencyKey" not in extensions and TOOK_TOO_LONG not in told.text
        if told.outcome in (Outcome.UNKNOWN, Outcome.PARTIAL) and without_key:
            yield f"no key to find out with: {told}"
        if scenario.key is not None and extensions.get("idempotencyKey", scenario.key) != scenario.key:
            yield f"another key than the client's: {told}"
        if TOOK_TOO_LONG in told.text:
            yield f"{TOO_LONG}: {told}"
        if SECRETS.search(told.text):
            yield f"told a secret: {told}"
