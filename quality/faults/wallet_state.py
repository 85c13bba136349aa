"""The state of a customer's wallet in the sandbox, which a failed operation must not leave half changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from quality.faults.preparation import Prepared
from quality.harness import wire

NEW = "new"


@dataclass(frozen=True)
class WalletState:
    """Objects appear under their fixture names, and a payment method that the operation created as `NEW`.

    `subscriptions` has the payment method of each subscription, and `intents` the status of each SetupIntent.
    """

    methods: tuple[str, ...] = ()
    default: str | None = None
    subscriptions: Mapping[str, str | None] = field(default_factory=dict)
    intents: tuple[str, ...] = ()

    def unexpected_changes(self, before: WalletState, after: WalletState) -> Iterator[str]:
        """The violations: parts that equal neither the state before the operation nor the expected state after it."""
        if self.default not in (before.default, after.default):
            yield f"the default is {self.default}"
        for name, method in self.subscriptions.items():
            if method not in (before.subscriptions[name], after.subscriptions[name]):
                yield f"the subscription that {name} is left with {method}"
        if lost := {*before.methods} & {*after.methods} - {*self.methods}:
            yield f"lost {sorted(lost)}"
        if len(self.methods) < min(len(before.methods), len(after.methods)):
            yield f"only {self.methods} are left"


async def read_state(sandbox: int, ids: Prepared) -> WalletState:
    """Read the current state of a customer with fixtures."""
    names = {id: name for name, id in ids.items()}

    def name(id: str | None) -> str | None:
        return None if id is None else names.get(id, NEW)

    path = f"/v1/customers/{ids['customer']}"
    customer = await wire.call(sandbox, "GET", path)
    methods = await wire.call(sandbox, "GET", f"{path}/payment_methods?limit=100")
    subscriptions = await wire.call(sandbox, "GET", f"/v1/subscriptions?customer={ids['customer']}&limit=100")
    intents = await wire.call(sandbox, "GET", f"/v1/setup_intents?customer={ids['customer']}&limit=100")
    return WalletState(
        tuple(sorted(names.get(method["id"], NEW) for method in methods["data"])),
        name(customer["invoice_settings"]["default_payment_method"]),
        {names[one["id"]]: name(one["default_payment_method"]) for one in subscriptions["data"]},
        tuple(sorted(intent["status"] for intent in intents["data"])),
    )
