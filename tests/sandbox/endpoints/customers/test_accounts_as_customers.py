"""Accounts v2: an Account stands for a customer, in parameters and in paths."""

import pytest

HOLZWERK, ACCOUNT = "cus_TCFLqRqKHBr1NO", "acct_1SQ7ZkLkdIwHu7ix"
BOTH = (HOLZWERK, ACCOUNT)
NAMES = ("customer", "customer_account")
JENNY = "cus_NbZ8Ki3f322LNn"
PATH = f"/v1/customers/{ACCOUNT}"
CARD = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
ITEM = {"price": "price_1SQ9cTLkdIwHu7ixLx8sGd2V"}

# Every endpoint with the parameter, and what else the call needs.
ACCEPTING = [
    ("POST", f"/v1/payment_methods/{CARD}/attach", {}),
    ("GET", "/v1/payment_methods", {}),
    ("POST", "/v1/setup_intents", {}),
    ("POST", "/v1/setup_intents/{intent}", {}),
    ("GET", "/v1/setup_intents", {}),
    ("POST", "/v1/subscriptions", {"items": [ITEM], "trial_period_days": 7}),
    ("GET", "/v1/subscriptions", {}),
]


def owner(body):
    return body["customer"], body["customer_account"]


@pytest.fixture
async def intent(api):
    return (await api.done("POST", "/v1/setup_intents"))["id"]


@pytest.fixture(params=ACCEPTING, ids=lambda row: f"{row[0]} {row[1].removeprefix('/v1/')}")
def call(request, intent):
    method, path, params = request.param
    return method, path.format(intent=intent), params


async def test_an_account_is_accepted_and_both_ids_are_returned(api, call):
    method, path, params = call
    body = await api.done(method, path, {**params, "customer_account": ACCOUNT})
    bodies = body["data"] if body["object"] == "list" else [body]
    assert [owner(one) for one in bodies] == [BOTH] * len(bodies)


async def test_the_same_as_with_the_customer(api, call):
    method, path, params = call
    await api.done("POST", "/v1/setup_intents", {"customer": HOLZWERK})
    await api.done("POST", "/v1/subscriptions", {"customer": HOLZWERK, "items": [ITEM], "trial_period_days": 7})
    if method == "GET":
        found = [await api.done(method, path, {name: id}) for name, id in zip(NAMES, BOTH, strict=True)]
        assert found[0] == found[1]
        assert len(found[0]["data"]) == 1
    else:
        assert owner(await api.done(method, path, {**params, "customer": HOLZWERK})) == BOTH


async def test_both_parameters(api, sandbox, call):
    method, path, params = call
    before = sandbox.ledger.operations()
    assert await api.refused(400, method, path, {**params, "customer": HOLZWERK, "customer_account": ACCOUNT}) == {
        "message": "You may only specify one of these parameters: customer, customer_account.",
        "param": "customer",
        "type": "invalid_request_error",
    }
    assert sandbox.ledger.operations() == before


@pytest.mark.parametrize("account", ["acct_x", HOLZWERK])
async def test_an_unknown_account(api, sandbox, call, account):
    method, path, params = call
    before = sandbox.ledger.operations()
    error = await api.refused(400, method, path, {**params, "customer_account": account})
    assert (error["code"], error["param"]) == ("resource_missing", "customer_account")
    assert error["message"] == f"No such account: '{account}'"
    assert sandbox.ledger.operations() == before


async def test_an_account_is_no_customer(api):
    error = await api.refused(400, "GET", "/v1/payment_methods", {"customer": ACCOUNT})
    assert (error["code"], error["param"]) == ("resource_missing", "customer")


async def test_an_intent_of_an_account_saves_to_it(api):
    params = {"customer_account": ACCOUNT, "payment_method": "pm_card_visa", "confirm": True}
    intent = await api.done("POST", "/v1/setup_intents", {**params, "return_url": "https://shop.example/done"})
    method = await api.done("GET", f"/v1/payment_methods/{intent['payment_method']}")
    assert owner(intent) == owner(method) == BOTH
    events = (await api.done("GET", "/v1/events", {"type": "payment_method.attached"}))["data"]
    assert owner(events[0]["data"]["object"]) == BOTH


class TestInPaths:
    async def test_retrieve(self, api):
        body = await api.done("GET", PATH)
        assert (body["id"], body["customer_account"]) == BOTH
        assert body == await api.done("GET", f"/v1/customers/{HOLZWERK}")

    async def test_the_default_payment_method(self, api):
        pm = (await api.done("POST", f"/v1/payment_methods/{CARD}/attach", {"customer_account": ACCOUNT}))["id"]
        settings = {"invoice_settings": {"default_payment_method": pm}}
        body = await api.done("POST", PATH, {**settings, "expand": ["invoice_settings.default_payment_method"]})
        assert body["invoice_settings"]["default_payment_method"]["customer_account"] == ACCOUNT
        event = (await api.done("GET", "/v1/events"))["data"][0]
        assert (event["type"], event["data"]["object"]["id"]) == ("customer.updated", HOLZWERK)
        await api.done("POST", f"/v1/payment_methods/{pm}/detach")
        assert (await api.done("GET", PATH))["invoice_settings"]["default_payment_method"] is None

    async def test_the_wallet(self, api):
        wallet = await api.done("GET", f"{PATH}/payment_methods")
        assert wallet["url"] == f"{PATH}/payment_methods"
        assert wallet["data"] == (await api.done("GET", f"/v1/customers/{HOLZWERK}/payment_methods"))["data"]
        id = wallet["data"][0]["id"]
        assert owner(await api.done("GET", f"{PATH}/payment_methods/{id}")) == BOTH

    async def test_after_deletion_it_is_unknown(self, api):
        assert (await api.done("DELETE", PATH))["id"] == HOLZWERK
        assert (await api.refused(404, "GET", PATH))["param"] == "id"
        await api.refused(400, "GET", "/v1/payment_methods", {"customer_account": ACCOUNT})

    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    async def test_unknown(self, api, method):
        error = await api.refused(404, method, "/v1/customers/acct_x")
        assert (error["code"], error["message"]) == ("resource_missing", "No such customer: 'acct_x'")


class TestControl:
    async def test_a_customer_gets_an_account(self, api, http):
        await api.done("POST", "/v1/subscriptions", {"customer": JENNY, "items": [ITEM], "trial_period_days": 7})
        await api.done("POST", "/v1/setup_intents", {"customer": JENNY})
        answers = [await http.post("/_sandbox/customer_accounts", json={"customer": JENNY}) for _ in range(2)]
        account = answers[0].json()["customer_account"]
        assert answers[0].json() == answers[1].json() == await api.done("GET", f"/v1/customers/{account}")
        for path in ("payment_methods", "subscriptions", "setup_intents"):
            found = (await api.done("GET", f"/v1/{path}", {"customer_account": account}))["data"]
            assert [owner(one) for one in found] == [(JENNY, account)]

    @pytest.mark.parametrize("body", [{}, {"customer": "cus_x"}, {"customer": 1}, {"customer": JENNY, "more": 1}])
    async def test_refused(self, http, body):
        assert (await http.post("/_sandbox/customer_accounts", json=body)).status_code == 400
