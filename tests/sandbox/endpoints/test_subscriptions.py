"""Subscriptions, and which payment method each one uses."""

import pytest

URL = "/v1/subscriptions"
AMARA = "cus_T4qv4Qn42jKZ9G"
ACTIVE, CANCELED, MATEOS = (
    "sub_1SVk7pLkdIwHu7ixb3RfYw9u",
    "sub_1SRh2cLkdIwHu7ixqX0vJtNe",
    "sub_1SWn4sLkdIwHu7ixK6eCzP1m",
)
NOOR = "cus_NvK2dY8uTqLw4R"
BY_SOURCE, BY_DEFAULT, BY_INVOICE = (
    "sub_1NZ4taLkdIwHu7ixVh6KpD3c",
    "sub_1NZ4tbLkdIwHu7ixMe1XuW8s",
    "sub_1NZ4tcLkdIwHu7ixTz5GyA9k",
)
PAYS = "pm_1SUEuFLkdIwHu7ixPFpSCBNf"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"customer": AMARA}, [ACTIVE]),
        ({"customer": AMARA, "status": "all"}, [ACTIVE, CANCELED]),
        ({"customer": AMARA, "status": "canceled"}, [CANCELED]),
        ({"customer": AMARA, "status": "ended"}, [CANCELED]),
        ({"customer": AMARA, "status": "active"}, [ACTIVE]),
        ({"customer": AMARA, "status": "trialing"}, []),
        ({"status": "all"}, [MATEOS, ACTIVE, CANCELED, BY_INVOICE, BY_DEFAULT, BY_SOURCE]),
        ({"customer": NOOR}, [BY_INVOICE, BY_DEFAULT, BY_SOURCE]),
        ({"customer": NOOR, "collection_method": "charge_automatically"}, [BY_DEFAULT, BY_SOURCE]),
        ({"price": "price_1SQ9cTLkdIwHu7ixLx8sGd2V"}, [ACTIVE]),
        ({"collection_method": "send_invoice"}, [BY_INVOICE]),
        ({"customer": "cus_NbZ8Ki3f322LNn"}, []),
        ({"limit": 1, "starting_after": MATEOS}, [ACTIVE]),
    ],
)
async def test_list(api, params, found):
    body = await api.done("GET", URL, params)
    assert [subscription["id"] for subscription in body["data"]] == found


@pytest.mark.parametrize(
    ("params", "param"), [({"customer": "cus_x"}, "customer"), ({"status": "over"}, "status"), ({"foo": "1"}, "foo")]
)
async def test_refused_parameters(api, params, param):
    assert (await api.refused(400, "GET", URL, params))["param"] == param


async def test_retrieve(api):
    body = await api.done("GET", f"{URL}/{ACTIVE}", {"expand": ["default_payment_method", "customer"]})
    assert (body["default_payment_method"]["id"], body["customer"]["id"]) == (PAYS, AMARA)
    assert (await api.refused(404, "GET", f"{URL}/sub_x"))["code"] == "resource_missing"


async def test_list_with_the_methods_that_pay(api):
    params = {"customer": AMARA, "expand": ["data.default_payment_method"]}
    body = await api.done("GET", URL, params)
    assert [subscription["default_payment_method"]["id"] for subscription in body["data"]] == [PAYS]


async def test_customer_with_its_subscriptions(api):
    params = {"expand": ["subscriptions.data.default_payment_method"]}
    body = await api.done("GET", f"/v1/customers/{AMARA}", params)
    assert [item["default_payment_method"]["id"] for item in body["subscriptions"]["data"]] == [PAYS]


async def test_detach_leaves_the_subscription_to_the_default(api, sandbox):
    await api.done("POST", f"/v1/payment_methods/{PAYS}/detach")
    body = await api.done("GET", f"{URL}/{ACTIVE}")
    assert (body["status"], body["default_payment_method"]) == ("active", None)
    assert sandbox.ledger.operations() == ["payment_method.detached", "customer.subscription.updated"]


async def test_deleting_the_customer_ends_the_subscription(api, sandbox):
    await api.done("DELETE", f"/v1/customers/{AMARA}")
    assert (await api.done("GET", f"{URL}/{ACTIVE}"))["status"] == "canceled"
    assert (await api.done("GET", f"{URL}/{MATEOS}"))["status"] == "active"
    assert sandbox.ledger.operations() == ["customer.deleted", "customer.subscription.deleted"]
