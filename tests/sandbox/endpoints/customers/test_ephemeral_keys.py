"""Ephemeral keys: their version, and their access to one customer."""

import pytest

KEYS = "/v1/ephemeral_keys"
VERSION = "2020-08-27"
JENNY = "cus_NbZ8Ki3f322LNn"
MATEO = "cus_TT6bMT4UamxeFj"
ACCOUNT = "acct_1SPk3RKqZ8mWc5Ld"


async def created(api, customer=JENNY):
    return await api.done("POST", KEYS, {"customer": customer}, stripe_version=VERSION)


async def headers_of(api, customer=JENNY):
    key = await created(api, customer)
    return {"authorization": f"Bearer {key['secret']}", "stripe_version": VERSION}


class TestCreate:
    async def test_body(self, api, clock, sandbox):
        body = await created(api)
        assert body["id"].startswith("ephkey_")
        assert body["secret"].startswith("ek_test_")
        assert body["associated_objects"] == [{"type": "customer", "id": JENNY}]
        assert (body["created"], body["expires"]) == (int(clock.now), int(clock.now) + 3600)
        assert body["secret"] not in str([entry.summary() for entry in sandbox.ledger.entries()])

    async def test_needs_the_header(self, api):
        error = await api.refused(400, "POST", KEYS, {"customer": JENNY})
        assert ("Stripe-Version" in error["message"], error.get("param")) == (True, None)

    async def test_two_versions(self, api):
        error = await api.refused(400, "POST", KEYS, {"customer": JENNY}, stripe_version="2019-05-16, 2019-12-03")
        assert error["message"] == "Invalid Stripe API version: 2019-05-16, 2019-12-03"

    async def test_two_headers(self, http):
        headers = [("stripe-version", "2019-05-16"), ("stripe-version", "2019-12-03")]
        response = await http.post(KEYS, data={"customer": JENNY}, headers=headers)
        assert response.json()["error"]["message"] == "Invalid Stripe API version: 2019-05-16, 2019-12-03"

    @pytest.mark.parametrize(
        ("params", "code", "param"),
        [
            ({"customer": JENNY, "stripe_version": VERSION}, "parameter_unknown", "stripe_version"),
            ({"customer": "cus_x"}, "resource_missing", "customer"),
            ({}, "parameter_missing", "customer"),
            ({"issuing_card": "ic_x"}, None, "issuing_card"),
        ],
    )
    async def test_refused(self, api, params, code, param):
        error = await api.refused(400, "POST", KEYS, params, stripe_version=VERSION)
        assert (error.get("code"), error.get("param")) == (code, param)


class TestDelete:
    async def test_ends_the_access(self, api):
        key = await created(api)
        body = await api.done("DELETE", f"{KEYS}/{key['id']}")
        assert (body["id"], "secret" in body) == (key["id"], False)
        bearer = f"Bearer {key['secret']}"
        await api.refused(401, "GET", f"/v1/customers/{JENNY}", authorization=bearer, stripe_version=VERSION)
        assert (await api.refused(404, "DELETE", f"{KEYS}/{key['id']}"))["param"] == "key"

    async def test_a_session_is_no_key(self, api, sandbox):
        components = {"customer_sheet": {"enabled": True}}
        await api.done("POST", "/v1/customer_sessions", {"customer": JENNY, "components": components})
        (session,) = sandbox.store.customer_keys.oldest_first()
        await api.refused(404, "DELETE", f"{KEYS}/{session.id}")


class TestAccess:
    async def test_customer(self, api):
        headers = await headers_of(api)
        assert (await api.done("GET", f"/v1/customers/{JENNY}", **headers))["id"] == JENNY
        shipping = {"name": "Jenny Rosen", "address": {"city": "Berlin"}}
        updated = await api.done("POST", f"/v1/customers/{JENNY}", {"shipping": shipping}, **headers)
        assert updated["shipping"]["address"]["city"] == "Berlin"

    async def test_payment_methods(self, api):
        headers, method = await headers_of(api), await api.unattached()
        attached = await api.done("POST", f"/v1/payment_methods/{method}/attach", {"customer": JENNY}, **headers)
        assert attached["customer"] == JENNY
        for path, params in (
            ("/v1/payment_methods", {"customer": JENNY}),
            (f"/v1/customers/{JENNY}/payment_methods", {}),
        ):
            page = await api.done("GET", path, params, **headers)
            assert method in [one["id"] for one in page["data"]]
        detached = await api.done("POST", f"/v1/payment_methods/{method}/detach", **headers)
        assert detached["customer"] is None

    @pytest.mark.parametrize(
        ("method", "path", "params"),
        [
            ("GET", f"/v1/customers/{MATEO}", {}),
            ("GET", "/v1/customers/cus_x", {}),
            ("POST", f"/v1/customers/{MATEO}", {"name": "Jenny"}),
            ("DELETE", f"/v1/customers/{JENNY}", {}),
            ("GET", "/v1/customers", {}),
            ("POST", "/v1/customers", {}),
            ("GET", f"/v1/customers/{MATEO}/payment_methods", {}),
            ("GET", "/v1/payment_methods", {"customer": MATEO}),
            ("GET", "/v1/payment_methods", {"customer_account": "acct_1SQ7ZkLkdIwHu7ix"}),
            ("GET", "/v1/payment_methods", {}),
            ("POST", "/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc/attach", {"customer": MATEO}),
            ("GET", "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF", {}),
            ("POST", "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF", {"metadata": {"a": "b"}}),
            ("POST", "/v1/setup_intents", {"customer": JENNY, "unknown": 1}),
            ("POST", KEYS, {"customer": JENNY}),
            ("POST", "/v1/customer_sessions", {"customer": JENNY, "components": {"buy_button": {"enabled": True}}}),
            ("GET", "/v1/events", {}),
        ],
    )
    async def test_nothing_else(self, api, sandbox, method, path, params):
        headers = await headers_of(api)
        sandbox.ledger.clear()
        error = await api.refused(403, method, path, params, **headers)
        assert "does not have the required permissions for this endpoint" in error["message"]
        assert sandbox.ledger.entries() == []

    @pytest.mark.parametrize("step", ["attach", "detach"])
    async def test_methods_of_others_do_not_exist(self, api, sandbox, step):
        headers = await headers_of(api)
        (other, *_) = sandbox.store.wallet(MATEO)
        params = {"customer": JENNY} if step == "attach" else {}
        for id in (other.id, "pm_x"):
            error = await api.refused(404, "POST", f"/v1/payment_methods/{id}/{step}", params, **headers)
            assert error["code"] == "resource_missing"
        assert other.customer == MATEO

    async def test_expired(self, api, sandbox):
        headers = await headers_of(api)
        sandbox.store.clock.advance(3600)
        error = await api.refused(401, "GET", f"/v1/customers/{JENNY}", **headers)
        assert error["code"] == "api_key_expired"

    async def test_needs_a_version(self, api):
        key = await created(api)
        bearer = f"Bearer {key['secret']}"
        error = await api.refused(400, "GET", f"/v1/customers/{JENNY}", authorization=bearer)
        assert "Stripe-Version" in error["message"]

    async def test_of_another_account(self, api):
        headers = await headers_of(api)
        await api.refused(401, "GET", f"/v1/customers/{JENNY}", stripe_account=ACCOUNT, **headers)

    async def test_replays_no_response_to_another_key(self, api):
        """An idempotency key that the server used is no way to its response."""
        params = {"shipping": {"name": "Jenny Rosen", "address": {"city": "Berlin"}}}
        await api.done("POST", f"/v1/customers/{JENNY}", params, idempotency_key="key")
        headers = await headers_of(api)
        await api.refused(400, "POST", f"/v1/customers/{JENNY}", params, idempotency_key="key", **headers)
