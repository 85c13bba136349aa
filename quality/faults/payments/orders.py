"""Orders: the payment flow, the faults and the behaviour of the clients, drawn from a seed."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quality.faults import plan
from quality.faults.plan import Fault
from quality.faults.scenarios import BEHAVIOURS
from quality.harness import wire
from serving.auth.development_tokens import create_token
from serving.settings.settings import Settings

CURRENCY = "eur"
AMOUNTS = (50, 1099, 4500, 99_999_999)


@dataclass
class Order:
    """One purchase by one customer, which must be paid once or not at all."""

    seed: str
    flow: str
    faults: list[Fault]
    gives_up: bool
    repeats_settled: bool
    sends_keys: bool
    """Whether clients send idempotency keys where they are optional."""
    repeats_without_key: bool
    """Whether clients confirm and cancel without an idempotency key, and repeat these requests."""
    rng: random.Random = field(repr=False)
    amount: int = 1099
    ids: dict[str, str] = field(default_factory=dict)
    """The ids of the customer and of the payment methods in the wallet before the order."""

    @classmethod
    def from_seed(cls, seed: str, flows: Sequence[str], faults: Callable[[random.Random], list[Fault]] | None) -> Order:
        """Draw an order. `faults` replaces the usual faults."""
        rng = random.Random(seed)
        return cls(
            seed=seed,
            flow=rng.choice(flows),
            faults=(faults or plan.draw_plan)(rng),
            gives_up=rng.random() < 0.15,
            repeats_settled=rng.random() < 0.4,
            sends_keys=rng.random() < 0.7,
            repeats_without_key=rng.random() < 0.5,
            rng=rng,
            amount=rng.choice(AMOUNTS),
        )

    @classmethod
    def without_faults(cls, flow: str) -> Order:
        """An order without faults, by clients that wait."""
        return cls(
            f"without faults: {flow}", flow, [], gives_up=False, repeats_settled=True, sends_keys=True,
            repeats_without_key=False, rng=random.Random(flow),
        )  # fmt: skip

    def key(self) -> str:
        """A new idempotency key."""
        return str(uuid.UUID(int=self.rng.getrandbits(128)))

    def behaviours(self) -> list[str]:
        """Draw a client's behaviour at its first attempts. Without faults, the client waits."""
        attempts = self.rng.randint(0, 2) if self.faults else 0
        return [self.rng.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()))[0] for _ in range(attempts)]

    @property
    def prepared(self) -> list[str]:
        """The payment methods in the wallet before the order."""
        return [id for name, id in self.ids.items() if name != "customer"]

    async def prepare(self, sandbox: int, card: str | None = None) -> None:
        """Create the customer, with an optional card."""
        customer = self.ids["customer"] = (await wire.call(sandbox, "POST", "/v1/customers"))["id"]
        if card is not None:
            found = await wire.call(sandbox, "POST", f"/v1/payment_methods/{card}/attach", customer=customer)
            self.ids["saved"] = found["id"]

    def __str__(self) -> str:
        faults = ", ".join(map(str, self.faults)) or "none"
        return f"{self.flow}, {self.amount} {CURRENCY}; faults: {faults}"


@dataclass
class Step:
    """A request of an order, which a client repeats until it has a settled result."""

    order: Order
    query: str
    variables: Mapping[str, Any]
    caller: str
    key: str | None
    behaviours: list[str]
    repeatable: bool

    @property
    def writes(self) -> bool:
        """Whether the operation is a mutation."""
        return self.query.startswith("mutation")

    @property
    def gives_up(self) -> bool:
        """Whether the client stops after an attempt without a settled result."""
        return self.order.gives_up

    @property
    def repeats_settled(self) -> bool:
        """Whether the client sends the request again after it has a settled result."""
        return self.order.repeats_settled

    @property
    def rng(self) -> random.Random:
        """The random number generator of the order."""
        return self.order.rng

    def body(self, key: str | None) -> bytes:
        """The request body, with the idempotency key."""
        variables = dict(self.variables)
        if self.writes and key is not None:
            variables["input"] = {**variables["input"], "idempotencyKey": key}
        return json.dumps({"query": self.query, "variables": variables}).encode()

    def token(self, settings: Settings) -> str:
        """The bearer token of the caller."""
        customer = self.order.ids["customer"] if self.caller == "customer" else None
        return create_token(settings, customer=customer, service=customer is None, subject="faults", lifetime=7200)
