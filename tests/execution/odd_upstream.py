"""An upstream with corrupted responses. The same calls in the same order get the same responses."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import httpx

from quality.harness import builders
from tests.execution.random_operations import CUSTOMER, INTENT

NEXT_ACTIONS: tuple[Any, ...] = (
    {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example", "return_url": None}},
    {"type": "verify_with_microdeposits", "verify_with_microdeposits": {
        "arrival_date": 1679946402, "hosted_verification_url": "https://stripe.example", "microdeposit_type": None}},
    {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}},
)  # fmt: skip
STRANGE: tuple[Any, ...] = (
    None, "", "word", "Jürgen • 日本", "\ud83d", 0, -1, 2**31, 2**31 - 1, 2**40, 2**70, 1.5, 1e300, True, False,
    [], [None], ["visa", "zork", 7], {}, {"id": "cus_x"}, {"id": 7}, {"deleted": True, "id": "cus_x"}, "2023-01-01",
)  # fmt: skip
WORDS = ("visa", "american_express", "zork", "card", "pass", "credit", "link", "always")


class OddUpstream(httpx.AsyncBaseTransport):
    """Answers every endpoint. The response depends on the seed, the call, and the number of equal calls before."""

    def __init__(self, seed: str, oddness: float) -> None:
        self._seed = seed
        self._oddness = oddness
        self.calls: list[tuple[str, str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        call = (request.method, str(request.url), request.content.decode())
        self.calls.append(call)
        random = Random(f"{self._seed}:{call}:{self.calls.count(call)}")
        status, body = self._answer(random, request)
        return httpx.Response(status, content=body, headers={"request-id": f"req_{random.randrange(10**6)}"})

    def _answer(self, random: Random, request: httpx.Request) -> tuple[int, bytes]:
        if random.random() < 0.06 * (self._oddness > 0):
            return random.choice((
                (404, _error("resource_missing", "id")), (404, _error("resource_missing", "customer")),
                _refusal(request.url.path), (500, b"{}"), (200, b"{"), (200, b"[]"),
            ))  # fmt: skip
        body = deepcopy(_object(random, request))
        for _ in range(random.choice((0, 1, 1, 3, 8)) if random.random() < self._oddness else 0):
            _corrupt(random, body)
        text = json.dumps(body)
        if random.random() < 0.03 * (self._oddness > 0):
            text = text.replace("4242", "4\\ud83d2").replace("1679946402", "1e999")
        return 200, text.encode()


def _refusal(path: str) -> tuple[int, bytes]:
    """A declined card, where a card is tried."""
    if path.endswith(("/attach", "/confirm", "_intents")):
        return 402, _error("card_declined", None)
    if "/payment_intents/" in path:
        return 400, _error("payment_intent_unexpected_state", None)
    return 400, _error("setup_intent_unexpected_state" if "/setup_intents/" in path else "unknown", None)


def _error(code: str, param: str | None) -> bytes:
    kind = "card_error" if code == "card_declined" else "invalid_request_error"
    return json.dumps(builders.error(kind, code=code, param=param, message="No")).encode()


def _object(random: Random, request: httpx.Request) -> dict[str, Any]:
    path, asked = request.url.path, str(request.url) + request.content.decode()
    if "setup_intents" in path:
        return _intent(random)
    if "payment_intents" in path:
        return _payment(random)
    if "mandates" in path:
        return _mandate(random)
    if path.endswith("/subscriptions"):
        return _list([{"status": "active", "default_payment_method": "pm_1"}], more=False)
    if path.endswith("/payment_methods"):
        count = random.choice((0, 1, 3, 10))
        return _list([_method(random, f"pm_{n + 1}", asked) for n in range(count)], more=random.random() < 0.3)
    if "payment_methods" in path:
        return _method(random, "pm_1", asked)
    return _customer(random, expanded="default_payment_method" in asked)


def _list(entries: list[Any], *, more: bool) -> dict[str, Any]:
    return {"object": "list", "url": "/v1", "has_more": more, "data": entries}


def _customer(random: Random, *, expanded: bool) -> dict[str, Any]:
    default: Any = random.choice((None, "pm_1"))
    if default and expanded:
        default = builders.payment_method("pm_1", customer=CUSTOMER)
    settings = {"default_payment_method": default}
    address = {**builders.ADDRESS, "city": "Paris"}
    return builders.customer(CUSTOMER, invoice_settings=settings, metadata={"plan": "family"}, address=address)


def _method(random: Random, id: str, asked: str) -> dict[str, Any]:
    owner: Any = _customer(random, expanded=False) if "customer" in asked and "expand" in asked else CUSTOMER
    members = {"customer": random.choice((owner, owner, None)), "metadata": {"a": "1"}, "created": 1679946402}
    wallet = {"type": "apple_pay", "dynamic_last4": "0001", "apple_pay": {}}
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("card", builders.card()),
        ("card", builders.card(exp_year=2020, wallet=wallet, brand="cartes_bancaires")),
        ("us_bank_account", {"bank_name": "STRIPE TEST BANK", "last4": "6789", "fingerprint": "f", "networks": None}),
        ("sepa_debit", {"last4": "3000", "fingerprint": "f", "country": "DE"}),
        ("link", {"email": "jenny@example.com"}),
        ("new_kind", {"any": ["thing"], "fingerprint": "f"}),
    ]
    type_, details = random.choice(kinds)
    return builders.payment_method(id, type=type_, **{type_: details}, **members)


def _intent(random: Random) -> dict[str, Any]:
    return {
        "id": INTENT, "object": "setup_intent", "client_secret": "seti_1_secret_2", "created": 1679946402,
        "livemode": False, "status": random.choice(("succeeded", "requires_action", "zork")), "usage": "off_session",
        "customer": random.choice((CUSTOMER, None)), "payment_method": random.choice(("pm_1", None)),
        "next_action": random.choice((None, *NEXT_ACTIONS)), "payment_method_types": ["card"],
        "mandate": random.choice((None, "mandate_1", _mandate(random))),
        "last_setup_error": random.choice((None, {"type": "card_error", "message": "No.", "decline_code": "lost"})),
    }  # fmt: skip


def _payment(random: Random) -> dict[str, Any]:
    intent = _intent(random)
    return {
        **intent, "id": "pi_1", "object": "payment_intent", "client_secret": "pi_1_secret_2", "amount": 1099,
        "amount_received": random.choice((0, 1099)), "currency": "usd",
        "setup_future_usage": random.choice((None, "off_session", "zork")),
        "last_payment_error": intent["last_setup_error"],
    }  # fmt: skip


def _mandate(random: Random) -> dict[str, Any]:
    method = {**builders.payment_method("pm_1"), "customer": random.choice((CUSTOMER, "cus_other", None))}
    return {
        "id": "mandate_1", "object": "mandate", "status": random.choice(("active", "zork")), "type": "multi_use",
        "payment_method": random.choice(("pm_1", method)),
        "customer_acceptance": random.choice(({"type": "online", "accepted_at": 1679946402}, {"type": "offline"})),
    }  # fmt: skip


def _corrupt(random: Random, value: Any) -> None:
    """Change one member or item."""
    while True:
        inner = [one for one in (value.values() if isinstance(value, dict) else value) if isinstance(one, dict | list)]
        inner = [one for one in inner if one]
        if not inner or random.random() < 0.35:
            break
        value = random.choice(inner)
    if isinstance(value, list):
        value[random.randrange(len(value))] = deepcopy(random.choice(STRANGE))
        return
    name = random.choice(list(value))
    change = random.random()
    if change < 0.25:
        del value[name]
    elif change < 0.5:
        value[name] = None
    elif change < 0.65:
        value[name] = random.choice(WORDS)
    elif change < 0.9:
        value[name] = deepcopy(random.choice(STRANGE))
    else:
        value["f0"] = value[" f1"] = value["__typename"] = deepcopy(random.choice(STRANGE))
