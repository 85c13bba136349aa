"""Connect: each connected account has its own objects, events, webhook endpoints and idempotency keys."""

import json

import pytest

from sandbox import Fault, create_sandbox
from tests.sandbox.driver import Api, http_client, missing_payment_method

CAFE, BIKES = "acct_1SPk3RKqZ8mWc5Ld", "acct_1SPm9XPw3sYf7RbT"
CAMILLE, DANIEL = "cus_TRw8mNc4LkPz2B", "cus_TRz5vKd9JhXs7Q"
CAMILLES, LOOSE = "pm_1SPm2aKqZ8mWc5LdVt4hRs7J", "pm_1SPm4cKqZ8mWc5LdNe9xBk3G"
CAMILLES_SUBSCRIPTION = "sub_1SPm6eKqZ8mWc5LdHy2qTw8M"
JENNY, JENNYS, PLATFORMS = "cus_NbZ8Ki3f322LNn", "pm_1MqLiJLkdIwHu7ixUEgbFdYF", "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
ACCOUNTS = "/_sandbox/connected_accounts"


class TestAccess:
    @pytest.mark.parametrize("header", ["stripe_account", "stripe_context"])
    async def test_an_account_has_its_own_objects(self, api, header):
        body = await api.done("GET", f"/v1/customers/{CAMILLE}", **{header: CAFE})
        assert (body["name"], body["invoice_settings"]["default_payment_method"]) == ("Camille Laurent", CAMILLES)
        assert [one["id"] for one in (await api.done("GET", "/v1/customers", **{header: CAFE}))["data"]] == [CAMILLE]

    @pytest.mark.parametrize("account", ["acct_x", CAMILLE, "x"])
    async def test_an_account_that_is_not_connected(self, api, account):
        assert await api.refused(403, "GET", "/v1/customers", stripe_account=account) == {
            "code": "account_invalid",
            "message": (
                f"The provided key 'sk_test_***' does not have access to account '{account}' (or that account does not"
                " exist). Application access may have been revoked."
            ),
            "type": "invalid_request_error",
        }

    async def test_a_refused_request_uses_no_idempotency_key(self, api):
        await api.refused(403, "POST", "/v1/customers", stripe_account="acct_x", idempotency_key="k1")
        await api.done("POST", "/v1/customers", idempotency_key="k1")

    @pytest.mark.parametrize(
        ("path", "account"),
        [
            (f"/v1/customers/{CAMILLE}", None),
            (f"/v1/customers/{CAMILLE}", BIKES),
            (f"/v1/customers/{JENNY}", CAFE),
            (f"/v1/payment_methods/{CAMILLES}", BIKES),
            (f"/v1/payment_methods/{JENNYS}", CAFE),
            (f"/v1/subscriptions/{CAMILLES_SUBSCRIPTION}", None),
            (f"/v1/subscriptions/{CAMILLES_SUBSCRIPTION}", BIKES),
        ],
    )
    async def test_others_do_not_see_them(self, api, path, account):
        headers = {"stripe_account": account} if account else {}
        error = await api.refused(404, "GET", path, **headers)
        assert (error["code"], "connected accounts" in error["message"]) == ("resource_missing", False)

    async def test_the_platform_gets_a_hint_where_a_payment_method_may_be(self, api):
        assert (await api.refused(404, "GET", f"/v1/payment_methods/{CAMILLES}"))["message"] == missing_payment_method(
            CAMILLES
        )
        error = await api.refused(400, "POST", "/v1/customers", {"payment_method": "pm_x"})
        assert error["message"] == missing_payment_method("pm_x")

    async def test_an_account_that_is_no_platform_is_not(self):
        async with http_client(create_sandbox(seed=False)) as http:
            error = await Api(http).refused(404, "GET", "/v1/payment_methods/pm_x")
        assert error["message"] == "No such PaymentMethod: 'pm_x'"

    async def test_an_intent_of_an_account_needs_it_for_the_payers_key_too(self, api):
        intent = await api.done("POST", "/v1/setup_intents", {"customer": CAMILLE}, stripe_account=CAFE)
        params = {"client_secret": intent["client_secret"], "payment_method": "pm_card_visa"}
        url, payer = f"/v1/setup_intents/{intent['id']}/confirm", {"authorization": "Bearer pk_test_123"}
        assert (await api.refused(404, "POST", url, params, **payer))["code"] == "resource_missing"
        assert (await api.done("POST", url, params, **payer, stripe_account=CAFE))["status"] == "succeeded"


class TestSeparateState:
    async def test_a_change_is_made_in_one_account(self, api, sandbox):
        for account in (CAFE, BIKES):
            await api.done("POST", "/v1/customers", {"name": "Mara"}, stripe_account=account)
        pm = await api.done("POST", f"/v1/payment_methods/{LOOSE}/attach", {"customer": CAMILLE}, stripe_account=CAFE)
        assert pm["customer"] == CAMILLE
        entries = sandbox.ledger.entries()
        assert [(entry.operation, entry.account) for entry in entries] == [
            ("customer.created", CAFE),
            ("customer.created", BIKES),
            ("payment_method.attached", CAFE),
        ]
        assert [entry.summary()["account"] for entry in entries] == [CAFE, BIKES, CAFE]

    async def test_a_customer_of_another_account_can_get_nothing(self, api, sandbox):
        url = f"/v1/payment_methods/{LOOSE}/attach"
        error = await api.refused(400, "POST", url, {"customer": JENNY}, stripe_account=CAFE)
        assert (error["code"], error["param"]) == ("resource_missing", "customer")
        assert sandbox.ledger.entries() == []

    async def test_a_debit_is_settled_in_its_account(self, api, http):
        mandate = {"mandate_data": {"customer_acceptance": {"type": "offline"}}, "return_url": "https://shop.example"}
        params = {"amount": 1099, "currency": "eur", "payment_method": "pm_sepaDebit_success_de", "confirm": True}
        intent = await api.done("POST", "/v1/payment_intents", {**params, **mandate}, stripe_account=CAFE)
        settle = {"payment_intent": intent["id"]}
        assert (await http.post("/_sandbox/payments", json=settle)).status_code == 400
        assert (await http.post("/_sandbox/payments", json={**settle, "account": CAFE})).json()["status"] == "succeeded"
        await api.refused(404, "GET", f"/v1/payment_intents/{intent['id']}")

    async def test_an_idempotency_key_belongs_to_an_account(self, api):
        replies = [
            await api.post("/v1/customers", {"name": "Mara"}, idempotency_key="k1", **headers)
            for headers in ({}, {"stripe_account": CAFE}, {"stripe_account": BIKES}, {"stripe_account": CAFE})
        ]
        ids = [reply.body["id"] for reply in replies]
        assert len(set(ids)) == 3
        assert ids[3] == ids[1]
        assert [reply.headers.get("idempotent-replayed") for reply in replies] == [None, None, None, "true"]

    async def test_a_key_of_another_account_may_have_other_parameters(self, api):
        await api.done("POST", "/v1/customers", {"name": "Mara"}, idempotency_key="k1")
        await api.done("POST", "/v1/customers", {"name": "Other"}, idempotency_key="k1", stripe_account=CAFE)

    async def test_a_lost_response_is_replayed_for_its_account(self, api, sandbox):
        sandbox.faults.add(Fault("error_after", path="/v1/customers"))
        headers = {"idempotency_key": "k1", "stripe_account": CAFE}
        assert (await api.post("/v1/customers", **headers)).status == 500
        await api.done("POST", "/v1/customers", **headers)
        assert sandbox.ledger.operations() == ["customer.created"]

    async def test_one_number_has_one_fingerprint_in_each_account(self, api):
        token = {"type": "card", "card": {"token": "tok_visa"}}
        found = [
            [(await api.done("POST", "/v1/payment_methods", token, **headers))["card"]["fingerprint"] for _ in range(2)]
            for headers in ({}, {"stripe_account": CAFE}, {"stripe_account": BIKES})
        ]
        assert all(first == second for first, second in found)
        assert len({first for first, _ in found}) == 3
        seeded = await api.done("GET", f"/v1/payment_methods/{CAMILLES}", stripe_account=CAFE)
        assert seeded["card"]["fingerprint"] == found[1][0]

    async def test_a_subscription_and_its_price(self, api):
        item = {"price": "price_1SPm1ZKqZ8mWc5LdCu6vFj4S"}
        params = {"customer": CAMILLE, "items": [item]}
        assert (await api.done("POST", "/v1/subscriptions", params, stripe_account=CAFE))["status"] == "active"
        error = await api.refused(400, "POST", "/v1/subscriptions", {"customer": JENNY, "items": [item]})
        assert error["param"] == "items[0][price]"

    async def test_the_clock_is_the_same(self, api, clock):
        clock.now += 1_000
        created = [(await api.done("POST", "/v1/customers", **h))["created"] for h in ({}, {"stripe_account": CAFE})]
        assert created == [clock.now] * 2


class TestEvents:
    async def test_they_name_the_account_and_are_listed_there(self, api):
        await api.done("POST", "/v1/customers", {"name": "Mara"}, stripe_account=CAFE)
        await api.done("POST", "/v1/customers", {"name": "Noa"})
        listed = (await api.done("GET", "/v1/events", stripe_account=CAFE))["data"]
        assert [(event["account"], event["data"]["object"]["name"]) for event in listed] == [(CAFE, "Mara")]
        own = (await api.done("GET", "/v1/events"))["data"]
        assert [("account" in event, event["data"]["object"]["name"]) for event in own] == [(False, "Noa")]
        await api.refused(404, "GET", f"/v1/events/{listed[0]['id']}")

    @pytest.mark.parametrize(("change", "made"), [({"exp_year": 2031}, True), ({"exp_year": 2029}, False)])
    async def test_the_card_updater_changes_a_card_of_an_account(self, api, http, change, made):
        body = {"payment_method": CAMILLES, **change}
        assert (await http.post("/_sandbox/card_updates", json=body)).status_code == 400
        assert (await http.post("/_sandbox/card_updates", json={**body, "account": CAFE})).status_code == 200
        events = (await api.done("GET", "/v1/events", stripe_account=CAFE))["data"]
        types = [event["type"] for event in events]
        assert types == (["payment_method.automatically_updated"] if made else [])

    async def test_three_d_secure(self, api, http):
        params = {
            "customer": CAMILLE,
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": "https://shop.example/done",
        }
        intent = await api.done("POST", "/v1/setup_intents", params, stripe_account=CAFE)
        await http.post(intent["next_action"]["redirect_to_url"]["url"], data={"outcome": "complete"})
        intent = await api.done("GET", f"/v1/setup_intents/{intent['id']}", stripe_account=CAFE)
        assert intent["status"] == "succeeded"


class TestWebhooks:
    @pytest.fixture
    def deliveries(self):
        return []

    @pytest.fixture
    def sandbox(self, clock, deliveries):
        async def deliver(request):
            deliveries.append((request.url, json.loads(request.body)))
            return 200

        return create_sandbox(clock=clock, deliver=deliver, forward_to="http://all.test", webhook_secret="whsec_1")

    async def endpoint(self, api, url, account=None, **params):
        headers = {"stripe_account": account} if account else {}
        await api.done("POST", "/v1/webhook_endpoints", {"url": url, "enabled_events": ["*"], **params}, **headers)

    async def test_who_gets_the_events_of_an_account(self, api, sandbox, deliveries):
        await self.endpoint(api, "http://platform.test")
        await self.endpoint(api, "http://connect.test", connect=True)
        await self.endpoint(api, "http://cafe.test", CAFE)
        await self.endpoint(api, "http://bikes.test", BIKES)
        async with sandbox.webhooks.running():
            await api.done("POST", "/v1/customers", {"name": "Mara"}, stripe_account=CAFE)
            await api.done("POST", "/v1/customers", {"name": "Noa"})
            await sandbox.webhooks.wait_until_settled()
        found = sorted((url, event["data"]["object"]["name"], event.get("account")) for url, event in deliveries)
        assert found == [
            ("http://all.test", "Mara", CAFE),
            ("http://all.test", "Noa", None),
            ("http://cafe.test", "Mara", CAFE),
            ("http://connect.test", "Mara", CAFE),
            ("http://platform.test", "Noa", None),
        ]
        listed = (await api.done("GET", "/v1/events", stripe_account=CAFE))["data"]
        assert [event["pending_webhooks"] for event in listed] == [0]

    async def test_a_connected_account_can_not_listen_to_accounts(self, api):
        params = {"url": "http://cafe.test", "enabled_events": ["*"], "connect": True}
        error = await api.refused(400, "POST", "/v1/webhook_endpoints", params, stripe_account=CAFE)
        assert error["param"] == "connect"

    async def test_a_second_event_is_the_accounts_too(self, api, http, sandbox, deliveries):
        await http.post("/_sandbox/delivery_faults", json={"kind": "second_event"})
        async with sandbox.webhooks.running():
            await api.done("POST", "/v1/customers", stripe_account=CAFE)
            await sandbox.webhooks.wait_until_settled()
        assert [event["account"] for _, event in deliveries] == [CAFE, CAFE]
        assert len((await api.done("GET", "/v1/events", stripe_account=CAFE))["data"]) == 2
        assert (await api.done("GET", "/v1/events"))["data"] == []


class TestCopies:
    """The platform shares its payment methods with its connected accounts."""

    URL = "/v1/payment_methods"

    async def test_an_attached_method(self, api):
        params = {"customer": JENNY, "payment_method": JENNYS}
        copy = await api.done("POST", self.URL, params, stripe_account=CAFE)
        original = await api.done("GET", f"{self.URL}/{JENNYS}")
        assert (copy["customer"], copy["card"]["last4"]) == (None, original["card"]["last4"])
        assert copy["id"] != JENNYS
        assert copy["card"]["fingerprint"] != original["card"]["fingerprint"]
        saved = await api.done("POST", f"{self.URL}/{copy['id']}/attach", {"customer": CAMILLE}, stripe_account=CAFE)
        assert saved["customer"] == CAMILLE
        assert (await api.done("GET", f"{self.URL}/{JENNYS}"))["customer"] == JENNY

    async def test_an_unattached_method(self, api):
        assert await api.done("POST", self.URL, {"payment_method": PLATFORMS}, stripe_account=CAFE)

    @pytest.mark.parametrize(
        ("params", "code", "param"),
        [
            ({"payment_method": "pm_x"}, "resource_missing", "payment_method"),
            ({"payment_method": CAMILLES}, "resource_missing", "payment_method"),
            ({"payment_method": JENNYS, "customer": CAMILLE}, "resource_missing", "customer"),
            ({"payment_method": JENNYS}, None, "payment_method"),
            ({"payment_method": PLATFORMS, "customer": JENNY}, None, "payment_method"),
            ({"payment_method": "pm_1SoySGLkdIwHu7ixLmHCVpLS"}, None, "payment_method"),
        ],
    )
    async def test_refused(self, api, sandbox, params, code, param):
        error = await api.refused(400, "POST", self.URL, params, stripe_account=CAFE)
        assert (error.get("code"), error["param"]) == (code, param)
        assert sandbox.ledger.entries() == []

    async def test_the_platform_has_no_platform(self, api):
        params = {"customer": JENNY, "payment_method": JENNYS}
        assert (await api.refused(400, "POST", self.URL, params))["param"] == "payment_method"


class TestControl:
    async def test_listed(self, http):
        assert (await http.get(ACCOUNTS)).json() == {"accounts": [CAFE, BIKES]}

    @pytest.mark.parametrize(("seed", "status"), [(True, 200), (False, 404)])
    async def test_added(self, api, http, seed, status):
        answer = await http.post(ACCOUNTS, json={"account": "acct_new", "seed": seed})
        assert (answer.status_code, answer.json()["customers"] > 0) == (201, seed)
        assert (await api.get(f"/v1/customers/{JENNY}", stripe_account="acct_new")).status == status

    async def test_equal_ids_are_separate_objects(self, api, http):
        await http.post(ACCOUNTS, json={"account": "acct_new", "seed": True})
        await api.done("POST", f"/v1/customers/{JENNY}", {"name": "Other"}, stripe_account="acct_new")
        await api.done("POST", f"/v1/payment_methods/{JENNYS}/detach", stripe_account="acct_new")
        assert (await api.done("GET", f"/v1/customers/{JENNY}"))["name"] == "Jenny Rosen"
        assert (await api.done("GET", f"/v1/payment_methods/{JENNYS}"))["customer"] == JENNY

    async def test_the_limit(self, http, sandbox):
        for number in range(98):
            sandbox.store.connect(f"acct_{number}")
        assert (await http.post(ACCOUNTS, json={"account": "acct_more"})).status_code == 400
        assert (await http.post(ACCOUNTS, json={"account": "acct_1"})).status_code == 201

    async def test_removed(self, api, http):
        answer = await http.request("DELETE", ACCOUNTS, json={"account": CAFE})
        assert answer.json() == {"accounts": [BIKES]}
        await api.refused(403, "GET", "/v1/customers", stripe_account=CAFE)

    async def test_reset_restores_them(self, api, http):
        await api.done("DELETE", f"/v1/customers/{CAMILLE}", stripe_account=CAFE)
        await http.request("DELETE", ACCOUNTS, json={"account": BIKES})
        await http.post(ACCOUNTS, json={"account": "acct_new"})
        await http.post("/_sandbox/reset")
        assert (await http.get(ACCOUNTS)).json() == {"accounts": [CAFE, BIKES]}
        assert (await api.done("GET", f"/v1/customers/{CAMILLE}", stripe_account=CAFE))["name"] == "Camille Laurent"
        await http.post("/_sandbox/reset", json={"seed": False})
        assert (await http.get(ACCOUNTS)).json() == {"accounts": []}

    async def test_a_signing_secret_of_an_account_is_rolled(self, api, http):
        params = {"url": "http://cafe.test", "enabled_events": ["*"]}
        id = (await api.done("POST", "/v1/webhook_endpoints", params, stripe_account=CAFE))["id"]
        assert (await http.post("/_sandbox/webhook_secrets", json={"webhook_endpoint": id})).status_code == 400
        body = {"webhook_endpoint": id, "account": CAFE}
        assert (await http.post("/_sandbox/webhook_secrets", json=body)).json()["secret"].startswith("whsec_")

    async def test_a_customer_of_an_account_gets_an_account(self, http):
        body = {"customer": CAMILLE, "account": CAFE}
        assert (await http.post("/_sandbox/customer_accounts", json=body)).json()["customer_account"]

    @pytest.mark.parametrize("body", [{}, {"account": "x"}, {"account": "acct_"}, {"account": "acct_1", "more": 1}])
    async def test_refused(self, http, body):
        assert (await http.post(ACCOUNTS, json=body)).status_code == 400

    async def test_a_mandate_of_an_account_is_revoked(self, api, http):
        debit = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
        params = {
            "customer": CAMILLE,
            "payment_method_data": debit,
            "confirm": True,
            "mandate_data": {"customer_acceptance": {"type": "offline"}},
            "return_url": "https://shop.example/done",
        }
        mandate = (await api.done("POST", "/v1/setup_intents", params, stripe_account=CAFE))["mandate"]
        change = {"mandate": mandate, "status": "inactive"}
        assert (await http.post("/_sandbox/mandates", json=change)).status_code == 400
        assert (await http.post("/_sandbox/mandates", json={**change, "account": CAFE})).json()["status"] == "inactive"
        events = (await api.done("GET", "/v1/events", {"type": "mandate.updated"}, stripe_account=CAFE))["data"]
        assert [event["account"] for event in events] == [CAFE]

    async def test_an_unknown_account(self, http):
        body = {"payment_method": CAMILLES, "exp_year": 2031, "account": "acct_x"}
        assert (await http.post("/_sandbox/card_updates", json=body)).status_code == 400
