"""Scenarios: an operation, its faults and the client's behaviour, drawn from a seed."""

from __future__ import annotations

import json
import random
import re
import uuid
from dataclasses import dataclass, field

from quality.faults import plan, preparation
from quality.faults.operations import OPERATIONS, Operation
from quality.faults.plan import Fault
from quality.faults.preparation import Prepared
from quality.faults.wallet_state import WalletState, read_state
from serving.auth.development_tokens import create_token
from serving.settings.settings import Settings


@dataclass
class Scenario:
    """One client's operation, which must be executed once, with its faults and the client's behaviour."""

    seed: str
    kind: str
    caller: str
    faults: list[Fault]
    behaviours: list[str]
    """The behaviour at each of the first attempts. At later attempts, the client waits for the response."""
    gives_up: bool
    repeats_settled: bool
    key: str | None
    rng: random.Random = field(repr=False)
    ids: Prepared = field(default_factory=dict)
    before: WalletState = field(default_factory=WalletState)

    @classmethod
    def from_seed(cls, seed: str, kind: str = "") -> Scenario:
        """Draw a scenario. `kind`: choose only operations whose name contains this."""
        rng = random.Random(seed)
        behaviours = [rng.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()))[0] for _ in range(rng.randint(0, 3))]
        return cls(
            seed=seed,
            kind=rng.choice([name for name in OPERATIONS if kind in name]),
            caller=rng.choice(CALLERS),
            faults=plan.draw_plan(rng),
            behaviours=behaviours,
            gives_up=rng.random() < 0.3,
            repeats_settled=rng.random() < 0.4,
            key=str(uuid.UUID(int=rng.getrandbits(128))) if rng.random() < 0.8 else None,
            rng=rng,
        )

    @classmethod
    def without_faults(cls, kind: str, caller: str) -> Scenario:
        """A scenario of the baseline."""
        key = f"without faults: {kind}, {caller}"
        return cls(key, kind, caller, [], [], gives_up=False, repeats_settled=False, key=key, rng=random.Random(key))

    @property
    def operation(self) -> Operation:
        """The operation that `kind` names."""
        return OPERATIONS[self.kind]

    @property
    def writes(self) -> bool:
        """Whether the operation is a mutation."""
        return self.operation.writes

    @property
    def repeatable(self) -> bool:
        """Whether the client can repeat the request without an idempotency key and get the same result."""
        return self.operation.repeatable

    async def prepare(self, sandbox: int) -> None:
        """Create the customer and the operation's fixtures in the sandbox."""
        self.ids |= await preparation.prepare(sandbox, self.operation.fixtures)
        self.before = await self.state(sandbox)

    async def state(self, sandbox: int) -> WalletState:
        """The current state of the wallet in the sandbox."""
        return await read_state(sandbox, self.ids)

    def body(self, key: str | None) -> bytes:
        """The request body, with the idempotency key."""
        input = self.operation.input(self.ids)
        if not self.operation.writes:
            return json.dumps({"query": self.operation.query, "variables": {"customer": self.ids["customer"]}}).encode()
        variables = {"input": {**input, **({"idempotencyKey": key} if key is not None else {})}}
        return json.dumps({"query": self.operation.query, "variables": variables}).encode()

    def token(self, settings: Settings) -> str:
        """The bearer token of the caller."""
        customer = self.ids["customer"] if self.caller == "customer" else None
        return create_token(settings, customer=customer, service=customer is None, subject="faults", lifetime=7200)

    def normalized(self, text: str) -> str:
        """The text with this scenario's ids replaced by their names."""
        names = {id: name for name, id in self.ids.items()}
        return re.sub(r"\b(?:cus|pm|seti|sub)_\w+", lambda found: f"<{names.get(found[0], 'new')}>", text)

    def __str__(self) -> str:
        faults = ", ".join(map(str, self.faults)) or "none"
        key = "with a key" if self.key else "without a key"
        return f"{self.kind}, by a {self.caller}, {key}; the client {self.behaviours or 'waits'}; faults: {faults}"


CALLERS = ("customer", "service")
BEHAVIOURS = {
    "waits": 10,
    "disconnects": 3,
    "resets": 2,
    "sends slowly": 1,
    "stalls": 1,
    "sends duplicates": 2,
    "floods": 1,
}
