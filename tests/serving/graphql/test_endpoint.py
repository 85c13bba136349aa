import json

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.processes import running
from quality.harness.wallets import JENNY, UNATTACHED_CARD
from serving.graphql.content_negotiation import JSON, RESPONSE_JSON
from serving.settings.settings import Settings
from tests.support.graphql_http import VIEWER, shape

ATTACH = f"""mutation {{ attachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}"}}) {{
  paymentMethod {{ id }} errors {{ code }} }} }}"""


class TestResponses:
    @pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
    async def test_a_query(self, api, accept):
        response = await api.http.post("/graphql", json=VIEWER, headers={"Accept": accept})
        assert shape(response) == (200, accept, {"data": {"viewer": {"kind": "ANONYMOUS"}}})
        assert response.headers["vary"] == "Accept"
        assert response.headers["content-type"].endswith("; charset=utf-8")

    @pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (RESPONSE_JSON, 400)])
    @pytest.mark.parametrize(
        "query",
        [
            "{",
            "{ nothing }",
            "# only a comment",
            "query A { viewer { kind } } query B { viewer { kind } }",
            "fragment F on Query { viewer { kind } }",
            "query($id: ID!) { paymentMethod(id: $id) { id } }",
            "{ " + "a { " * 400,
            "{ viewer { kind } }" + " #" * 3 + "\n{ viewer { kind } }",
            "subscription { viewer { kind } }",
        ],
    )
    async def test_an_invalid_document_has_no_data(self, api, query, accept, status):
        response = await api.http.post("/graphql", json={"query": query}, headers={"Accept": accept})
        found, media_type, body = shape(response)
        assert (found, media_type) == (status, accept)
        assert "data" not in body
        assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_USER_INPUT"}

    async def test_an_operation_is_chosen_by_name(self, api):
        query = "query A { viewer { kind } } query B { viewer { subject } }"
        response = await api.http.post("/graphql", json={"query": query, "operationName": "B"})
        assert shape(response)[2] == {"data": {"viewer": {"subject": None}}}

    async def test_an_unknown_name_is_refused(self, api):
        response = await api.http.post("/graphql", json={**VIEWER, "operationName": "C"})
        assert "data" not in shape(response)[2]

    async def test_a_partial_response_is_200(self, api):
        query = "{ customer { id } viewer { kind } }"
        response = await api.http.post("/graphql", json={"query": query}, headers={"Accept": RESPONSE_JSON})
        status, _, body = shape(response)
        assert status == 200
        assert body["data"] == {"customer": None, "viewer": {"kind": "ANONYMOUS"}}

    async def test_too_many_tokens_are_refused(self, stripe):
        async with Api(Settings(max_document_tokens=100), stripe) as api:
            query = "{ viewer { " + "kind " * 200 + "} }"
            response = await api.http.post("/graphql", json={"query": query})
        assert "token" in shape(response)[2]["errors"][0]["message"]

    async def test_a_long_list_of_big_integers_and_unicode_survives(self, api):
        query = "query Q($id: ID!) { paymentMethod(id: $id) { id } }"
        for id in ("ключ", "🔑", "\\", '"', "a\u2028b", "\x00"):
            body = shape(await api.http.post("/graphql", json={"query": query, "variables": {"id": id}}))[2]
            assert body == {"data": {"paymentMethod": None}}


class TestCalls:
    REQUEST = {**VIEWER, "query": f'{{ node(id: "{JENNY}") {{ id }} }}', "extensions": {"calls": True}}  # noqa: RUF012

    async def test_calls_are_shown_on_request(self, api):
        _, _, body = shape(await api.http.post("/graphql", json=self.REQUEST))
        assert body["extensions"] == {"calls": {"count": 1, "endpoints": ["GET /v1/customers/{customer}"]}}

    @pytest.mark.parametrize("asked", [False, 1, "true", None])
    async def test_calls_are_hidden_by_default(self, api, asked):
        request = {**self.REQUEST, "extensions": {"calls": asked}}
        assert "extensions" not in shape(await api.http.post("/graphql", json=request))[2]

    async def test_calls_are_hidden_over_stripe(self, stripe):
        async with Api(Settings(stripe_secret_key="sk_test_x", allow_anonymous=True), stripe) as api:
            assert "extensions" not in shape(await api.http.post("/graphql", json=self.REQUEST))[2]
        async with Api(Settings(stripe_secret_key="sk_test_x", allow_anonymous=True, show_calls=True), stripe) as api:
            assert "extensions" in shape(await api.http.post("/graphql", json=self.REQUEST))[2]


class TestRequests:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"1",
            b'"a"',
            b"null",
            b"[]",
            b"{}",
            b"{",
            b"\xff\xfe",
            b"[" * 100_000,
            b"1" * 5_000,
            b'{"query": 1}',
            b'{"query": ""}',
            b'{"query": "  "}',
            b'{"query": null}',
            b'{"query": "\\ud800"}',
            b'{"query": "{ viewer { kind } }", "variables": []}',
            b'{"query": "{ viewer { kind } }", "variables": "x"}',
            b'{"query": "{ viewer { kind } }", "operationName": 1}',
            b'{"query": "{ viewer { kind } }", "extensions": 1}',
            b'\xef\xbb\xbf{"query": "{ viewer { kind } }"}x',
        ],
    )
    @pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
    async def test_a_body_without_an_operation_is_400(self, api, body, accept):
        headers = {"Content-Type": "application/json", "Accept": accept}
        response = await api.http.post("/graphql", content=body, headers=headers)
        status, media_type, answer = shape(response)
        assert (status, media_type) == (400, accept)
        assert "data" not in answer

    @pytest.mark.parametrize("name", ["variables", "operationName", "extensions"])
    async def test_null_equals_an_omitted_member(self, api, name):
        response = await api.http.post("/graphql", json={**VIEWER, name: None})
        assert shape(response)[0] == 200

    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    async def test_another_content_type_is_415(self, api, content_type):
        response = await api.http.post("/graphql", content=json.dumps(VIEWER), headers={"Content-Type": content_type})
        assert shape(response)[0] == 415

    async def test_an_unknown_media_type_is_406(self, api):
        response = await api.http.post("/graphql", json=VIEWER, headers={"Accept": "text/plain"})
        assert shape(response)[:2] == (406, JSON)

    async def test_options_lists_the_methods(self, api):
        response = await api.http.options("/graphql")
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    async def test_another_method_is_405(self, api, method):
        response = await api.http.request(method, "/graphql", json=VIEWER)
        assert shape(response)[0] == 405
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"

    @pytest.mark.parametrize("chunked", [False, True])
    async def test_a_body_that_is_too_large_is_413(self, api, chunked):
        async def chunks():
            for _ in range(300):
                yield b" " * 1024

        content = chunks() if chunked else b" " * 300 * 1024
        response = await api.http.post("/graphql", content=content, headers={"Content-Type": "application/json"})
        assert shape(response)[0] == 413


class TestGet:
    def test_head_is_get_without_the_body(self, tmp_path):
        with running("server.py", folder=tmp_path) as server:
            head = httpx.head(f"{server.base}/graphql", params=VIEWER)
            get = httpx.get(f"{server.base}/graphql", params=VIEWER)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == get.headers["content-type"]
        assert head.headers["content-length"] == get.headers["content-length"]

    async def test_a_query(self, api):
        response = await api.http.get("/graphql", params=VIEWER)
        assert shape(response) == (200, JSON, {"data": {"viewer": {"kind": "ANONYMOUS"}}})

    async def test_variables_are_json(self, api):
        query = "query($id: ID!) { node(id: $id) { id } }"
        response = await api.http.get("/graphql", params={"query": query, "variables": json.dumps({"id": JENNY})})
        assert shape(response)[2] == {"data": {"node": {"id": JENNY}}}

    @pytest.mark.parametrize("variables", ["{", "[]", "1"])
    async def test_variables_that_are_not_an_object_are_400(self, api, variables):
        response = await api.http.get("/graphql", params={**VIEWER, "variables": variables})
        assert shape(response)[0] == 400

    @pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON, "*/*"])
    async def test_a_mutation_is_405_and_not_done(self, api, stripe, accept):
        response = await api.http.get("/graphql", params={"query": ATTACH}, headers={"Accept": accept})
        assert shape(response)[0] == 405
        assert response.headers["allow"] == "POST"
        assert stripe.calls == []

    async def test_without_a_query_it_is_400(self, api):
        assert shape(await api.http.get("/graphql"))[0] == 400

    async def test_a_browser_gets_the_page(self, api):
        response = await api.http.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/html")

    async def test_a_browser_that_sends_a_query_gets_the_response(self, api):
        response = await api.http.get("/graphql", params=VIEWER, headers={"Accept": "text/html,*/*;q=0.8"})
        assert shape(response)[0] == 200


async def test_a_client_that_disconnects_within_its_body_is_no_error(api):
    async def receive():
        return {"type": "http.disconnect"}

    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await api.app(scope, receive, send)
    assert sent == []
