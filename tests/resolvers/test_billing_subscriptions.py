"""Subscriptions of Stripe Billing: by id, and those that a payment method pays."""

import pytest

from quality.harness.wallets import (
    AMARA,
    CARD_OF_DELETED,
    MATEO,
    MATEOS_DEFAULT,
    NOORS_DEFAULT_SOURCE,
    NOORS_OTHER_CARD,
    NOORS_SUBSCRIPTION_SOURCE,
    UNATTACHED_CARD,
)
from resolvers.billing_subscriptions import is_charged_to
from sandbox import Fault

NAMED = "pm_1SUEuFLkdIwHu7ixPFpSCBNf"
AMARAS_SUBSCRIPTION = "sub_1SVk7pLkdIwHu7ixb3RfYw9u"
CANCELED = "sub_1SRh2cLkdIwHu7ixqX0vJtNe"
MATEOS_SUBSCRIPTION = "sub_1SWn4sLkdIwHu7ixK6eCzP1m"
PAID_BY_SOURCE, INHERITING, SENT = (
    "sub_1NZ4taLkdIwHu7ixVh6KpD3c",
    "sub_1NZ4tbLkdIwHu7ixMe1XuW8s",
    "sub_1NZ4tcLkdIwHu7ixTz5GyA9k",
)
PAGE = "GET /v1/customers/:cus/payment_methods"
LIST = "GET /v1/subscriptions"
METHOD = "GET /v1/payment_methods/:pm"


async def test_one_by_id(api, stripe):
    data = await api.data(
        f"""{{ node(id: "{AMARAS_SUBSCRIPTION}") {{ id ... on BillingSubscription {{
          status created currentPeriodEnd cancelAtPeriodEnd description
          paymentMethod {{ id displayLabel isDefault customer {{ email }} }} }} }} }}"""
    )
    assert data["node"] == {
        "id": AMARAS_SUBSCRIPTION,
        "status": "ACTIVE",
        "created": "2025-03-01T08:00:00Z",
        "currentPeriodEnd": "2026-12-01T08:00:00Z",
        "cancelAtPeriodEnd": False,
        "description": "Coffee, monthly",
        "paymentMethod": {
            "id": NAMED,
            "displayLabel": "Mastercard •••• 4444",
            "isDefault": False,
            "customer": {"email": "amara.okafor@example.com"},
        },
    }
    assert stripe.calls == ["GET /v1/subscriptions/:sub"]


@pytest.mark.parametrize("id", ["sub_none", "sub_1/../x"])
async def test_a_missing_one_is_null(api, id):
    assert await api.data("query($id: ID!) { node(id: $id) { id } }", id=id) == {"node": None}


async def test_without_items_the_end_of_the_period_is_null(api, sandbox):
    sandbox.store.subscriptions.get(AMARAS_SUBSCRIPTION).body["items"]["data"] = []
    query = f'{{ node(id: "{AMARAS_SUBSCRIPTION}") {{ ... on BillingSubscription {{ currentPeriodEnd }} }} }}'
    assert await api.data(query) == {"node": {"currentPeriodEnd": None}}


async def test_of_several_items_the_period_that_ends_first_counts(api, sandbox):
    items = sandbox.store.subscriptions.get(AMARAS_SUBSCRIPTION).body["items"]["data"]
    items.append({**items[0], "current_period_end": 1_700_000_000})
    query = f'{{ node(id: "{AMARAS_SUBSCRIPTION}") {{ ... on BillingSubscription {{ currentPeriodEnd }} }} }}'
    assert await api.data(query) == {"node": {"currentPeriodEnd": "2023-11-14T22:13:20Z"}}


@pytest.mark.parametrize(
    ("id", "paid"),
    [
        (NAMED, [AMARAS_SUBSCRIPTION]),
        (MATEOS_DEFAULT, [MATEOS_SUBSCRIPTION]),
        (NOORS_SUBSCRIPTION_SOURCE, [PAID_BY_SOURCE]),
        (NOORS_DEFAULT_SOURCE, [INHERITING]),
        (NOORS_OTHER_CARD, []),
    ],
    ids=[
        "it names the method",
        "it inherits the default",
        "it names a source",
        "it inherits a source",
        "no charge",
    ],
)
async def test_those_that_a_method_pays(api, stripe, id, paid):
    query = "query($id: ID!) { paymentMethod(id: $id) { subscriptions { id paymentMethod { id } } } }"
    data = await api.data(query, id=id)
    expected = [{"id": subscription, "paymentMethod": {"id": id}} for subscription in paid]
    assert data["paymentMethod"]["subscriptions"] == expected
    assert stripe.calls[:2] == [METHOD.replace(":pm", ":card") if id.startswith("card_") else METHOD, LIST]


@pytest.mark.parametrize("id", [UNATTACHED_CARD, CARD_OF_DELETED])
async def test_a_method_without_a_customer_pays_none(api, id):
    query = "query($id: ID!) { paymentMethod(id: $id) { subscriptions { id } } }"
    assert await api.data(query, id=id) == {"paymentMethod": {"subscriptions": []}}


async def test_one_whose_invoices_are_sent_has_no_paying_method(api):
    query = f'{{ node(id: "{SENT}") {{ ... on BillingSubscription {{ paymentMethod {{ id }} }} }} }}'
    assert await api.data(query) == {"node": {"paymentMethod": None}}


async def test_a_page_takes_one_list(api, stripe):
    data = await api.data(
        f"""{{ customer(id: "{AMARA}") {{ id paymentMethods(first: 100) {{
          nodes {{ id subscriptions {{ id paymentMethod {{ id isDefault subscriptions {{ id }} }} }} }} }} }} }}"""
    )
    nodes = data["customer"]["paymentMethods"]["nodes"]
    paid = {"id": AMARAS_SUBSCRIPTION}
    assert {node["id"]: node["subscriptions"] for node in nodes if node["subscriptions"]} == {
        NAMED: [{**paid, "paymentMethod": {"id": NAMED, "isDefault": False, "subscriptions": [paid]}}]
    }
    assert len(nodes) > 10
    assert sorted(stripe.calls) == [PAGE, LIST]


async def test_a_default_after_a_change_pays_what_names_no_other(api):
    mine = "pm_1SdJLRLkdIwHu7ixLYEvvnHN"
    data = await api.data(
        f"""mutation {{ setDefaultPaymentMethod(input: {{customerId: "{MATEO}", paymentMethodId: "{mine}"}}) {{
          customer {{ defaultPaymentMethod {{ id subscriptions {{ id }} }} }} }} }}"""
    )
    default = data["setDefaultPaymentMethod"]["customer"]["defaultPaymentMethod"]
    assert default == {"id": mine, "subscriptions": [{"id": MATEOS_SUBSCRIPTION}]}


async def test_a_key_without_permission_is_an_error_of_the_field(api, sandbox):
    sandbox.faults.add(Fault("permission", path="/v1/subscriptions", times=None))
    answer = await api(f'{{ paymentMethod(id: "{NAMED}") {{ id subscriptions {{ id }} }} }}')
    assert answer["data"] == {"paymentMethod": None}
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["paymentMethod", "subscriptions"], "INTERNAL")


@pytest.mark.parametrize("odd", [None, "sub_1", [], 1, {}])
def test_what_is_no_subscription_is_paid_by_nothing(odd):
    assert not is_charged_to(odd, "pm_1", is_default=False)
