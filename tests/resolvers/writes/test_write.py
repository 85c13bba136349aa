"""A mutation sent again with the same idempotency key, but another selection: the same outcome, done once."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from app import schema
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, UNATTACHED_CARD
from sandbox import Fault
from tests.resolvers.mutations.saving import PAYMENT, Saving
from tests.support.bank_accounts import intent_to_verify

CUSTOMER = "{ id name defaultPaymentMethod { id displayLabel } }"
METHOD = f"{{ id card {{ last4 }} isDefault customer {CUSTOMER} }}"
INTENT = f"setupIntent {{ id status customer {CUSTOMER} paymentMethod {METHOD} }}"
INTENT_SELECTIONS = (
    "__typename",
    "setupIntent { id }",
    "setupIntent { id customer { id } }",
    "setupIntent { paymentMethod { id } }",
    INTENT,
)
PAYMENT_SELECTIONS = tuple(selected.replace("setupIntent", "paymentIntent") for selected in INTENT_SELECTIONS)
ATTACH_SELECTIONS = (
    "__typename",
    "paymentMethod { id }",
    "paymentMethod { id isDefault }",
    "customer { id }",
    f"customer {CUSTOMER}",
    f"paymentMethod {METHOD} paymentMethodEdge {{ node {METHOD} }} customer {CUSTOMER}",
)
SELECTIONS: dict[str, tuple[str, ...]] = {
    "attachPaymentMethod": ATTACH_SELECTIONS,
    "detachPaymentMethod": ("__typename", "detachedPaymentMethodId", "customer { id }", f"customer {CUSTOMER}"),
    "updatePaymentMethod": ("__typename", "paymentMethod { id customer { id } }", f"paymentMethod {METHOD}"),
    "setDefaultPaymentMethod": (
        "__typename",
        "customer { id }",
        f"customer {CUSTOMER}",
        "previousDefault { id }",
        f"customer {CUSTOMER} previousDefault {METHOD}",
    ),
    "createSetupIntent": INTENT_SELECTIONS,
    "confirmSetupIntent": INTENT_SELECTIONS,
    "completeSetupIntent": (*ATTACH_SELECTIONS, *INTENT_SELECTIONS[1:], f"{ATTACH_SELECTIONS[-1]} {INTENT}"),
    "cancelSetupIntent": INTENT_SELECTIONS,
    "verifyMicrodeposits": INTENT_SELECTIONS,
    "createCustomerSession": (
        "__typename",
        "customerSession { clientSecret }",
        "customerSession { customer { id } }",
        f"customerSession {{ clientSecret expiresAt customer {CUSTOMER} }}",
    ),
    "createEphemeralKey": ("__typename", "ephemeralKey { secret }", "ephemeralKey { id secret json }"),
    "createPaymentIntent": PAYMENT_SELECTIONS,
    "confirmPaymentIntent": PAYMENT_SELECTIONS,
    "completePaymentIntent": (
        *ATTACH_SELECTIONS,
        *PAYMENT_SELECTIONS[1:],
        f"{ATTACH_SELECTIONS[-1]} {PAYMENT_SELECTIONS[-1]}",
    ),
    "cancelPaymentIntent": PAYMENT_SELECTIONS,
}
PRICE = {"amount": 1099, "currency": "usd", "setupFutureUsage": "OFF_SESSION"}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "attach": ("attachPaymentMethod", {"paymentMethodId": UNATTACHED_CARD}),
    "attach as default": ("attachPaymentMethod", {"paymentMethodId": UNATTACHED_CARD, "setAsDefault": True}),
    "attach and allow redisplay": (
        "attachPaymentMethod",
        {"paymentMethodId": UNATTACHED_CARD, "allowRedisplay": "ALWAYS"},
    ),
    "attach once": ("attachPaymentMethod", {"paymentMethodId": UNATTACHED_CARD, "onDuplicate": "REUSE_EXISTING"}),
    "replace": ("attachPaymentMethod", {"paymentMethodId": UNATTACHED_CARD, "onDuplicate": "REPLACE_EXISTING"}),
    "detach": ("detachPaymentMethod", {"paymentMethodId": AMARAS_DEFAULT}),
    "update": ("updatePaymentMethod", {"paymentMethodId": AMARAS_DEFAULT, "billingDetails": {"name": "Amara"}}),
    "set the default": ("setDefaultPaymentMethod", {"paymentMethodId": "pm_1SUEuFLkdIwHu7ixPFpSCBNf"}),
    "clear the default": ("setDefaultPaymentMethod", {"paymentMethodId": None}),
    "create an intent": ("createSetupIntent", {}),
    "create and confirm": ("createSetupIntent", {"paymentMethodId": "pm_card_visa", "confirm": True}),
    "confirm": (
        "confirmSetupIntent",
        {"paymentMethodId": "pm_card_visa", "returnUrl": "https://shop.example/return"},
    ),
    "complete": ("completeSetupIntent", {"setAsDefault": True}),
    "cancel": ("cancelSetupIntent", {}),
    "create a payment": ("createPaymentIntent", PRICE),
    "create and pay": ("createPaymentIntent", {**PRICE, "paymentMethodId": "pm_card_visa", "confirm": True}),
    "pay": (
        "confirmPaymentIntent",
        {"paymentMethodId": "pm_card_visa", "returnUrl": "https://shop.example/return"},
    ),
    "complete a payment": ("completePaymentIntent", {"setAsDefault": True}),
    "cancel a payment": ("cancelPaymentIntent", {}),
    "verify": ("verifyMicrodeposits", {"descriptorCode": "SM11AA"}),
    "create a session": ("createCustomerSession", {"components": {"paymentElement": {}}}),
    "create a key": ("createEphemeralKey", {"stripeVersion": "2020-08-27"}),
}
NAME_THE_CUSTOMER = (
    "attachPaymentMethod",
    "setDefaultPaymentMethod",
    "createSetupIntent",
    "createCustomerSession",
    "createEphemeralKey",
    "createPaymentIntent",
)
PAIRS = [
    pytest.param(name, first, second, as_customer, id=f"{name}: {at}, {'customer' if as_customer else 'sandbox'}")
    for as_customer in (False, True)
    for name, (mutation, _) in CASES.items()
    for at, (first, second) in enumerate(
        [
            *itertools.product(SELECTIONS[mutation][:1], SELECTIONS[mutation][1:]),
            *itertools.product(SELECTIONS[mutation][-1:], SELECTIONS[mutation][:-1]),
        ]
    )
    if not (as_customer and mutation == "createPaymentIntent")
]


def test_every_mutation_has_its_selections():
    assert set(SELECTIONS) == set(schema._schema.mutation_type.fields) == {mutation for mutation, _ in CASES.values()}


@pytest.fixture
def send(api):
    async def send(mutation, input, selected, as_customer, unknown=None):
        document = f"""mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
          {mutation}(input: $input) {{ {selected} errors {{ code message }} }} }}"""
        headers = bearer(api.service.settings, customer=AMARA) if as_customer else {}
        request = {"query": document, "variables": {"input": input}}
        answer = (await api.http.post("/graphql", json=request, headers=headers)).json()
        assert [error["path"] for error in answer.get("errors", ())] == ([[mutation, unknown]] if unknown else []), (
            answer
        )
        return answer["data"][mutation]

    return send


@pytest.mark.parametrize(("name", "first", "second", "as_customer"), PAIRS)
async def test_another_selection_has_the_same_outcome(send, sandbox, stripe, name, first, second, as_customer):
    mutation, input = CASES[name]
    input = {**input, "idempotencyKey": "k"}
    if mutation in NAME_THE_CUSTOMER and not as_customer:
        input["customerId"] = AMARA
    if mutation in ("confirmSetupIntent", "cancelSetupIntent"):
        owner = {} if as_customer else {"customerId": AMARA}
        created = await send("createSetupIntent", owner, "setupIntent { id }", as_customer)
        input["setupIntentId"] = created["setupIntent"]["id"]
    if mutation in ("confirmPaymentIntent", "cancelPaymentIntent"):
        created = await send("createPaymentIntent", {**PRICE, "customerId": AMARA}, "paymentIntent { id }", False)
        input["paymentIntentId"] = created["paymentIntent"]["id"]
    if mutation == "completeSetupIntent":
        input["setupIntentId"], _ = await Saving(sandbox).intent(customer=AMARA)
    if mutation == "completePaymentIntent":
        input["paymentIntentId"], _ = await Saving(sandbox, PAYMENT).intent(customer=AMARA)
    if mutation == "verifyMicrodeposits":
        input["setupIntentId"] = await intent_to_verify(sandbox, AMARA)
    stripe.clear()
    assert (await send(mutation, input, first, as_customer))["errors"] == []
    done = sandbox.ledger.operations()
    sent = writes(stripe)
    stripe.clear()
    unknown = not_read_before(mutation, first, second, as_customer)
    again = await send(mutation, input, second, as_customer, unknown)
    assert again["errors"] == []
    assert sandbox.ledger.operations() == done
    sent_again = writes(stripe)
    assert list(sent)[-1] in sent_again
    assert all(sent_again.get(key, request) == request for key, request in sent.items())
    assert again == await send(mutation, input, second, as_customer, unknown)


def not_read_before(mutation, first, second, as_customer):
    """The field of the second request that tells what was there before the write, if only the first could read it."""
    field = {"setDefaultPaymentMethod": "previousDefault", "detachPaymentMethod": "customer"}.get(mutation)
    if field is None or (mutation == "detachPaymentMethod" and as_customer):
        return None
    return field if field in second and field not in first else None


def writes(stripe):
    """By idempotency key."""
    return {
        request.headers["idempotency-key"]: (request.url.path, request.content)
        for request in stripe.requests
        if request.method == "POST"
    }


class TestWhatWasThereBeforeTheWrite:
    """It is read only where it is selected, so a replay knows it only if the first request selected it."""

    DEFAULT = "setDefaultPaymentMethod", {"customerId": AMARA, "paymentMethodId": None, "idempotencyKey": "k"}
    DETACH = "detachPaymentMethod", {"paymentMethodId": AMARAS_DEFAULT, "idempotencyKey": "k"}

    @pytest.mark.parametrize(
        ("mutation", "selected"),
        [
            (DEFAULT, "customer { id email }"),
            (DETACH, "detachedPaymentMethodId paymentMethod { id isDefault }"),
        ],
        ids=["set the default", "detach"],
    )
    async def test_a_key_costs_no_call(self, send, stripe, mutation, selected):
        await send(*mutation, selected, False)
        assert len(stripe.calls) == 1

    @pytest.mark.parametrize(
        ("mutation", "selected", "field", "before"),
        [
            (DEFAULT, "previousDefault { id }", "previousDefault", AMARAS_DEFAULT),
            (DETACH, "customer { id }", "customer", AMARA),
        ],
        ids=["set the default", "detach"],
    )
    async def test_a_replay_tells_it_again(self, send, mutation, selected, field, before):
        for selection in (selected, "__typename", selected, selected):
            payload = await send(*mutation, selection, False)
            assert payload.get(field) == ({"id": before} if selection == selected else None)

    @pytest.mark.parametrize(
        ("mutation", "selected", "field"),
        [(DEFAULT, "previousDefault { id }", "previousDefault"), (DETACH, "customer { id }", "customer")],
        ids=["set the default", "detach"],
    )
    async def test_a_replay_that_selects_it_first_gets_an_error_for_the_field(
        self, send, api, mutation, selected, field
    ):
        name, input = mutation
        await send(*mutation, "__typename", False)
        for _ in range(3):
            assert (await send(*mutation, selected, False, field)) == {field: None, "errors": []}
        document = (
            f"""mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {selected} }} }}"""
        )
        (error,) = (await api(document, input=input))["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert error["message"].startswith(f"{field} is not known: the first request with this idempotencyKey did not")

    async def test_a_change_whose_response_was_lost_is_its_own(self, send, sandbox, quick):
        name, input = self.DEFAULT
        sandbox.faults.add(Fault("delay", path=f"{AMARA}$", delay=0.001))
        sandbox.faults.add(Fault("drop_after", path=f"{AMARA}$"))
        payload = await send(name, input, "previousDefault { id }", False)
        assert payload["previousDefault"] == {"id": AMARAS_DEFAULT}
