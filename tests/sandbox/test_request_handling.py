"""Errors before an endpoint is reached, and the shape of every error."""

import pytest

PM = "/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc"
FORM = "application/x-www-form-urlencoded"


async def test_error_has_links_and_no_nulls(api):
    reply = await api.get("/v1/payment_methods/pm_x")
    error = reply.body["error"]
    assert set(error) == {"code", "doc_url", "message", "param", "request_log_url", "type"}
    assert error["doc_url"] == "https://stripe.com/docs/error-codes/resource-missing"
    assert reply.headers["request-id"] in error["request_log_url"]


async def test_error_without_a_code_has_no_documentation(api):
    reply = await api.post(f"{PM}/detach")
    assert set(reply.body["error"]) == {"message", "request_log_url", "type"}


class TestUrls:
    @pytest.mark.parametrize(
        "path", ["/v1/nonesuch", "/v1", "/v1/", "/", "/v2/payment_methods", "/v1/payment_methods/pm_1/steal"]
    )
    async def test_unknown(self, api, path):
        error = await api.refused(404, "GET", path)
        assert error["type"] == "invalid_request_error"
        assert error["message"].startswith(f"Unrecognized request URL (GET: {path}).")
        assert "code" not in error

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("PUT", PM),
            ("PATCH", PM),
            ("DELETE", PM),
            ("OPTIONS", PM),
            ("GET", f"{PM}/attach"),
            ("DELETE", "/v1/customers"),
        ],
    )
    async def test_other_method(self, api, method, path):
        error = await api.refused(404, method, path)
        assert error["message"].startswith(f"Unrecognized request URL ({method}: {path}).")

    async def test_missing_id(self, api):
        error = await api.refused(404, "POST", "/v1/payment_methods//attach", {"customer": "cus_NbZ8Ki3f322LNn"})
        assert "Unrecognized request URL" in error["message"]

    async def test_path_with_invalid_bytes(self, api):
        error = await api.refused(404, "GET", "/v1/payment_methods/%FF%00")
        assert error["code"] == "resource_missing"


class TestBodies:
    async def test_json_is_refused(self, api):
        reply = await api.post("/v1/customers", '{"name": "Jenny"}', content_type="application/json")
        assert reply.status == 400
        assert FORM in reply.error["message"]

    @pytest.mark.parametrize("content_type", [FORM, FORM.upper(), f"{FORM}; charset=utf-8"])
    async def test_form_in_any_spelling(self, api, content_type):
        reply = await api.post("/v1/customers", "name=Jenny", content_type=content_type)
        assert reply.body["name"] == "Jenny"

    async def test_query_string_of_a_post_counts_too(self, api):
        body = await api.done("POST", "/v1/customers?name=Query&phone=1", "name=Body")
        assert (body["name"], body["phone"]) == ("Body", "1")

    @pytest.mark.parametrize("params", [b"name=%FF", b"name=\xc3\x28", b"%80=1"])
    async def test_bytes_that_are_not_utf8(self, api, params):
        assert "UTF-8" in (await api.refused(400, "POST", "/v1/customers", params))["message"]

    async def test_query_string_that_is_not_utf8(self, api):
        assert "UTF-8" in (await api.refused(400, "GET", f"{PM}?expand[]=%FF"))["message"]

    async def test_huge_body(self, api, sandbox):
        error = await api.refused(413, "POST", "/v1/customers", b"name=" + b"x" * 300_000)
        assert "too large" in error["message"]
        assert sandbox.ledger.entries() == []

    async def test_too_many_parameters(self, api):
        await api.refused(400, "POST", "/v1/customers", "&".join(f"k{n}=v" for n in range(1001)))

    async def test_too_deep(self, api):
        await api.refused(400, "POST", "/v1/customers", "a" + "[b]" * 50_000 + "=c")

    async def test_array_with_a_huge_index(self, api):
        await api.refused(400, "POST", "/v1/customers", f"preferred_locales[{'9' * 5000}]=fr")

    async def test_body_of_a_get_is_ignored(self, http):
        response = await http.request("GET", "/v1/customers?limit=1", content=b"limit=50")
        assert len(response.json()["data"]) == 1


class TestVersions:
    async def test_newest_by_default(self, api):
        assert (await api.get(PM)).headers["stripe-version"] == "2026-10-28.endive"

    @pytest.mark.parametrize("version", ["2026-10-28.endive", "2024-06-20", "2025-12-15.clover"])
    async def test_echo(self, api, version):
        assert (await api.get(PM, stripe_version=version)).headers["stripe-version"] == version

    async def test_malformed_version(self, api):
        error = await api.refused(400, "GET", PM, stripe_version="newest")
        assert error["message"] == "Invalid Stripe API version: newest"


async def test_request_ids_differ(api):
    assert (await api.get(PM)).headers["request-id"] != (await api.get(PM)).headers["request-id"]


async def test_connected_accounts_are_refused(api):
    for header in ("stripe_account", "stripe_context"):
        error = await api.refused(403, "GET", PM, **{header: "acct_123"})
        assert error["code"] == "account_invalid"


async def test_collections_are_bounded(api, sandbox):
    sandbox.store.customers._limit = len(sandbox.store.customers)
    error = await api.refused(400, "POST", "/v1/customers")
    assert "at most" in error["message"]
    assert sandbox.ledger.entries() == []
