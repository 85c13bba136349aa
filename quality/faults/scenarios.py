"""Operations of clients, with the objects that each needs, drawn from a seed."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quality.faults import plan
from quality.faults.plan import Fault
from quality.harness import wire
from serving.auth.development_tokens import create_token
from serving.settings.settings import Settings

_ERRORS = "errors { __typename code message path }"
_ATTACH = f"""mutation Attach($input: AttachPaymentMethodInput!) {{ attachPaymentMethod(input: $input) {{
  paymentMethod {{ id isDefault customer {{ id email }} }} reusedExisting
  customer {{ id defaultPaymentMethod {{ id }} paymentMethods(first: 20) {{ nodes {{ id }} }} }} {_ERRORS} }} }}"""
_DETACH = f"""mutation Detach($input: DetachPaymentMethodInput!) {{ detachPaymentMethod(input: $input) {{
  detachedPaymentMethodId customer {{ id defaultPaymentMethod {{ id }} }} {_ERRORS} }} }}"""
_UPDATE = f"""mutation Update($input: UpdatePaymentMethodInput!) {{ updatePaymentMethod(input: $input) {{
  paymentMethod {{ id billingDetails {{ name }} }} {_ERRORS} }} }}"""
_SET_DEFAULT = f"""mutation Choose($input: SetDefaultPaymentMethodInput!) {{ setDefaultPaymentMethod(input: $input) {{
  previousDefault {{ id }} customer {{ id defaultPaymentMethod {{ id }} }} {_ERRORS} }} }}"""
_INTENT = "setupIntent { id status clientSecret paymentMethod { id } customer { id } } " + _ERRORS
_CREATE = f"mutation Create($input: CreateSetupIntentInput!) {{ createSetupIntent(input: $input) {{ {_INTENT} }} }}"
_CONFIRM = f"mutation Confirm($input: ConfirmSetupIntentInput!) {{ confirmSetupIntent(input: $input) {{ {_INTENT} }} }}"
_CANCEL = f"mutation Cancel($input: CancelSetupIntentInput!) {{ cancelSetupIntent(input: $input) {{ {_INTENT} }} }}"
_WALLET = """query Wallet($customer: ID!) { customer(id: $customer) { id defaultPaymentMethod { id card { last4 } }
  paymentMethods(first: 20) { nodes { id isDefault } } } }"""

Prepared = dict[str, str]
"""Ids by the names that a kind of work gives them; `customer` is always there."""


@dataclass(frozen=True)
class Kind:
    """A kind of work: its document, its input as the prepared ids make it, and what is prepared."""

    query: str
    input: Callable[[Prepared], dict[str, Any]]
    prepare: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""
        return self.query.startswith("mutation")


def _attach(id: str, **input: Any) -> Callable[[Prepared], dict[str, Any]]:
    return lambda ids: {"paymentMethodId": ids.get(id, id), "customerId": ids["customer"], **input}


def _method(name: str, **input: Any) -> Callable[[Prepared], dict[str, Any]]:
    return lambda ids: {"paymentMethodId": ids[name], **input}


def _owned(**input: Any) -> Callable[[Prepared], dict[str, Any]]:
    return lambda ids: {"customerId": ids["customer"], **{key: ids.get(v, v) for key, v in input.items()}}


_AMEX, _REPLACE, _REUSE, _REJECT = "pm_card_amex", "REPLACE_EXISTING", "REUSE_EXISTING", "REJECT"
KINDS: Mapping[str, Kind] = {
    "attach": Kind(_ATTACH, _attach("loose"), ("loose",)),
    "attach a token": Kind(_ATTACH, _attach("pm_card_visa")),
    "attach a declined card": Kind(_ATTACH, _attach("pm_card_visa_chargeDeclined")),
    "attach as the default": Kind(_ATTACH, _attach("pm_card_visa", setAsDefault=True), ("default",)),
    "attach, replacing": Kind(_ATTACH, _attach(_AMEX, onDuplicate=_REPLACE), ("amex",)),
    "attach, replacing the default": Kind(_ATTACH, _attach(_AMEX, onDuplicate=_REPLACE), ("amex", "amex is default")),
    "attach, replacing nothing": Kind(_ATTACH, _attach("loose", onDuplicate=_REPLACE), ("loose",)),
    "attach, reusing": Kind(_ATTACH, _attach(_AMEX, onDuplicate=_REUSE, setAsDefault=True), ("amex",)),
    "attach, rejecting": Kind(_ATTACH, _attach(_AMEX, onDuplicate=_REJECT), ("amex",)),
    "detach": Kind(_DETACH, _method("amex"), ("amex",)),
    "detach the default": Kind(_DETACH, _method("default"), ("default",)),
    "detach unless in use": Kind(_DETACH, _method("amex", unlessInUse=True), ("amex", "default")),
    "detach what is in use": Kind(_DETACH, _method("default", unlessInUse=True), ("default",)),
    "update": Kind(_UPDATE, _method("amex", billingDetails={"name": "Someone Else"}), ("amex",)),
    "set the default": Kind(_SET_DEFAULT, _owned(paymentMethodId="amex"), ("amex", "default")),
    "clear the default": Kind(_SET_DEFAULT, _owned(paymentMethodId=None), ("default",)),
    "create an intent": Kind(_CREATE, _owned()),
    "create and confirm": Kind(_CREATE, _owned(paymentMethodId="pm_card_visa", confirm=True)),
    "confirm": Kind(_CONFIRM, lambda ids: {"setupIntentId": ids["intent"], "paymentMethodId": _AMEX}, ("intent",)),
    "cancel": Kind(_CANCEL, lambda ids: {"setupIntentId": ids["intent"]}, ("intent",)),
    "read the wallet": Kind(_WALLET, _owned(), ("amex", "default")),
}


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

    @classmethod
    def drawn(cls, seed: str) -> Scenario:
        """All of it follows from the seed."""
        draw = random.Random(seed)
        manners = [draw.choices(list(MANNERS), list(MANNERS.values()))[0] for _ in range(draw.randint(0, 3))]
        return cls(
            seed=seed,
            kind=draw.choice(list(KINDS)),
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

    async def prepare(self, sandbox: int) -> None:
        """Make the customer and what the work needs, at the sandbox itself."""
        self.ids["customer"] = (await wire.call(sandbox, "POST", "/v1/customers"))["id"]
        for what in self.work.prepare:
            await _PREPARE[what](sandbox, self.ids)

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
        return re.sub(r"\b(?:cus|pm|seti)_\w+", lambda found: f"<{names.get(found[0], 'new')}>", text)

    def __str__(self) -> str:
        faults = ", ".join(map(str, self.faults)) or "none"
        key = "with a key" if self.key else "without a key"
        return f"{self.kind}, by a {self.caller}, {key}; the client {self.manners or 'waits'}; faults: {faults}"


CALLERS = ("customer", "service")
MANNERS = {"waits": 10, "vanishes": 3, "resets": 2, "sends slowly": 1, "stalls": 1, "asks twice": 2, "floods": 1}


async def _make(sandbox: int, ids: Prepared, name: str, token: str) -> None:
    found = await wire.call(sandbox, "POST", f"/v1/payment_methods/{token}/attach", customer=ids["customer"])
    ids[name] = found["id"]


async def _choose(sandbox: int, ids: Prepared, name: str) -> None:
    default = {"invoice_settings[default_payment_method]": ids[name]}
    await wire.call(sandbox, "POST", f"/v1/customers/{ids['customer']}", **default)


async def _loose(sandbox: int, ids: Prepared) -> None:
    params = {"type": "card", "card[token]": "tok_mastercard"}
    ids["loose"] = (await wire.call(sandbox, "POST", "/v1/payment_methods", **params))["id"]


async def _default(sandbox: int, ids: Prepared) -> None:
    await _make(sandbox, ids, "default", "pm_card_jcb")
    await _choose(sandbox, ids, "default")


async def _intent(sandbox: int, ids: Prepared) -> None:
    params = {"customer": ids["customer"], "automatic_payment_methods[enabled]": "true"}
    params["automatic_payment_methods[allow_redirects]"] = "never"
    ids["intent"] = (await wire.call(sandbox, "POST", "/v1/setup_intents", **params))["id"]


_PREPARE: Mapping[str, Callable[[int, Prepared], Awaitable[None]]] = {
    "amex": lambda sandbox, ids: _make(sandbox, ids, "amex", "pm_card_amex"),
    "amex is default": lambda sandbox, ids: _choose(sandbox, ids, "amex"),
    "default": _default,
    "intent": _intent,
    "loose": _loose,
}
