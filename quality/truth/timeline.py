"""Rebuilds the states of a history's objects over time from the sandbox's ledger."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.state.ledger import Entry

Json = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """All objects after a change. `customers` excludes deleted ones. `methods` is in order of creation."""

    time: float
    seq: int
    customers: Mapping[str, Json]
    methods: Mapping[str, Json]

    def wallet(self, customer: str) -> Sequence[Json]:
        """The payment methods attached to a customer, newest first."""
        return [method for method in reversed(list(self.methods.values())) if method["customer"] == customer]

    def default_of(self, customer: str) -> str | None:
        """The id of the customer's default payment method."""
        body = self.customers.get(customer)
        found: str | None = body["invoice_settings"]["default_payment_method"] if body is not None else None
        return found

    def owner_of(self, method: str) -> str | None:
        """The id of the customer that a payment method is attached to, or None if detached or deleted."""
        owner = self.methods[method]["customer"] if method in self.methods else None
        return owner if owner in self.customers else None

    def after(self, entry: Entry) -> State:
        """The state after a further change."""
        customers, methods = dict(self.customers), dict(self.methods)
        if entry.operation == "customer.deleted":
            customers.pop(entry.object, None)
        elif entry.body["object"] == "customer":
            customers[entry.object] = entry.body
        elif entry.body["object"] == "payment_method":
            methods[entry.object] = entry.body
        return State(entry.time, entry.seq, customers, methods)


def states(entries: Iterable[Entry]) -> list[State]:
    """The state before the first entry, and after each."""
    found = [State(-math.inf, 0, {}, {})]
    for entry in entries:
        found.append(found[-1].after(entry))
    return found
