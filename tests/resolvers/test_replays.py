"""A mutation sent again with the same idempotency key, but another selection: the same outcome, done once."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from app import schema
from tests.tokens import bearer
from tests.wallets import AMARA, AMARAS_DEFAULT, JENNY, JENNYS_CARD, UNATTACHED_CARD

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
    "cancelSetupIntent": INTENT_SELECTIONS,
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "attach": ("attachPaymentMethod", {"paymentMethodId": UNATTACHED_CARD}),
    "attach as default": ("attachPaymentMethod", {"paymentMethodId": UNATTACHED_CARD, "setAsDefault": True}),
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
    "cancel": ("cancelSetupIntent", {}),
}
NAME_THE_CUSTOMER = ("attachPaymentMethod", "setDefaultPaymentMethod", "createSetupIntent")
PAIRS = [
    pytest.param(name, first, second, id=f"{name}: {at}")
    for name, (mutation, _) in CASES.items()
    for at, (first, second) in enumerate(
        [
            *itertools.product(SELECTIONS[mutation][:1], SELECTIONS[mutation][1:]),
            *itertools.product(SELECTIONS[mutation][-1:], SELECTIONS[mutation][:-1]),
        ]
    )
]


def test_every_mutation_has_its_selections():
    assert set(SELECTIONS) == set(schema._schema.mutation_type.fields) == {mutation for mutation, _ in CASES.values()}


@pytest.fixture
def send(api):
    async def send(mutation, input, selected, as_customer):
        document = f"""mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
          {mutation}(input: $input) {{ {selected} errors {{ code message }} }} }}"""
        headers = bearer(api.service.settings, customer=AMARA) if as_customer else {}
        request = {"query": document, "variables": {"input": input}}
        answer = (await api.http.post("/graphql", json=request, headers=headers)).json()
        assert "errors" not in answer, answer
        return answer["data"][mutation]

    return send


@pytest.mark.parametrize("as_customer", [False, True], ids=["sandbox", "customer"])
@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
async def test_another_selection_has_the_same_outcome(send, sandbox, stripe, name, first, second, as_customer):
    mutation, input = CASES[name]
    input = {**input, "idempotencyKey": "k"}
    if mutation in NAME_THE_CUSTOMER and not as_customer:
        input["customerId"] = AMARA
    if mutation in ("confirmSetupIntent", "cancelSetupIntent"):
        owner = {} if as_customer else {"customerId": AMARA}
        created = await send("createSetupIntent", owner, "setupIntent { id }", as_customer)
        input["setupIntentId"] = created["setupIntent"]["id"]
    stripe.clear()
    assert (await send(mutation, input, first, as_customer))["errors"] == []
    done = sandbox.ledger.operations()
    sent = writes(stripe)
    stripe.clear()
    again = await send(mutation, input, second, as_customer)
    assert again["errors"] == []
    assert sandbox.ledger.operations() == done
    assert set(sent) <= set(writes(stripe))
    assert again == await send(mutation, input, second, as_customer)


def writes(stripe):
    return [
        (request.url.path, request.headers["idempotency-key"], request.content)
        for request in stripe.requests
        if request.method == "POST"
    ]


async def test_a_replay_still_tells_what_was_the_default_before(send):
    input = {"customerId": AMARA, "paymentMethodId": None, "idempotencyKey": "k"}
    await send("setDefaultPaymentMethod", input, "__typename", False)
    again = await send("setDefaultPaymentMethod", input, "previousDefault { id }", False)
    assert again["previousDefault"] == {"id": AMARAS_DEFAULT}


async def test_a_replay_still_tells_whose_the_detached_method_was(send):
    input = {"paymentMethodId": JENNYS_CARD, "idempotencyKey": "k"}
    await send("detachPaymentMethod", input, "__typename", False)
    assert (await send("detachPaymentMethod", input, "customer { id name }", False))["customer"]["id"] == JENNY
