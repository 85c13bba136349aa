"""Scenarios: work, faults and the behaviour of the client, drawn from a seed."""

from __future__ import annotations

import json
import random
import re
import uuid
from dataclasses import dataclass, field

from quality.faults import plan, preparation
from quality.faults.kinds import KINDS, Kind
from quality.faults.plan import Fault
from quality.faults.preparation import Prepared
from quality.faults.wallet_state import WalletState, read_state
from serving.auth.development_tokens import create_token
from serving.settings.settings import Settings


@dataclass
class Scenario:
    """One client with work to be done once, all that will go wrong, and how the client bears it."""

    seed: str
    kind: str
    caller: str
    faults: list[Fault]
    manners: list[str]
    """How the client behaves at each of its first attempts; it waits at later ones."""
    gives_up: bool
    asks_again: bool
    key: str | None
    draw: random.Random = field(repr=False)
    ids: Prepared = field(default_factory=dict)
    before: WalletState = field(default_factory=WalletState)

    @classmethod
    def drawn(cls, seed: str, kind: str = "") -> Scenario:
        """All of it follows from the seed. `kind`: a part of the names of the kinds to choose from."""
        draw = random.Random(seed)
        manners = [draw.choices(list(MANNERS), list(MANNERS.values()))[0] for _ in range(draw.randint(0, 3))]
        return cls(
            seed=seed,
            kind=draw.choice([name for name in KINDS if kind in name]),
            caller=draw.choice(CALLERS),
            faults=plan.draw_plan(draw),
            manners=manners,
            gives_up=draw.random() < 0.3,
            asks_again=draw.random() < 0.4,
            key=str(uuid.UUID(int=draw.getrandbits(128))) if draw.random() < 0.8 else None,
            draw=draw,
        )

    @classmethod
    def undisturbed(cls, kind: str, caller: str) -> Scenario:
        """The same work, and nothing goes wrong."""
        key = f"undisturbed {kind} {caller}"
        return cls(key, kind, caller, [], [], gives_up=False, asks_again=False, key=key, draw=random.Random(key))

    @property
    def work(self) -> Kind:
        """The operation to run."""
        return KINDS[self.kind]

    @property
    def writes(self) -> bool:
        """Whether the operation is a mutation."""
        return self.work.writes

    @property
    def repeatable(self) -> bool:
        """Whether the same request without an idempotency key has the same result."""
        return self.work.repeatable

    async def prepare(self, sandbox: int) -> None:
        """Make the customer and what the work needs, at the sandbox itself."""
        self.ids |= await preparation.prepare(sandbox, self.work.prepare)
        self.before = await self.state(sandbox)

    async def state(self, sandbox: int) -> WalletState:
        """The current state at the sandbox."""
        return await read_state(sandbox, self.ids)

    def body(self, key: str | None) -> bytes:
        """The request body, with the idempotency key."""
        input = self.work.input(self.ids)
        if not self.work.writes:
            return json.dumps({"query": self.work.query, "variables": {"customer": self.ids["customer"]}}).encode()
        variables = {"input": {**input, **({"idempotencyKey": key} if key is not None else {})}}
        return json.dumps({"query": self.work.query, "variables": variables}).encode()

    def token(self, settings: Settings) -> str:
        """The caller's token."""
        customer = self.ids["customer"] if self.caller == "customer" else None
        return create_token(settings, customer=customer, service=customer is None, subject="faults", lifetime=7200)

    def normalized(self, text: str) -> str:
        """The text with this scenario's ids replaced by their names."""
        names = {id: name for name, id in self.ids.items()}
        return re.sub(r"\b(?:cus|pm|seti|sub)_\w+", lambda found: f"<{names.get(found[0], 'new')}>", text)

    def __str__(self) -> str:
        faults = ", ".join(map(str, self.faults)) or "none"
        key = "with a key" if self.key else "without a key"
        return f"{self.kind}, by a {self.caller}, {key}; the client {self.manners or 'waits'}; faults: {faults}"


CALLERS = ("customer", "service")
MANNERS = {"waits": 10, "vanishes": 3, "resets": 2, "sends slowly": 1, "stalls": 1, "asks twice": 2, "floods": 1}
