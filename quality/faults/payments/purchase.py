"""The final state of an order in the sandbox: charges, PaymentIntents and the customer's wallet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quality.faults.auditor import Ledger
from quality.harness import wire


@dataclass(frozen=True)
class Purchase:
    """`charges` has the charges that succeeded or are pending, without the declined ones."""

    charges: Sequence[Any]
    intents: Sequence[Any]
    wallet: Sequence[str]
    """The fingerprint of each payment method."""

    @property
    def statuses(self) -> list[str]:
        """The status of each PaymentIntent, in upper case."""
        return [intent["status"].upper() for intent in self.intents]


async def read_purchase(sandbox: int, ledger: Ledger, customer: str) -> Purchase:
    """Read the final state. Raises AssertionError if the ledger and the list of charges differ."""
    listed = (await wire.call(sandbox, "GET", f"/v1/charges?customer={customer}&limit=100"))["data"]
    charges = [charge for charge in listed if charge["status"] != "failed"]
    recorded = ledger.objects(customer, "charge.succeeded") | ledger.objects(customer, "charge.pending")
    assert recorded == {charge["id"] for charge in charges}, f"{recorded} in the ledger, but {charges} are listed"
    intents = await wire.call(sandbox, "GET", f"/v1/payment_intents?customer={customer}&limit=100")
    methods = await wire.call(sandbox, "GET", f"/v1/customers/{customer}/payment_methods?limit=100")
    return Purchase(charges, intents["data"], [fingerprint(method) for method in methods["data"]])


def fingerprint(method: Any) -> str:
    """The fingerprint of a payment method, or of the one in a charge's `payment_method_details`."""
    return str(method[method["type"]]["fingerprint"])
