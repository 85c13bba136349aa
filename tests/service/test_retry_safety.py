"""A retry with the same key on another replica, after a crash of the first: the same outcome, executed once.

A baseline run of each mutation counts its REST calls, and records its changes and its response. Then the replica that
runs it crashes before, and after, each of these calls, and a second replica gets the same request.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import MATEO, MATEOS_CARD, MATEOS_DEFAULT, UNATTACHED_CARD
from sandbox import create_sandbox
from serving.settings.settings import Settings
from tests.resolvers.mutations.saving import Saving
from tests.support.bank_accounts import intent_to_verify

SETTINGS = Settings(customer_mandates=True)
NOW = 1_795_000_000
FIXTURES = create_sandbox().store
MASTERCARD = "pm_1SbzAuLkdIwHu7ixY6icR0cr"
ERRORS = "errors { __typename code path }"

MOVED = "movedSubscriptions { id paymentMethod { id isDefault } }"
ATTACH = f"""mutation($input: AttachPaymentMethodInput!) {{ attachPaymentMethod(input: $input) {{
  paymentMethod {{ id isDefault customer {{ id email }} }} reusedExisting {MOVED}
  customer {{ id defaultPaymentMethod {{ id }} paymentMethods(first: 50) {{ nodes {{ id }} }} }}
  {ERRORS} }} }}"""
DETACH = f"""mutation($input: DetachPaymentMethodInput!) {{ detachPaymentMethod(input: $input) {{
  detachedPaymentMethodId paymentMethod {{ id customer {{ id }} }}
  customer {{ id defaultPaymentMethod {{ id }} paymentMethods(first: 50) {{ nodes {{ id }} }} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: UpdatePaymentMethodInput!) {{ updatePaymentMethod(input: $input) {{
  paymentMethod {{ id billingDetails {{ name }} customer {{ email }} }} {ERRORS} }} }}"""
SET_DEFAULT = f"""mutation($input: SetDefaultPaymentMethodInput!) {{ setDefaultPaymentMethod(input: $input) {{
  previousDefault {{ id card {{ last4 }} }} customer {{ id defaultPaymentMethod {{ id }} }} {MOVED} {ERRORS} }} }}"""
COMPLETE = f"""mutation($input: CompleteSetupIntentInput!) {{ completeSetupIntent(input: $input) {{
  setupIntent {{ id status paymentMethod {{ id }} }} paymentMethod {{ id isDefault customer {{ id email }} }}
  reusedExisting {MOVED} customer {{ id defaultPaymentMethod {{ id }} paymentMethods(first: 50) {{ nodes {{ id }} }} }}
  {ERRORS} }} }}"""
INTENT = "setupIntent { id status clientSecret paymentMethod { id } customer { id } } " + ERRORS
CREATE = f"mutation($input: CreateSetupIntentInput!) {{ createSetupIntent(input: $input) {{ {INTENT} }} }}"
CONFIRM = f"mutation($input: ConfirmSetupIntentInput!) {{ confirmSetupIntent(input: $input) {{ {INTENT} }} }}"
SESSION = f"""mutation($input: CreateCustomerSessionInput!) {{ createCustomerSession(input: $input) {{
  customerSession {{ clientSecret expiresAt customer {{ id email }} }} {ERRORS} }} }}"""
EPHEMERAL_KEY = f"""mutation($input: CreateEphemeralKeyInput!) {{ createEphemeralKey(input: $input) {{
  ephemeralKey {{ id secret expiresAt json }} {ERRORS} }} }}"""
CANCEL = f"mutation($input: CancelSetupIntentInput!) {{ cancelSetupIntent(input: $input) {{ {INTENT} }} }}"

PAYMENT = INTENT.replace("setupIntent", "paymentIntent")
CREATE_PAYMENT = f"mutation($input: CreatePaymentIntentInput!) {{ createPaymentIntent(input: $input) {{ {PAYMENT} }} }}"
PAY = f"mutation($input: ConfirmPaymentIntentInput!) {{ confirmPaymentIntent(input: $input) {{ {PAYMENT} }} }}"
CANCEL_PAYMENT = f"mutation($input: CancelPaymentIntentInput!) {{ cancelPaymentIntent(input: $input) {{ {PAYMENT} }} }}"
PRICE = {"amount": 1099, "currency": "usd", "customerId": MATEO, "setupFutureUsage": "OFF_SESSION"}

VERIFY = f"mutation($input: VerifyMicrodepositsInput!) {{ verifyMicrodeposits(input: $input) {{ {INTENT} }} }}"


@dataclass(frozen=True)
class Case:
    """A mutation, and what there must be before: a second amex, the default, an intent, an unverified bank account.

    `subscribed`: a subscription names the amex, or else the default. `saved`: an intent has saved one more amex,
    which is the default with `default`. `token`: the input has a ConfirmationToken. `payment`: one
    was created.
    """

    query: str
    input: dict[str, Any] = field(default_factory=dict)
    amex: str | None = None
    owned: bool = False
    unverified: bool = False
    subscribed: bool = False
    saved: bool = False
    default: bool = False
    token: bool = False
    payment: bool = False


def attach(id: str, **input: Any) -> dict[str, Any]:
    return {"paymentMethodId": id, "customerId": MATEO, **input}


DUPLICATE = attach("pm_card_amex")
CASES = {
    "attach": Case(ATTACH, attach(UNATTACHED_CARD)),
    "attach a token": Case(ATTACH, attach("pm_card_visa")),
    "attach a declined card": Case(ATTACH, attach("pm_card_visa_chargeDeclined")),
    "attach as the default": Case(ATTACH, attach("pm_card_visa", setAsDefault=True)),
    "attach, then allow redisplay": Case(ATTACH, attach("pm_card_visa", setAsDefault=True, allowRedisplay="ALWAYS")),
    "attach, replacing nothing": Case(ATTACH, attach(MASTERCARD, onDuplicate="REPLACE_EXISTING")),
    "attach, replacing": Case(ATTACH, {**DUPLICATE, "onDuplicate": "REPLACE_EXISTING"}, amex="other"),
    "attach, replacing the default": Case(ATTACH, {**DUPLICATE, "onDuplicate": "REPLACE_EXISTING"}, amex="default"),
    "attach, reusing": Case(ATTACH, {**DUPLICATE, "onDuplicate": "REUSE_EXISTING"}, amex="other"),
    "attach, reusing as the default": Case(
        ATTACH, {**DUPLICATE, "onDuplicate": "REUSE_EXISTING", "setAsDefault": True}, amex="other"
    ),
    "attach, rejecting": Case(ATTACH, {**DUPLICATE, "onDuplicate": "REJECT"}, amex="other"),
    "detach": Case(DETACH, {"paymentMethodId": MATEOS_CARD}),
    "detach unless in use": Case(DETACH, {"paymentMethodId": MATEOS_CARD, "unlessInUse": True}),
    "detach what is in use": Case(DETACH, {"paymentMethodId": MATEOS_DEFAULT, "unlessInUse": True}),
    "update": Case(UPDATE, {"paymentMethodId": MATEOS_CARD, "billingDetails": {"name": "Someone Else"}}),
    "set the default": Case(SET_DEFAULT, {"customerId": MATEO, "paymentMethodId": MATEOS_CARD}),
    "clear the default": Case(SET_DEFAULT, {"customerId": MATEO, "paymentMethodId": None}),
    "create an intent": Case(CREATE, {"customerId": MATEO}),
    "create a customer session": Case(
        SESSION, {"customerId": MATEO, "components": {"paymentElement": {}, "customerSheet": {}}}
    ),
    "create an ephemeral key": Case(EPHEMERAL_KEY, {"customerId": MATEO, "stripeVersion": "2020-08-27"}),
    "create and confirm an intent": Case(
        CREATE, {"customerId": MATEO, "paymentMethodId": "pm_card_visa", "confirm": True}
    ),
    "confirm an intent": Case(
        CONFIRM, {"paymentMethodId": "pm_card_visa", "returnUrl": "https://shop.example"}, owned=True
    ),
    "confirm an intent with a mandate": Case(
        CONFIRM,
        {
            "paymentMethodId": "pm_sepaDebit_success_de",
            "returnUrl": "https://shop.example",
            "mandate": {"online": {"ipAddress": "127.0.0.1", "userAgent": "Firefox"}},
        },
        owned=True,
    ),
    "confirm an intent with a token": Case(CONFIRM, {"returnUrl": "https://shop.example"}, owned=True, token=True),
    "create and confirm an intent with a token": Case(
        CREATE, {"customerId": MATEO, "confirm": True, "returnUrl": "https://shop.example"}, token=True
    ),
    "cancel an intent": Case(CANCEL, {"cancellationReason": "abandoned"}, owned=True),
    "create and confirm an intent, then allow redisplay": Case(
        CREATE, {"customerId": MATEO, "paymentMethodId": "pm_card_visa", "confirm": True, "allowRedisplay": "ALWAYS"}
    ),
    "create a payment": Case(CREATE_PAYMENT, PRICE),
    "create and pay": Case(CREATE_PAYMENT, {**PRICE, "paymentMethodId": "pm_card_visa", "confirm": True}),
    "create and pay, declined": Case(
        CREATE_PAYMENT, {**PRICE, "paymentMethodId": "pm_card_visa_chargeDeclined", "confirm": True}
    ),
    "pay": Case(PAY, {"paymentMethodId": "pm_card_visa", "returnUrl": "https://shop.example"}, payment=True),
    "pay, declined": Case(
        PAY, {"paymentMethodId": "pm_card_visa_chargeDeclined", "returnUrl": "https://shop.example"}, payment=True
    ),
    "pay with a token": Case(PAY, {"returnUrl": "https://shop.example"}, payment=True, token=True),
    "cancel a payment": Case(CANCEL_PAYMENT, {}, payment=True),
    "verify a bank account": Case(VERIFY, {"descriptorCode": "SM11AA"}, unverified=True),
    "verify a bank account by a wrong code": Case(VERIFY, {"descriptorCode": "SM0000"}, unverified=True),
    "attach, moving": Case(
        ATTACH, attach("pm_card_visa", setAsDefault=True, moveSubscriptions="REPLACED"), subscribed=True
    ),
    "attach, replacing and moving": Case(
        ATTACH,
        {**DUPLICATE, "onDuplicate": "REPLACE_EXISTING", "moveSubscriptions": "REPLACED"},
        amex="default",
        subscribed=True,
    ),
    "attach, reusing and moving": Case(
        ATTACH, {**DUPLICATE, "onDuplicate": "REUSE_EXISTING", "moveSubscriptions": "ALL"}, amex="other"
    ),
    "set the default, moving": Case(
        SET_DEFAULT,
        {"customerId": MATEO, "paymentMethodId": MATEOS_CARD, "moveSubscriptions": "REPLACED"},
        subscribed=True,
    ),
    "complete": Case(COMPLETE, {}, saved=True),
    "complete as the default, moving": Case(
        COMPLETE, {"setAsDefault": True, "moveSubscriptions": "REPLACED"}, saved=True, subscribed=True
    ),
    "complete, replacing": Case(COMPLETE, {"onDuplicate": "REPLACE_EXISTING"}, saved=True, amex="other"),
    "complete, replacing the default and moving": Case(
        COMPLETE,
        {"onDuplicate": "REPLACE_EXISTING", "moveSubscriptions": "REPLACED"},
        saved=True,
        amex="default",
        subscribed=True,
    ),
    "complete, reusing as the default and moving": Case(
        COMPLETE,
        {"onDuplicate": "REUSE_EXISTING", "setAsDefault": True, "moveSubscriptions": "ALL"},
        saved=True,
        amex="other",
    ),
    "complete, reusing instead of the default": Case(
        COMPLETE, {"onDuplicate": "REUSE_EXISTING"}, saved=True, default=True, amex="other"
    ),
    "complete, rejecting the default": Case(
        COMPLETE, {"onDuplicate": "REJECT"}, saved=True, default=True, amex="other"
    ),
    "complete, rejecting": Case(COMPLETE, {"onDuplicate": "REJECT"}, saved=True, amex="other"),
}
CALLERS = ("service", "customer")
ROWS = [
    pytest.param(case, caller, id=f"{name}, {caller}")
    for name, case in CASES.items()
    for caller in CALLERS
    if case.query != CREATE_PAYMENT or caller == "service"
]


class Deadly(httpx.AsyncBaseTransport):
    """Passes calls on, until one never gets a response, as if the replica had died."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, call: int, after: bool) -> None:
        self._inner = inner
        self._left = call
        self._after = after
        self.reached = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left >= 0:
            return await self._inner.handle_async_request(request)
        if self._left == -1 and self._after:
            await self._inner.handle_async_request(request)
        self.reached.set()
        return await asyncio.Future()


class Scene:
    """One mutation over a sandbox of its own, for as many replicas as are asked."""

    def __init__(self, case: Case, caller: str) -> None:
        self.sandbox = create_sandbox(clock=lambda: NOW)
        self._case = case
        self._headers = bearer(SETTINGS, customer=MATEO) if caller == "customer" else bearer(SETTINGS, service=True)
        self._input = {**case.input, "idempotencyKey": "the client's own"}
        self._known: set[str] = set()

    def forget_key(self) -> Scene:
        """Send the mutation without a key, so that each request is a new one."""
        del self._input["idempotencyKey"]
        return self

    async def prepare(self) -> Scene:
        async with Api(SETTINGS, Recorder.over(self.sandbox)) as api:
            if self._case.amex is not None:
                input = attach("pm_card_amex", setAsDefault=self._case.amex == "default")
                answer = await api.data(ATTACH, input=input)
                self._known.add(answer["attachPaymentMethod"]["paymentMethod"]["id"])
            if self._case.owned:
                answer = await api.data(CREATE, input={"customerId": MATEO})
                self._input["setupIntentId"] = answer["createSetupIntent"]["setupIntent"]["id"]
            if self._case.payment:
                answer = await api.data(CREATE_PAYMENT, input=PRICE)
                self._input["paymentIntentId"] = answer["createPaymentIntent"]["paymentIntent"]["id"]
            if self._case.unverified:
                self._input["setupIntentId"] = await intent_to_verify(self.sandbox, MATEO)
            if self._case.token:
                self._input["confirmationTokenId"] = await Saving(self.sandbox).token()
        await self._prepare_saving()
        self._start = len(self.sandbox.ledger.entries())
        return self

    async def _prepare_saving(self) -> None:
        saving = Saving(self.sandbox)
        if self._case.subscribed:
            await saving.subscription(next(iter(self._known), MATEOS_DEFAULT))
        if self._case.saved:
            self._input["setupIntentId"], saved = await saving.intent()
            if self._case.default:
                await saving.set_default(saved)

    async def ask(self, transport: httpx.AsyncBaseTransport | None = None) -> dict[str, Any]:
        """The answer of a replica that has never been asked before."""
        recorder = Recorder(transport or httpx.ASGITransport(app=self.sandbox))
        async with Api(SETTINGS, recorder) as api:
            api.http.headers.update(self._headers)
            answer = await api(self._case.query, input=self._input)
            self.calls = len(recorder.requests)
        return answer

    async def die(self, *, call: int, after: bool) -> None:
        """A replica that dies at one of its calls."""
        deadly = Deadly(httpx.ASGITransport(app=self.sandbox), call=call, after=after)
        dying = asyncio.create_task(self.ask(deadly))
        await asyncio.wait_for(deadly.reached.wait(), 5)
        dying.cancel()
        await asyncio.wait([dying])

    def normalized(self, answer: dict[str, Any]) -> str:
        """The answer, what it made new without its random name."""
        text = re.sub(r"\b(cuss_secret|ek_test|ephkey)_\w+", r"\1…", json.dumps(answer))
        return re.sub(r"\b(pi|pm|seti|sub)_(\w{24}\b|\w+_secret_\w+)", self._anonymous, text)

    def _anonymous(self, found: re.Match[str]) -> str:
        return "old" if found[0] in self._known else f"{found[1]}…" if _is_new(found[0]) else found[0]

    def done(self) -> Counter[tuple[str, str | None]]:
        """The changes and their counts."""
        entries = self.sandbox.ledger.entries()[self._start :]
        return Counter((entry.operation, entry.customer) for entry in entries)


def _is_new(id: str) -> bool:
    return FIXTURES.payment_methods.get(id) is None


@pytest.mark.search
@pytest.mark.parametrize(("case", "caller"), ROWS)
async def test_another_replica_completes_what_a_dead_one_began(case, caller, quick):
    baseline = await Scene(case, caller).prepare()
    expected, calls = baseline.normalized(await baseline.ask()), baseline.calls
    for call in range(calls):
        for after in (False, True):
            scene = await Scene(case, caller).prepare()
            await scene.die(call=call, after=after)
            where = f"died {'after' if after else 'before'} call {call + 1} of {calls}"
            assert scene.normalized(await scene.ask()) == expected, where
            assert scene.done() == baseline.done(), where


WITHOUT_KEY = {name: case for name, case in CASES.items() if case.query == COMPLETE}


@pytest.mark.parametrize("name", WITHOUT_KEY)
async def test_without_a_key_the_next_request_completes_it_too(name, quick):
    case = WITHOUT_KEY[name]
    baseline = (await Scene(case, "customer").prepare()).forget_key()
    expected, calls = baseline.normalized(await baseline.ask()), baseline.calls
    for call in range(calls):
        for after in (False, True):
            scene = (await Scene(case, "customer").prepare()).forget_key()
            await scene.die(call=call, after=after)
            where = f"died {'after' if after else 'before'} call {call + 1} of {calls}"
            assert scene.normalized(await scene.ask()) == expected, where
            assert set(scene.done()) == set(baseline.done()), where


@pytest.mark.parametrize(("case", "caller"), ROWS)
async def test_an_answer_that_got_lost_is_given_again(case, caller):
    scene = await Scene(case, caller).prepare()
    first, done = await scene.ask(), scene.done()
    assert await scene.ask() == first
    assert scene.done() == done


@pytest.mark.parametrize(("case", "caller"), ROWS)
async def test_the_same_key_on_three_replicas_at_once(case, caller, quick):
    baseline = await Scene(case, caller).prepare()
    expected = baseline.normalized(await baseline.ask())
    scene = await Scene(case, caller).prepare()
    await asyncio.gather(scene.ask(), scene.ask(), scene.ask())
    assert scene.normalized(await scene.ask()) == expected
    assert scene.done() == baseline.done()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("keyed", [False, True], ids=["without a key", "with a key"])
async def test_a_customer_who_pays_again_after_a_crash_pays_once(keyed, after):
    scene = await Scene(CASES["pay"], "customer").prepare()
    scene = scene if keyed else scene.forget_key()
    await scene.die(call=1, after=after)
    await scene.ask()
    assert scene.done()["charge.succeeded", MATEO] == 1
