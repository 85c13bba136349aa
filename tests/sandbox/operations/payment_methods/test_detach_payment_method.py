"""POST /v1/payment_methods/{id}/detach."""

import pytest

from tests.sandbox.driver import missing_payment_method

PUBLISHED = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
IMPOSSIBLE = {
    "type": "invalid_request_error",
    "message": "The payment method you provided is not attached to a customer so detachment is impossible.",
}


def detach(pm: str) -> str:
    return f"/v1/payment_methods/{pm}/detach"


async def test_detach_clears_the_customer(api, sandbox):
    before = await api.done("GET", f"/v1/payment_methods/{PUBLISHED}")
    after = await api.done("POST", detach(PUBLISHED))
    assert after == {**before, "customer": None}
    assert after["card"]["checks"]["cvc_check"] == "unchecked"
    assert await api.done("GET", f"/v1/payment_methods/{PUBLISHED}") == after
    assert [(e.operation, e.customer) for e in sandbox.ledger.entries()] == [
        ("payment_method.detached", "cus_NbZ8Ki3f322LNn")
    ]


async def test_wallet_no_longer_lists_it(api):
    await api.done("POST", detach(PUBLISHED))
    assert (await api.done("GET", "/v1/customers/cus_NbZ8Ki3f322LNn/payment_methods"))["data"] == []


async def test_detach_twice_is_an_error(api):
    await api.done("POST", detach(PUBLISHED))
    assert await api.refused(400, "POST", detach(PUBLISHED)) == IMPOSSIBLE


async def test_method_that_was_never_attached(api):
    assert await api.refused(400, "POST", detach("pm_1MqM05LkdIwHu7ixlDxxO6Mc")) == IMPOSSIBLE


async def test_token_names_a_new_unattached_method(api, sandbox):
    assert await api.refused(400, "POST", detach("pm_card_visa")) == IMPOSSIBLE
    assert sandbox.ledger.entries() == []


async def test_unknown_method(api):
    error = await api.refused(404, "POST", detach("pm_x"))
    assert (error["code"], error["param"]) == ("resource_missing", "payment_method")
    assert error["message"] == missing_payment_method("pm_x")


@pytest.mark.parametrize("name", ["customer", "payment_method"])
async def test_takes_no_parameter_but_expand(api, name):
    error = await api.refused(400, "POST", detach(PUBLISHED), {name: "x"})
    assert error["message"] == f"Received unknown parameter: {name}"
    assert (error["code"], error["param"]) == ("parameter_unknown", name)


async def test_detach_clears_the_account(api):
    body = await api.done("POST", detach("pm_1SC12iLkdIwHu7ixFLzqb5Cq"))
    assert (body["customer"], body["customer_account"]) == (None, None)


async def test_default_of_the_customer_is_cleared(api, sandbox):
    customer = await api.customer(payment_method="pm_card_visa", email="a@example.com")
    pm = (await api.done("GET", f"/v1/customers/{customer}/payment_methods"))["data"][0]["id"]
    settings = {"invoice_settings": {"default_payment_method": pm, "footer": "Thanks"}}
    await api.done("POST", f"/v1/customers/{customer}", settings)
    await api.done("POST", detach(pm))
    body = await api.done("GET", f"/v1/customers/{customer}")
    assert body["invoice_settings"]["default_payment_method"] is None
    assert body["invoice_settings"]["footer"] == "Thanks"
    assert sandbox.ledger.operations(customer)[-1] == "customer.updated"


async def test_default_that_is_another_method_stays(api):
    customer = await api.customer()
    default, other = await api.attached(customer), await api.attached(customer)
    await api.done("POST", f"/v1/customers/{customer}", {"invoice_settings": {"default_payment_method": default}})
    await api.done("POST", detach(other))
    body = await api.done("GET", f"/v1/customers/{customer}")
    assert body["invoice_settings"]["default_payment_method"] == default


async def test_method_of_a_deleted_customer_can_be_detached(api):
    customer = await api.customer()
    pm = await api.attached(customer)
    await api.done("DELETE", f"/v1/customers/{customer}")
    assert (await api.done("POST", detach(pm)))["customer"] is None
