"""Orders: how one is paid, the faults meanwhile, and the behaviour of its clients, drawn from a seed."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quality.faults import plan
from quality.faults.plan import Fault
from quality.faults.scenarios import MANNERS
from quality.harness import wire
from serving.auth.development_tokens import create_token
from serving.settings.settings import Settings

CURRENCY = "eur"
AMOUNTS = (50, 1099, 4500, 99_999_999)


@dataclass
class Order:
    """One purchase of one customer. Whatever happens, it is paid once or not at all."""

    seed: str
    flow: str
    faults: list[Fault]
    gives_up: bool
    asks_again: bool
    has_keys: bool
    """Whether the clients send idempotency keys where they may omit them."""
    is_careless: bool
    """Whether clients repeat requests that may have paid with another key, where that is safe."""
    draw: random.Random = field(repr=False)
    amount: int = 1099
    ids: dict[str, str] = field(default_factory=dict)
    """The customer, and the payment methods that they have before the order."""

    @classmethod
    def drawn(cls, seed: str, flows: Sequence[str], faults: Callable[[random.Random], list[Fault]] | None) -> Order:
        """All of it follows from the seed."""
        draw = random.Random(seed)
        return cls(
            seed=seed,
            flow=draw.choice(flows),
            faults=(faults or plan.draw_plan)(draw),
            gives_up=draw.random() < 0.15,
            asks_again=draw.random() < 0.4,
            has_keys=draw.random() < 0.7,
            is_careless=draw.random() < 0.5,
            draw=draw,
            amount=draw.choice(AMOUNTS),
        )

    @classmethod
    def undisturbed(cls, flow: str) -> Order:
        """An order without faults, by clients that wait."""
        return cls(
            f"undisturbed {flow}", flow, [], gives_up=False, asks_again=True, has_keys=True, is_careless=False,
            draw=random.Random(flow),
        )  # fmt: skip

    def key(self) -> str:
        """A new idempotency key."""
        return str(uuid.UUID(int=self.draw.getrandbits(128)))

    def manners(self) -> list[str]:
        """How a client behaves at its first attempts. Without faults, it waits."""
        attempts = self.draw.randint(0, 2) if self.faults else 0
        return [self.draw.choices(list(MANNERS), list(MANNERS.values()))[0] for _ in range(attempts)]

    @property
    def prepared(self) -> list[str]:
        """The payment methods that the customer has before the order."""
        return [id for name, id in self.ids.items() if name != "customer"]

    async def prepare(self, sandbox: int, card: str | None = None) -> None:
        """Create the customer, who may have a card."""
        customer = self.ids["customer"] = (await wire.call(sandbox, "POST", "/v1/customers"))["id"]
        if card is not None:
            found = await wire.call(sandbox, "POST", f"/v1/payment_methods/{card}/attach", customer=customer)
            self.ids["saved"] = found["id"]

    def __str__(self) -> str:
        faults = ", ".join(map(str, self.faults)) or "none"
        return f"{self.flow}, {self.amount} {CURRENCY}; faults: {faults}"


@dataclass
class Step:
    """One request of an order, which a client repeats until its result is known."""

    order: Order
    query: str
    variables: Mapping[str, Any]
    caller: str
    key: str | None
    manners: list[str]
    repeatable: bool

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""
        return self.query.startswith("mutation")

    @property
    def gives_up(self) -> bool:
        """Whether the client stops after an attempt without a result."""
        return self.order.gives_up

    @property
    def asks_again(self) -> bool:
        """Whether the client repeats a request whose result it knows."""
        return self.order.asks_again

    @property
    def draw(self) -> random.Random:
        """The order's source of chance."""
        return self.order.draw

    def body(self, key: str | None) -> bytes:
        """The request body, with the idempotency key."""
        variables = dict(self.variables)
        if self.writes and key is not None:
            variables["input"] = {**variables["input"], "idempotencyKey": key}
        return json.dumps({"query": self.query, "variables": variables}).encode()

    def token(self, settings: Settings) -> str:
        """The caller's token."""
        customer = self.order.ids["customer"] if self.caller == "customer" else None
        return create_token(settings, customer=customer, service=customer is None, subject="faults", lifetime=7200)
