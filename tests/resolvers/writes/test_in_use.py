import json
from typing import Any

import httpx
import pytest

from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import (
    AMARAS_DEFAULT,
    CARD_OF_DELETED,
    MATEOS_CARD,
    MATEOS_DEFAULT,
    NOOR,
    NOORS_DEFAULT_SOURCE,
    NOORS_OTHER_CARD,
    NOORS_SUBSCRIPTION_SOURCE,
    UNATTACHED_CARD,
)
from sandbox import Fault
from serving.settings.settings import Settings

DETACH = """
mutation Detach($id: ID!, $key: String) {
  detachPaymentMethod(input: {paymentMethodId: $id, unlessInUse: true, idempotencyKey: $key}) {
    detachedPaymentMethodId
    errors { __typename code path ... on PaymentMethodInUseError { isDefault activeSubscriptionCount } }
  }
}
"""
METHOD = "GET /v1/payment_methods/:pm"
SUBSCRIPTIONS = "GET /v1/subscriptions"
DETACH_CALL = "POST /v1/payment_methods/:pm/detach"

PAYS_A_SUBSCRIPTION = "pm_1SUEuFLkdIwHu7ixPFpSCBNf"


@pytest.fixture
def detach(api):
    async def detach(id, key=None, customer=None):
        headers = bearer(api.service.settings, customer=customer) if customer else {}
        request = {"query": DETACH, "variables": {"id": id, "key": key}}
        answer = (await api.http.post("/graphql", json=request, headers=headers)).json()
        assert "errors" not in answer, answer
        return answer["data"]["detachPaymentMethod"]

    return detach


async def test_what_nothing_depends_on_is_detached(detach, stripe):
    assert await detach(MATEOS_CARD) == {"detachedPaymentMethodId": MATEOS_CARD, "errors": []}
    assert stripe.calls == [METHOD, SUBSCRIPTIONS, DETACH_CALL]


@pytest.mark.parametrize(
    ("id", "is_default", "subscriptions"),
    [
        (AMARAS_DEFAULT, True, 0),
        (PAYS_A_SUBSCRIPTION, False, 1),
        (MATEOS_DEFAULT, True, 1),
    ],
    ids=["the default", "pays a subscription", "the default, which pays a subscription that names none"],
)
async def test_what_is_in_use_is_refused(detach, stripe, sandbox, id, is_default, subscriptions):
    payload = await detach(id)
    assert payload["detachedPaymentMethodId"] is None
    assert payload["errors"] == [
        {
            "__typename": "PaymentMethodInUseError",
            "code": "IN_USE",
            "path": ["input", "paymentMethodId"],
            "isDefault": is_default,
            "activeSubscriptionCount": subscriptions,
        }
    ]
    assert stripe.calls == [METHOD, SUBSCRIPTIONS]
    assert sandbox.ledger.operations() == []


@pytest.mark.parametrize(
    ("status", "needed"),
    [
        ("active", True),
        ("trialing", True),
        ("past_due", True),
        ("unpaid", True),
        ("incomplete", False),
        ("incomplete_expired", False),
        ("paused", False),
        ("moonstruck", False),
        (None, False),
    ],
)
@pytest.mark.parametrize("reference", ["pm_1", {"id": "pm_1", "object": "payment_method"}])
def test_a_subscription_needs_its_method_in_some_states(status, needed, reference):
    from resolvers.billing_subscriptions import pays

    assert pays({"status": status, "default_payment_method": reference}, "pm_1", is_default=False) is needed
    assert pays({"status": status, "default_payment_method": None}, "pm_1", is_default=True) is needed
    assert not pays({"status": status, "default_payment_method": "pm_2"}, "pm_1", is_default=True)
    assert not pays({"status": status, "default_payment_method": None}, "pm_1", is_default=False)


async def test_an_unattached_method(detach, stripe):
    (error,) = (await detach(UNATTACHED_CARD))["errors"]
    assert error["code"] == "NOT_ATTACHED"
    assert stripe.calls == [METHOD, DETACH_CALL]


async def test_unknown_method(detach, stripe):
    (error,) = (await detach("pm_none"))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "paymentMethodId"])
    assert stripe.calls == [METHOD]


async def test_the_same_key_is_done_once_and_answered_alike(detach, sandbox):
    first = await detach(MATEOS_CARD, "k")
    assert await detach(MATEOS_CARD, "k") == first
    assert sandbox.ledger.operations(MATEOS_CARD) == ["payment_method.detached"]


@pytest.mark.parametrize("path", ["/v1/subscriptions", f"/v1/payment_methods/{MATEOS_CARD}$"])
async def test_when_it_can_not_be_known_nothing_is_detached(api, sandbox, quick, path):
    sandbox.faults.add(Fault("unavailable", method="GET", path=path, times=None))
    answer = await api(DETACH, id=MATEOS_CARD)
    assert answer["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert "outcome" not in answer["errors"][0]["extensions"]
    assert sandbox.ledger.operations() == []


async def test_without_the_flag_there_is_no_extra_call(api, stripe):
    query = "mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) { errors { code } } }"
    assert await api.data(query, id=AMARAS_DEFAULT) == {"detachPaymentMethod": {"errors": []}}
    assert stripe.calls == [DETACH_CALL]


def in_use(*, is_default, count):
    return {
        "__typename": "PaymentMethodInUseError",
        "code": "IN_USE",
        "path": ["input", "paymentMethodId"],
        "isDefault": is_default,
        "activeSubscriptionCount": count,
    }


CALLERS = pytest.mark.parametrize("customer", [None, NOOR], ids=["the sandbox's caller", "the customer"])


@CALLERS
@pytest.mark.parametrize(
    ("card", "error"),
    [
        (NOORS_DEFAULT_SOURCE, in_use(is_default=True, count=1)),
        (NOORS_SUBSCRIPTION_SOURCE, in_use(is_default=False, count=1)),
        (NOORS_OTHER_CARD, None),
    ],
    ids=["the customer's default source", "a subscription's default source", "named by an invoiced subscription"],
)
async def test_legacy_cards_in_the_sandbox(detach, sandbox, customer, card, error):
    payload = await detach(card, customer=customer)
    assert payload["errors"] == ([error] if error else [])
    assert (sandbox.store.payment_methods.get(card) is None) is (error is None)


@CALLERS
async def test_a_default_source_behind_a_default_method_is_not_in_use(api, detach, sandbox, customer):
    sandbox.store.customers.get(NOOR).body["invoice_settings"]["default_payment_method"] = NOORS_OTHER_CARD
    (error,) = (await detach(NOORS_OTHER_CARD, customer=customer))["errors"]
    assert error == in_use(is_default=True, count=1)
    assert (await detach(NOORS_DEFAULT_SOURCE, customer=customer))["errors"] == []


async def test_the_card_of_a_deleted_customer_is_not_in_use(detach, stripe):
    assert await detach(CARD_OF_DELETED) == {"detachedPaymentMethodId": CARD_OF_DELETED, "errors": []}
    assert stripe.calls == [METHOD, DETACH_CALL]


class Table(httpx.AsyncBaseTransport):
    """An upstream that answers from a table by method and path; what it doesn't have is missing."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._table = table

    async def handle_async_request(self, request):
        found = self._table.get(f"{request.method} {request.url.path}")
        missing = (404, builders.error(code="resource_missing", param="id"))
        status, body = missing if found is None else found if isinstance(found, tuple) else (200, found)
        return httpx.Response(status, content=json.dumps(body), headers={"request-id": "req_1"})


ID = "pm_1"
FOUR_PLACES = ("subscription's method", "subscription's source", "customer's default", "customer's source")
NO_CUSTOMER = (400, builders.error(code="resource_missing", param="customer"))


def upstream(customer, subscriptions, *, expands=True):
    method = builders.payment_method(ID, customer=customer if expands else "cus_1")
    listed = subscriptions if isinstance(subscriptions, tuple) else {"data": subscriptions, "has_more": False}
    return Table(
        {
            f"GET /v1/payment_methods/{ID}": method,
            f"GET /v1/customers/cus_1/payment_methods/{ID}": method,
            "GET /v1/customers/cus_1": customer,
            "GET /v1/subscriptions": listed,
            f"POST /v1/payment_methods/{ID}/detach": {**method, "customer": None},
        }
    )


def subscription(**members):
    return {"id": "sub_1", "object": "subscription", "status": "active", **members}


async def outcome(transport, as_customer):
    stripe = Recorder(transport)
    async with Api(Settings(), stripe) as api:
        headers = bearer(api.service.settings, customer="cus_1") if as_customer else {}
        request = {"query": DETACH, "variables": {"id": ID}}
        answer = (await api.http.post("/graphql", json=request, headers=headers)).json()
    assert "errors" not in answer, answer
    return answer["data"]["detachPaymentMethod"]["errors"], stripe.calls


@pytest.mark.parametrize("as_customer", [False, True], ids=["service", "customer"])
@pytest.mark.parametrize("expands", [True, False], ids=["expanded", "not expanded"])
@pytest.mark.parametrize("place", range(4), ids=FOUR_PLACES)
@pytest.mark.parametrize("others", ["empty below", "others below", "others above"])
async def test_stripes_order(as_customer, expands, place, others):
    """The first of the four places that names a method says what pays."""
    named = [None] * 4
    named[place] = ID
    for other in range(4):
        if (others == "others below" and other > place) or (others == "others above" and other < place):
            named[other] = "pm_other"
    customer = builders.customer(invoice_settings={"default_payment_method": named[2]}, default_source=named[3])
    one = subscription(default_payment_method=named[0], default_source=named[1])
    errors, calls = await outcome(upstream(customer, [one], expands=expands), as_customer)
    is_default = (named[2] or named[3]) == ID
    pays = next(name for name in named if name) == ID
    assert errors == ([in_use(is_default=is_default, count=int(pays))] if is_default or pays else [])
    assert (DETACH_CALL in calls) is (errors == [])


@pytest.mark.parametrize("as_customer", [False, True], ids=["service", "customer"])
@pytest.mark.parametrize(
    ("members", "pays"),
    [
        ({"collection_method": "charge_automatically"}, True),
        ({"collection_method": "send_invoice"}, False),
        ({}, True),
        ({"collection_method": "charge_automatically", "status": "canceled"}, False),
    ],
)
@pytest.mark.parametrize("name", ["default_payment_method", "default_source"])
async def test_only_what_is_charged_automatically_is_paid_by_it(as_customer, members, pays, name):
    customer = builders.customer(default_source=None)
    errors, _ = await outcome(upstream(customer, [subscription(**{name: ID}, **members)]), as_customer)
    assert errors == ([in_use(is_default=False, count=1)] if pays else [])


@pytest.mark.parametrize("as_customer", [False, True], ids=["service", "customer"])
@pytest.mark.parametrize("expands", [True, False], ids=["expanded", "not expanded"])
@pytest.mark.parametrize("subscriptions", [NO_CUSTOMER, [], [subscription(default_payment_method=ID)]])
async def test_a_deleted_customer_uses_nothing(as_customer, expands, subscriptions):
    deleted = {"id": "cus_1", "object": "customer", "deleted": True}
    errors, calls = await outcome(upstream(deleted, subscriptions, expands=expands), as_customer)
    assert errors == []
    assert calls[-1] == DETACH_CALL


@pytest.mark.parametrize("as_customer", [False, True], ids=["service", "customer"])
async def test_a_customer_deleted_while_it_is_asked_uses_nothing(as_customer):
    customer = builders.customer(default_source=None)
    errors, _ = await outcome(upstream(customer, NO_CUSTOMER), as_customer)
    assert errors == []
