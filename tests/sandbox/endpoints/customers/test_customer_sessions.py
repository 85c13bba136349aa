"""Customer sessions: their body, and what the secret allows."""

import pytest

SESSIONS = "/v1/customer_sessions"
JENNY = "cus_NbZ8Ki3f322LNn"
AMARA = "cus_T4qv4Qn42jKZ9G"
ALL = ["always", "limited", "unspecified"]


def element(**features):
    return {"payment_element": {"enabled": True, "features": features}}


def sheet(**features):
    return {"customer_sheet": {"enabled": True, "features": features}}


async def secret(api, components, customer=JENNY):
    body = await api.done("POST", SESSIONS, {"customer": customer, "components": components})
    return f"Bearer {body['client_secret']}"


async def listed(api, authorization, customer=JENNY):
    page = await api.done("GET", f"/v1/customers/{customer}/payment_methods", authorization=authorization)
    return [method["id"] for method in page["data"]]


class TestCreate:
    async def test_has_all_components(self, api, clock, sandbox):
        body = await api.done("POST", SESSIONS, {"customer": JENNY, "components": element()})
        assert body["components"] == {
            "active_entitlements": {"enabled": False},
            "buy_button": {"enabled": False},
            "customer_portal": {"enabled": False},
            "customer_sheet": {"enabled": False, "features": None},
            "mobile_payment_element": {"enabled": False, "features": None},
            "payment_element": {
                "enabled": True,
                "features": {
                    "payment_method_allow_redisplay_filters": ["always"],
                    "payment_method_redisplay": "disabled",
                    "payment_method_redisplay_limit": 3,
                    "payment_method_remove": "disabled",
                    "payment_method_save": "disabled",
                    "payment_method_save_usage": None,
                },
            },
            "pricing_table": {"enabled": False},
        }
        assert body["client_secret"].startswith("cuss_secret_")
        assert (body["customer"], body["customer_account"]) == (JENNY, None)
        assert body["expires_at"] - body["created"] == 30 * 60
        assert sandbox.ledger.operations() == ["customer_session.created"]
        assert body["client_secret"] not in str([entry.summary() for entry in sandbox.ledger.entries()])

    async def test_mobile_components(self, api):
        components = {**sheet(payment_method_remove="enabled"), "mobile_payment_element": {"enabled": True}}
        body = await api.done("POST", SESSIONS, {"customer": JENNY, "components": components})
        assert body["components"]["customer_sheet"]["features"] == {
            "payment_method_allow_redisplay_filters": ["always"],
            "payment_method_remove": "enabled",
        }
        assert body["components"]["mobile_payment_element"]["features"]["payment_method_redisplay"] == "disabled"

    async def test_of_an_account(self, api):
        given = {"customer_account": "acct_1SQ7ZkLkdIwHu7ix", "components": sheet(), "expand": ["customer"]}
        body = await api.done("POST", SESSIONS, given)
        assert (body["customer"]["id"], body["customer_account"]) == ("cus_TCFLqRqKHBr1NO", "acct_1SQ7ZkLkdIwHu7ix")

    @pytest.mark.parametrize(
        ("params", "code", "param"),
        [
            ({"customer": JENNY}, "parameter_missing", "components"),
            ({"components": sheet()}, "parameter_missing", None),
            ({"customer": "cus_x", "components": sheet()}, "resource_missing", "customer"),
            ({"customer": JENNY, "components": {"customer_sheet": {"enabled": False}}}, None, "components"),
            (
                {
                    "customer": JENNY,
                    "components": {"customer_sheet": {"features": {"payment_method_remove": "enabled"}}},
                },
                "parameter_missing",
                "components[customer_sheet][enabled]",
            ),
            (
                {"customer": JENNY, "components": sheet(payment_method_save="enabled")},
                "parameter_unknown",
                "components[customer_sheet][features][payment_method_save]",
            ),
            (
                {"customer": JENNY, "components": element(payment_method_set_as_default="enabled")},
                "parameter_unknown",
                "components[payment_element][features][payment_method_set_as_default]",
            ),
            (
                {"customer": JENNY, "components": element(payment_method_redisplay_limit=11)},
                "parameter_invalid_integer",
                "components[payment_element][features][payment_method_redisplay_limit]",
            ),
            (
                {"customer": JENNY, "components": element(payment_method_remove="yes")},
                None,
                "components[payment_element][features][payment_method_remove]",
            ),
        ],
    )
    async def test_refused(self, api, params, code, param):
        error = await api.refused(400, "POST", SESSIONS, params)
        assert (error.get("code"), error.get("param")) == (code, param)

    async def test_a_repeated_request_gets_the_same_secret(self, api):
        given = {"customer": JENNY, "components": sheet()}
        first, second = [await api.done("POST", SESSIONS, given, idempotency_key="key") for _ in range(2)]
        assert first == second

    async def test_the_newest_secrets_are_kept(self, api, sandbox, monkeypatch):
        monkeypatch.setattr(sandbox.store.customer_keys, "_limit", 1)
        first, second = [await secret(api, sheet()) for _ in range(2)]
        await api.refused(401, "GET", "/v1/payment_methods", {"customer": JENNY}, authorization=first)
        await api.done("GET", "/v1/payment_methods", {"customer": JENNY}, authorization=second)


class TestSecret:
    async def test_lists_what_the_filters_show(self, api):
        methods = [await api.attached(JENNY) for _ in ALL]
        for id, value in zip(methods, ALL, strict=True):
            await api.done("POST", f"/v1/payment_methods/{id}", {"allow_redisplay": value})
        assert await listed(api, await secret(api, sheet())) == [methods[0]]
        limited = sheet(payment_method_allow_redisplay_filters=["limited"])
        assert await listed(api, await secret(api, limited)) == [methods[1]]
        everything = await secret(api, sheet(payment_method_allow_redisplay_filters=ALL))
        assert set(methods) < set(await listed(api, everything))
        page = await api.done("GET", "/v1/payment_methods", {"customer": JENNY}, authorization=everything)
        assert len(page["data"]) == 4

    async def test_an_element_without_redisplay_lists_nothing(self, api):
        authorization = await secret(api, element())
        await api.refused(403, "GET", f"/v1/customers/{JENNY}/payment_methods", authorization=authorization)

    @pytest.mark.parametrize("remove", ["enabled", "disabled"])
    async def test_removes_only_with_the_feature(self, api, sandbox, remove):
        method = await api.attached(JENNY)
        authorization = await secret(
            api, sheet(payment_method_remove=remove, payment_method_allow_redisplay_filters=ALL)
        )
        reply = await api.post(f"/v1/payment_methods/{method}/detach", authorization=authorization)
        assert reply.status == (200 if remove == "enabled" else 403)
        assert (sandbox.store.payment_methods[method].customer is None) is (remove == "enabled")

    async def test_removes_no_method_that_is_not_shown(self, api):
        method = await api.attached(JENNY)
        authorization = await secret(api, sheet(payment_method_remove="enabled"))
        await api.refused(404, "POST", f"/v1/payment_methods/{method}/detach", authorization=authorization)

    @pytest.mark.parametrize("save", ["enabled", "disabled"])
    async def test_an_element_saves_only_with_the_feature(self, api, save):
        method = await api.unattached()
        authorization = await secret(api, element(payment_method_save=save))
        path = f"/v1/payment_methods/{method}/attach"
        reply = await api.post(path, {"customer": JENNY}, authorization=authorization)
        assert reply.status == (200 if save == "enabled" else 403)

    async def test_a_sheet_saves(self, api):
        path = f"/v1/payment_methods/{await api.unattached()}/attach"
        await api.done("POST", path, {"customer": JENNY}, authorization=await secret(api, sheet()))

    async def test_a_pricing_table_allows_nothing(self, api):
        authorization = await secret(api, {"pricing_table": {"enabled": True}})
        await api.refused(403, "GET", f"/v1/customers/{JENNY}/payment_methods", authorization=authorization)

    async def test_has_no_other_access(self, api):
        authorization = await secret(api, sheet())
        for path in (f"/v1/customers/{AMARA}/payment_methods", f"/v1/customers/{JENNY}", "/v1/events"):
            await api.refused(403, "GET", path, authorization=authorization)

    async def test_expires(self, api, sandbox):
        authorization = await secret(api, sheet())
        sandbox.store.clock.advance(30 * 60)
        error = await api.refused(401, "GET", f"/v1/customers/{JENNY}/payment_methods", authorization=authorization)
        assert error["code"] == "customer_session_expired"

    async def test_unknown(self, api):
        await api.refused(401, "GET", f"/v1/customers/{JENNY}", authorization="Bearer cuss_secret_unknown")
