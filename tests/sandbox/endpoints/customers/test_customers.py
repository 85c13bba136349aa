"""Customers: create, retrieve, update, delete and list."""

import re

import pytest

from tests.sandbox.driver import missing_payment_method

CUSTOMERS = "/v1/customers"
JENNY = "cus_NbZ8Ki3f322LNn"
GONE = "cus_TAnSIolbJniaK5"
FIELDS = (
    "address balance created currency default_source delinquent description discount email id invoice_prefix"
    " invoice_settings livemode metadata name next_invoice_sequence object phone preferred_locales shipping tax_exempt"
    " test_clock"
)


def one(customer: str) -> str:
    return f"{CUSTOMERS}/{customer}"


async def test_customer_without_parameters(api, sandbox):
    body = await api.done("POST", CUSTOMERS)
    assert set(body) == set(FIELDS.split())
    assert (body["address"], body["shipping"], body["metadata"]) == (None, None, {})
    assert sandbox.ledger.operations(body["id"]) == ["customer.created"]


async def test_customer_with_all_parameters(api):
    params = {
        "name": "Jenny Rosen",
        "email": "jenny@example.com",
        "phone": "+15550000000",
        "description": "First",
        "address": {"city": "Lyon"},
        "shipping": {"name": "Jenny", "address": {"line1": "1 rue X"}},
        "preferred_locales": ["fr", "en"],
        "tax_exempt": "exempt",
        "balance": -500,
        "invoice_prefix": "ROSEN",
        "business_name": "Rosen SARL",
        "metadata": {"plan": "family"},
        "invoice_settings": {"footer": "Thanks", "custom_fields": [{"name": "VAT", "value": "1"}]},
    }
    body = await api.done("POST", CUSTOMERS, params)
    assert body["address"]["city"] == "Lyon"
    assert body["address"]["line1"] is None
    assert body["shipping"]["address"]["line1"] == "1 rue X"
    assert body["shipping"]["phone"] is None
    assert body["preferred_locales"] == ["fr", "en"]
    assert body["invoice_settings"]["custom_fields"] == [{"name": "VAT", "value": "1"}]
    plain = ("name", "email", "phone", "description", "tax_exempt", "balance", "invoice_prefix", "business_name")
    assert {name: body[name] for name in plain} == {name: params[name] for name in plain}


async def test_update_merges_and_unsets(api):
    customer = await api.customer(name="Jenny", description="First", address={"city": "Lyon", "line1": "1 rue X"})
    body = await api.done("POST", one(customer), {"name": "", "address": {"line1": ""}, "phone": "+1"})
    assert (body["name"], body["description"], body["phone"]) == (None, "First", "+1")
    assert (body["address"]["city"], body["address"]["line1"]) == ("Lyon", None)
    body = await api.done("POST", one(customer), {"address": ""})
    assert body["address"] is None


async def test_update_that_changes_nothing_is_not_a_change(api, sandbox):
    await api.done("POST", one(JENNY), {"name": "Jenny Rosen"})
    assert sandbox.ledger.entries() == []


async def test_shipping_needs_a_name(api):
    error = await api.refused(400, "POST", CUSTOMERS, {"shipping": {"address": {"city": "Lyon"}}})
    assert (error["code"], error["param"]) == ("parameter_missing", "shipping[name]")


class TestPaymentMethodOnCreate:
    async def test_is_attached(self, api, sandbox):
        customer = await api.customer(payment_method="pm_card_visa")
        wallet = (await api.done("GET", f"{one(customer)}/payment_methods"))["data"]
        assert len(wallet) == 1
        assert [entry.operation for entry in sandbox.ledger.entries()] == [
            "customer.created",
            "payment_method.created",
            "payment_method.attached",
        ]

    async def test_may_be_the_default(self, api):
        params = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
        body = await api.done("POST", CUSTOMERS, params)
        wallet = (await api.done("GET", f"{one(body['id'])}/payment_methods"))["data"]
        assert [method["id"] for method in wallet] == [body["invoice_settings"]["default_payment_method"]]

    async def test_decline_leaves_no_customer(self, api, sandbox):
        before = len(sandbox.store.customers)
        error = await api.refused(402, "POST", CUSTOMERS, {"payment_method": "pm_card_visa_chargeDeclined"})
        assert error["decline_code"] == "generic_decline"
        assert len(sandbox.store.customers) == before
        assert sandbox.ledger.entries() == []

    async def test_method_of_another_customer(self, api, sandbox):
        before = len(sandbox.store.customers)
        await api.refused(400, "POST", CUSTOMERS, {"payment_method": "pm_1MqLiJLkdIwHu7ixUEgbFdYF"})
        assert len(sandbox.store.customers) == before

    async def test_unknown_method(self, api):
        error = await api.refused(400, "POST", CUSTOMERS, {"payment_method": "pm_x"})
        assert (error["code"], error["param"]) == ("resource_missing", "payment_method")


class TestDefaultPaymentMethod:
    def default(self, pm: str) -> dict[str, dict[str, str]]:
        return {"invoice_settings": {"default_payment_method": pm}}

    async def test_set_and_unset(self, api, sandbox):
        pm = await api.attached(JENNY)
        body = await api.done("POST", one(JENNY), self.default(pm))
        assert body["invoice_settings"]["default_payment_method"] == pm
        body = await api.done("POST", one(JENNY), self.default(""))
        assert body["invoice_settings"]["default_payment_method"] is None
        assert sandbox.ledger.operations(JENNY) == ["customer.updated", "customer.updated"]

    @pytest.mark.parametrize("pm", ["pm_1MqM05LkdIwHu7ixlDxxO6Mc", "pm_1SKR9pLkdIwHu7ixFQFSECCd", "pm_card_visa"])
    async def test_method_that_is_not_the_customers(self, api, sandbox, pm):
        error = await api.refused(400, "POST", one(JENNY), self.default(pm))
        assert error["param"] == "invoice_settings[default_payment_method]"
        assert "code" not in error
        words = r"The customer does not have a payment method with the ID pm_\w+. The payment method must be attached"
        assert re.match(words, error["message"])
        assert sandbox.ledger.entries() == []

    async def test_unknown_method(self, api):
        error = await api.refused(400, "POST", one(JENNY), self.default("pm_x"))
        assert (error["code"], error["message"]) == ("resource_missing", missing_payment_method("pm_x"))

    async def test_error_leaves_other_members_unchanged(self, api):
        await api.refused(400, "POST", one(JENNY), {"name": "Changed", **self.default("pm_x")})
        assert (await api.done("GET", one(JENNY)))["name"] == "Jenny Rosen"


class TestDeleted:
    async def test_delete_and_get_return_the_stub(self, api, sandbox):
        customer = await api.customer()
        stub = {"id": customer, "object": "customer", "deleted": True}
        assert await api.done("DELETE", one(customer)) == stub
        assert await api.done("GET", one(customer)) == stub
        assert sandbox.ledger.operations(customer) == ["customer.created", "customer.deleted"]

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    async def test_other_requests_are_not_found(self, api, method):
        error = await api.refused(404, method, one(GONE))
        assert (error["code"], error["param"]) == ("resource_missing", "id")

    async def test_methods_keep_the_deleted_id(self, api, sandbox):
        customer = await api.customer()
        pm = await api.attached(customer)
        await api.done("DELETE", one(customer))
        assert (await api.done("GET", f"/v1/payment_methods/{pm}"))["customer"] == customer
        assert sandbox.ledger.operations(pm) == ["payment_method.created", "payment_method.attached"]

    async def test_is_not_listed(self, api):
        listed = [customer["id"] for customer in (await api.done("GET", CUSTOMERS, {"limit": 100}))["data"]]
        assert JENNY in listed
        assert GONE not in listed


class TestList:
    async def test_newest_first(self, api):
        newest = await api.customer()
        assert (await api.done("GET", CUSTOMERS))["data"][0]["id"] == newest

    async def test_by_email(self, api):
        customer = await api.customer(email="only@example.com")
        body = await api.done("GET", CUSTOMERS, {"email": "only@example.com"})
        assert [found["id"] for found in body["data"]] == [customer]
        assert (await api.done("GET", CUSTOMERS, {"email": "ONLY@example.com"}))["data"] == []

    @pytest.mark.parametrize(
        ("created", "found"),
        [
            (1679945298, True),
            (1679945299, False),
            ({"gte": 1679945298, "lt": 1679945299}, True),
            ({"gt": 1679945298, "lte": 1679945299}, False),
        ],
    )
    async def test_by_time(self, api, created, found):
        body = await api.done("GET", CUSTOMERS, {"created": created})
        assert [customer["id"] for customer in body["data"]] == [JENNY] * found


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"source": "tok_visa"}, "source"),
        ({"test_clock": "clock_x"}, "test_clock"),
        ({"email": "nonsense"}, "email"),
        ({"name": "n" * 257}, "name"),
        ({"phone": "1" * 21}, "phone"),
        ({"balance": "much"}, "balance"),
        ({"balance": ""}, "balance"),
        ({"tax_exempt": "always"}, "tax_exempt"),
        ({"preferred_locales": "fr"}, "preferred_locales"),
        ({"address": "Lyon"}, "address"),
        ({"name": {"first": "Jenny"}}, "name"),
        ({"default_source": "card_x"}, "default_source"),
    ],
)
async def test_parameters_that_create_refuses(api, sandbox, params, param):
    assert (await api.refused(400, "POST", CUSTOMERS, params))["param"] == param
    assert sandbox.ledger.entries() == []


async def test_unknown_customer(api):
    for method in ("GET", "POST", "DELETE"):
        error = await api.refused(404, method, one("cus_x"))
        assert error == {
            "type": "invalid_request_error",
            "code": "resource_missing",
            "message": "No such customer: 'cus_x'",
            "param": "id",
        }
