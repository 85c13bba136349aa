"""POST /v1/payment_methods/{id}/attach."""

import pytest

from sandbox.parameters.payment_methods.payment_method_types import NOT_SAVABLE, SAVED_AS_SEPA_DEBIT
from tests.sandbox.driver import missing_payment_method

NOT_SAVABLE_DETAILS = {"fpx": {"bank": "maybank2u"}, "sofort": {"country": "DE"}}
SEEDED = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
JENNY = "cus_NbZ8Ki3f322LNn"
ELSEWHERE = "The payment method you provided has already been attached to a customer."
SPENT = (
    "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer,"
    " and may not be used again."
)


def attach(pm: str) -> str:
    return f"/v1/payment_methods/{pm}/attach"


async def test_attach_sets_the_customer(api, sandbox):
    before = await api.done("GET", f"/v1/payment_methods/{SEEDED}")
    after = await api.done("POST", attach(SEEDED), {"customer": JENNY})
    assert before["card"]["checks"]["cvc_check"] == "unchecked"
    before["card"]["checks"]["cvc_check"] = "pass"
    assert after == {**before, "customer": JENNY}
    assert sandbox.ledger.operations(SEEDED) == ["payment_method.attached"]


async def test_attach_again_to_the_same_customer_changes_nothing(api, sandbox):
    first = await api.done("POST", attach(SEEDED), {"customer": JENNY})
    assert await api.done("POST", attach(SEEDED), {"customer": JENNY}) == first
    assert sandbox.ledger.operations(SEEDED) == ["payment_method.attached"]


async def test_attach_to_another_customer_is_refused(api):
    await api.done("POST", attach(SEEDED), {"customer": JENNY})
    other = await api.customer()
    error = await api.refused(400, "POST", attach(SEEDED), {"customer": other})
    assert error == {"type": "invalid_request_error", "message": ELSEWHERE}
    assert (await api.done("GET", f"/v1/payment_methods/{SEEDED}"))["customer"] == JENNY


async def test_detached_method_cannot_be_attached_again(api):
    customer = await api.customer()
    pm = await api.attached(customer)
    await api.done("POST", f"/v1/payment_methods/{pm}/detach")
    for anyone in (customer, JENNY):
        error = await api.refused(400, "POST", attach(pm), {"customer": anyone})
        assert error == {"type": "invalid_request_error", "message": SPENT}


async def test_method_used_without_a_customer_is_refused(api, sandbox):
    pm = await api.unattached()
    sandbox.store.payment_methods.get(pm).unusable = True
    assert (await api.refused(400, "POST", attach(pm), {"customer": JENNY}))["message"] == SPENT


@pytest.mark.parametrize("pm", ["pm_x", "pm_card_nonesuch", "cus_NbZ8Ki3f322LNn"])
async def test_unknown_method(api, pm):
    error = await api.refused(404, "POST", attach(pm), {"customer": JENNY})
    assert error == {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "message": missing_payment_method(pm),
        "param": "payment_method",
    }


@pytest.mark.parametrize("customer", ["cus_x", "pm_1MqM05LkdIwHu7ixlDxxO6Mc"])
async def test_unknown_customer(api, sandbox, customer):
    error = await api.refused(400, "POST", attach(SEEDED), {"customer": customer})
    assert error == {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "message": f"No such customer: '{customer}'",
        "param": "customer",
    }
    assert sandbox.ledger.entries() == []


async def test_deleted_customer(api, sandbox):
    customer = await api.customer()
    await api.done("DELETE", f"/v1/customers/{customer}")
    written = len(sandbox.ledger.entries())
    error = await api.refused(400, "POST", attach(SEEDED), {"customer": customer})
    assert (error["code"], error["param"]) == ("resource_missing", "customer")
    assert len(sandbox.ledger.entries()) == written


async def test_customer_is_required(api):
    assert await api.refused(400, "POST", attach(SEEDED)) == {
        "type": "invalid_request_error",
        "code": "parameter_missing",
        "message": "Must provide customer or customer_account.",
    }


async def test_customer_and_account_together(api):
    params = {"customer": JENNY, "customer_account": "acct_1SQ7ZkLkdIwHu7ix"}
    assert await api.refused(400, "POST", attach(SEEDED), params) == {
        "type": "invalid_request_error",
        "message": "You may only specify one of these parameters: customer, customer_account.",
        "param": "customer",
    }


async def test_account_represents_its_customer(api):
    pm = await api.unattached()
    body = await api.done("POST", attach(pm), {"customer_account": "acct_1SQ7ZkLkdIwHu7ix"})
    assert (body["customer"], body["customer_account"]) == ("cus_TCFLqRqKHBr1NO", "acct_1SQ7ZkLkdIwHu7ix")


async def test_unknown_account(api):
    error = await api.refused(400, "POST", attach(SEEDED), {"customer_account": "acct_x"})
    assert (error["code"], error["param"]) == ("resource_missing", "customer_account")


async def test_unknown_parameter(api):
    error = await api.refused(400, "POST", attach(SEEDED), {"customer": JENNY, "foo": "1"})
    assert error == {
        "type": "invalid_request_error",
        "code": "parameter_unknown",
        "message": "Received unknown parameter: foo",
        "param": "foo",
    }


async def test_unknown_parameters_are_listed(api):
    error = await api.refused(400, "POST", attach(SEEDED), {"foo": "1", "bar": {"baz": "2"}})
    assert error["message"] == "Received unknown parameters: foo, bar"


async def test_empty_customer(api):
    error = await api.refused(400, "POST", attach(SEEDED), {"customer": ""})
    assert (error["code"], error["param"]) == ("parameter_invalid_empty", "customer")
    assert "empty string" in error["message"]


async def test_method_is_looked_up_first(api):
    assert (await api.refused(404, "POST", attach("pm_x"), {}))["param"] == "payment_method"
    assert (await api.refused(404, "POST", attach("pm_x"), {"customer": "cus_x"}))["param"] == "payment_method"


async def test_customer_is_looked_up_before_the_state_of_the_method(api):
    pm = await api.attached(JENNY)
    assert (await api.refused(400, "POST", attach(pm), {"customer": "cus_x"}))["code"] == "resource_missing"


async def test_issuer_is_checked_last(api):
    declined = "pm_card_visa_chargeDeclined"
    assert (await api.refused(400, "POST", attach(declined), {"customer": "cus_x"}))["code"] == "resource_missing"
    await api.refused(402, "POST", attach(declined), {"customer": JENNY})


async def test_card_that_fails_only_later_is_attached(api):
    body = await api.done("POST", attach("pm_card_chargeCustomerFail"), {"customer": JENNY})
    assert body["customer"] == JENNY


async def test_attach_does_not_change_the_default(api):
    customer = await api.customer()
    await api.attached(customer)
    body = await api.done("GET", f"/v1/customers/{customer}")
    assert body["invoice_settings"]["default_payment_method"] is None
    assert body["default_source"] is None


async def test_each_use_of_a_token_creates_a_method(api):
    customer = await api.customer()
    first, second = await api.attached(customer), await api.attached(customer)
    assert first != second
    assert {first, second}.isdisjoint({"pm_card_visa"})
    wallet = await api.done("GET", f"/v1/customers/{customer}/payment_methods")
    assert [method["id"] for method in wallet["data"]] == [second, first]
    assert len({method["card"]["fingerprint"] for method in wallet["data"]}) == 1


async def test_customer_can_have_500_methods(api, sandbox):
    customer = await api.customer()
    for _ in range(500):
        await api.attached(customer)
    error = await api.refused(400, "POST", attach("pm_card_visa"), {"customer": customer})
    assert error["code"] == "customer_max_payment_methods"
    assert sandbox.store.wallet_size(customer) == 500


@pytest.mark.parametrize("type", sorted(NOT_SAVABLE - {"card_present", "interac_present"}))
async def test_type_that_can_not_be_saved(api, sandbox, type):
    params = {"type": type, **({type: NOT_SAVABLE_DETAILS[type]} if type in NOT_SAVABLE_DETAILS else {})}
    pm = (await api.done("POST", "/v1/payment_methods", params))["id"]
    refusal = {
        "type": "invalid_request_error",
        "message": f"PaymentMethods of type '{type}' cannot be saved to customers.",
    }
    assert await api.refused(400, "POST", attach(pm), {"customer": JENNY}) == refusal
    assert await api.refused(400, "POST", "/v1/customers", {"payment_method": pm}) == refusal
    if type not in SAVED_AS_SEPA_DEBIT:
        intent = {"customer": JENNY, "payment_method": pm, "allowed_payment_method_types": [type]}
        assert await api.refused(400, "POST", "/v1/setup_intents", intent) == refusal
    assert sandbox.ledger.operations() == ["payment_method.created"]


async def test_bank_account_that_is_not_verified(api):
    account = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
    params = {"type": "us_bank_account", "us_bank_account": account}
    pm = (await api.done("POST", "/v1/payment_methods", params))["id"]
    for url, body in ((attach(pm), {"customer": JENNY}), ("/v1/customers", {"payment_method": pm})):
        assert (await api.refused(400, "POST", url, body))["code"] == "bank_account_unverified"
    mandate = {"customer_acceptance": {"type": "offline"}}
    back = {"return_url": "https://shop.example"}
    intent = {"customer": JENNY, "payment_method": pm, "confirm": True, "mandate_data": mandate, **back}
    waiting = await api.done("POST", "/v1/setup_intents", intent)
    verify = f"/v1/setup_intents/{waiting['id']}/verify_microdeposits"
    assert (await api.done("POST", verify, {"amounts": [32, 45]}))["status"] == "succeeded"
    assert (await api.done("GET", f"/v1/payment_methods/{pm}"))["customer"] == JENNY


@pytest.mark.parametrize("type", ["klarna", "paypal", "cashapp", "link", "alipay", "blik", "sepa_debit"])
async def test_type_that_can_be_saved(api, type):
    details = {"sepa_debit": {"iban": "DE89370400440532013000"}} if type == "sepa_debit" else {}
    pm = (await api.done("POST", "/v1/payment_methods", {"type": type, **details}))["id"]
    assert (await api.done("POST", attach(pm), {"customer": JENNY}))["customer"] == JENNY
