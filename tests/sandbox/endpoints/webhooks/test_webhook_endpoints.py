"""Stripe's API of webhook endpoints."""

import pytest

ENDPOINTS = "/v1/webhook_endpoints"
PARAMS = {"url": "https://shop.example/webhooks", "enabled_events": ["payment_method.attached", "customer.updated"]}


async def test_the_secret_is_shown_once(api, clock):
    created = await api.done("POST", ENDPOINTS, PARAMS)
    secret = created.pop("secret")
    assert secret.startswith("whsec_")
    assert created == {
        "id": created["id"],
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": int(clock.now),
        "description": None,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        **PARAMS,
    }
    assert created["id"].startswith("we_1")
    assert await api.done("GET", f"{ENDPOINTS}/{created['id']}") == created
    assert (await api.done("GET", ENDPOINTS))["data"] == [created]
    assert await api.done("POST", f"{ENDPOINTS}/{created['id']}") == created


async def test_each_endpoint_has_its_own_secret(api):
    assert len({(await api.done("POST", ENDPOINTS, PARAMS))["secret"] for _ in range(3)}) == 3


async def test_all_members(api):
    params = {**PARAMS, "api_version": "2024-06-20", "description": "Shop", "metadata": {"a": "1"}}
    created = await api.done("POST", ENDPOINTS, {**params, "enabled_events": ["*"], "connect": False})
    assert {name: created[name] for name in params} == {**params, "enabled_events": ["*"]}


async def test_update(api):
    created = await api.done("POST", ENDPOINTS, {**PARAMS, "description": "Shop", "metadata": {"a": "1"}})
    url = f"{ENDPOINTS}/{created['id']}"
    changes = {"url": "http://127.0.0.1:8000/webhooks", "enabled_events": ["*"], "disabled": True}
    updated = await api.done("POST", url, {**changes, "description": "", "metadata": {"a": "", "b": "2"}})
    assert (updated["url"], updated["enabled_events"], updated["status"]) == (changes["url"], ["*"], "disabled")
    assert (updated["description"], updated["metadata"]) == (None, {"b": "2"})
    assert (await api.done("POST", url, {"disabled": False}))["status"] == "enabled"


async def test_delete(api):
    id = (await api.done("POST", ENDPOINTS, PARAMS))["id"]
    stub = {"id": id, "object": "webhook_endpoint", "deleted": True}
    assert await api.done("DELETE", f"{ENDPOINTS}/{id}") == stub
    for method in ("GET", "POST", "DELETE"):
        error = await api.refused(404, method, f"{ENDPOINTS}/{id}")
        assert (error["code"], error["param"]) == ("resource_missing", "webhook_endpoint")


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"url": PARAMS["url"]}, "enabled_events"),
        ({"enabled_events": ["*"]}, "url"),
        ({**PARAMS, "enabled_events": ["customer.renamed"]}, "enabled_events[0]"),
        ({**PARAMS, "url": "shop.example/webhooks"}, "url"),
        ({**PARAMS, "url": "ftp://shop.example"}, "url"),
        ({**PARAMS, "url": "https://"}, "url"),
        ({**PARAMS, "url": "https://shop.example/a b"}, "url"),
        ({**PARAMS, "url": "https://me:pw@shop.example/"}, "url"),
        ({**PARAMS, "api_version": "new"}, "api_version"),
        ({**PARAMS, "secret": "whsec_1"}, "secret"),
    ],
)
async def test_refused(api, params, param):
    assert (await api.refused(400, "POST", ENDPOINTS, params))["param"] == param
    assert (await api.done("GET", ENDPOINTS))["data"] == []


async def test_sixteen_endpoints(api):
    for _ in range(16):
        await api.done("POST", ENDPOINTS, PARAMS)
    error = await api.refused(400, "POST", ENDPOINTS, PARAMS)
    assert error["message"] == "You have reached the maximum of 16 test webhook endpoints."


async def test_reset_deletes_endpoints(api, http):
    await api.done("POST", ENDPOINTS, PARAMS)
    await http.post("/_sandbox/reset")
    assert (await api.done("GET", ENDPOINTS))["data"] == []
