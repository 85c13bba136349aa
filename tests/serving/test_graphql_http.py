import gzip
import json

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.processes import running
from quality.harness.wallets import JENNY, UNATTACHED_CARD
from serving.graphql.content_negotiation import JSON, RESPONSE_JSON
from serving.settings.settings import Settings

VIEWER = {"query": "{ viewer { kind } }"}
ATTACH = f"""mutation {{ attachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}"}}) {{
  paymentMethod {{ id }} errors {{ code }} }} }}"""


def shape(response):
    """Status, media type and body, which is GraphQL's own whatever happened."""
    body = json.loads(response.content)
    assert set(body) <= {"data", "errors", "extensions"}
    for error in body.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"]
    return response.status_code, response.headers["content-type"].partition(";")[0], body


class TestAnswers:
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
    async def test_a_document_that_can_not_be_executed_has_no_data(self, api, query, accept, status):
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

    async def test_a_partial_answer_is_200(self, api):
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

    async def test_the_calls_made_are_shown_when_asked_for(self, api):
        _, _, body = shape(await api.http.post("/graphql", json=self.REQUEST))
        assert body["extensions"] == {"calls": {"count": 1, "endpoints": ["GET /v1/customers/{customer}"]}}

    @pytest.mark.parametrize("asked", [False, 1, "true", None])
    async def test_not_otherwise(self, api, asked):
        request = {**self.REQUEST, "extensions": {"calls": asked}}
        assert "extensions" not in shape(await api.http.post("/graphql", json=request))[2]

    async def test_nor_over_stripe_itself(self, stripe):
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
    async def test_what_holds_no_operation_is_400(self, api, body, accept):
        headers = {"Content-Type": "application/json", "Accept": accept}
        response = await api.http.post("/graphql", content=body, headers=headers)
        status, media_type, answer = shape(response)
        assert (status, media_type) == (400, accept)
        assert "data" not in answer

    @pytest.mark.parametrize("name", ["variables", "operationName", "extensions"])
    async def test_null_is_the_same_as_left_out(self, api, name):
        response = await api.http.post("/graphql", json={**VIEWER, name: None})
        assert shape(response)[0] == 200

    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    async def test_another_content_type_is_415(self, api, content_type):
        response = await api.http.post("/graphql", content=json.dumps(VIEWER), headers={"Content-Type": content_type})
        assert shape(response)[0] == 415

    async def test_a_media_type_that_can_not_be_given_is_406(self, api):
        response = await api.http.post("/graphql", json=VIEWER, headers={"Accept": "text/plain"})
        assert shape(response)[:2] == (406, JSON)

    async def test_options_tells_the_methods(self, api):
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


class TestPacked:
    """gzip on the way in and on the way out."""

    HEADERS = {"Content-Type": "application/json", "Content-Encoding": "gzip"}  # noqa: RUF012

    async def test_a_packed_body_is_unpacked(self, api):
        body = gzip.compress(json.dumps(VIEWER).encode())
        response = await api.http.post("/graphql", content=body, headers=self.HEADERS)
        assert shape(response) == (200, JSON, {"data": {"viewer": {"kind": "ANONYMOUS"}}})

    async def test_it_may_not_grow_beyond_a_plain_one(self, api):
        bomb = gzip.compress(b" " * 50_000_000)
        assert len(bomb) < 100_000
        response = await api.http.post("/graphql", content=bomb, headers=self.HEADERS)
        assert shape(response)[0] == 413

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"not packed",
            gzip.compress(b"{}")[:-3],
            gzip.compress(b"{}") + b"more",
            gzip.compress(b"{}") * 2,
        ],
        ids=["empty", "not gzip", "cut short", "with more behind it", "two members"],
    )
    async def test_what_gzip_did_not_make_is_400(self, api, body):
        response = await api.http.post("/graphql", content=body, headers=self.HEADERS)
        assert shape(response)[0] == 400

    @pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "nonsense"])
    async def test_another_packing_is_415(self, api, encoding):
        headers = {**self.HEADERS, "Content-Encoding": encoding}
        response = await api.http.post("/graphql", content=b"x", headers=headers)
        assert shape(response)[0] == 415
        assert shape(response)[2]["errors"][0]["message"].startswith("Compress the body with gzip, or send it without")
        assert response.headers["accept-encoding"] == "gzip"

    async def test_a_long_answer_is_packed_for_those_who_take_it(self, api):
        query = {"query": "{ __schema { types { name description } } }"}
        packed = await api.http.post("/graphql", json=query, headers={"Accept-Encoding": "gzip"})
        plain = await api.http.post("/graphql", json=query, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.json() == plain.json()
        assert "Accept-Encoding" in packed.headers["vary"]
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3


class TestOddText:
    async def test_a_byte_order_mark_is_passed_over(self, api):
        for body in (b"\xef\xbb\xbf" + json.dumps(VIEWER).encode(), json.dumps({"query": "\ufeff" + VIEWER["query"]})):
            response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
            assert shape(response)[0] == 200

    @pytest.mark.parametrize(
        "body",
        [
            '{"query": "{ viewer { kind } }", "query": "{ viewer { subject } }"}',
            '{"variables": {}, "query": "{ viewer { kind } }", "variables": {}}',
            '{"query": "{ viewer { kind } }", "qu\\u0065ry": "{ viewer { subject } }"}',
            '{"qu\\u0065ry": "{ viewer { kind } }", "\\u0071uery": "{ viewer { subject } }"}',
            '{"query": "{ viewer { kind } }", "variables": {"id": "a", "id": "b"}}',
            '{"query": "{ viewer { kind } }", "variables": {"a": [{"id": "a", "\\u0069d": "b"}]}}',
            '{"query": "{ viewer { kind } }", "extensions": {"calls": true, "calls" : {"a": 1}}}',
            '{"query": "{ viewer { kind } }", "": 1, "": 2}',
            '{"query": "{ viewer { kind } }", "a\\"b": 1, "a\\u0022b": 2}',
        ],
    )
    async def test_a_member_that_stands_twice_is_400(self, api, body):
        response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert shape(response)[0] == 400
        assert "twice" in response.text

    async def test_the_same_name_within_variables_is_no_such_member(self, api):
        body = {**VIEWER, "variables": {"query": "x", "a": {"query": "y", "variables": "z"}}}
        assert shape(await api.http.post("/graphql", json=body))[0] == 200

    @pytest.mark.parametrize(
        "body",
        [
            {**VIEWER, "variables": {"a": '{"b": 1, "b": 2}', "b": '"b":', "c": '\\"b":', "d": "b:", "e\\": {"b": 1}}},
            {**VIEWER, "extensions": {"": {"": [{"": None}, {"": None}]}}},
            {"query": '# "query": "query":\n{ viewer { kind } }'},
        ],
    )
    async def test_what_only_looks_like_a_member_that_stands_twice_is_none(self, api, body):
        assert shape(await api.http.post("/graphql", json=body))[0] == 200

    @pytest.mark.parametrize("levels", [101, 500, 971, 972, 973, 974, 975, 1000, 5000, 50_000])
    @pytest.mark.parametrize("name", ["variables", "extensions", "more"])
    async def test_deep_nesting_is_400(self, api, levels, name):
        nested = "[" * levels + "]" * levels
        for twice in ("", ', "query": "{ viewer { kind } }"'):
            body = f'{{"query": "{{ viewer {{ kind }} }}", "{name}": {{"a": {nested}}}{twice}}}'
            response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
            assert shape(response)[0] == 400

    async def test_a_hundred_levels_are_not_too_deep(self, api):
        nested = "[" * 98 + "]" * 98
        body = f'{{"query": "{{ viewer {{ kind }} }}", "variables": {{"a": {nested}}}}}'
        response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert shape(response)[0] == 200

    @pytest.mark.parametrize(
        ("name", "value", "status"),
        [
            ("variables", '{"a":1,"a":2}', 400),
            ("extensions", '{"a":1,"\\u0061":2}', 400),
            ("variables", "[" * 975 + "]" * 975, 400),
            ("variables", '{"a":NaN}', 400),
            ("variables", '{"a":"\\ud800"}', 400),
            ("variables", '{"a":1e999}', 400),
            ("variables", "[]", 400),
            ("extensions", "{", 400),
            ("query", "{viewer{kind}}", 400),
        ],
    )
    async def test_parameters_are_checked_like_members(self, api, name, value, status):
        pairs = [("query", "{viewer{kind}}"), (name, value)]
        response = await api.http.get("/graphql", params=pairs)
        assert shape(response)[0] == status

    @pytest.mark.parametrize(
        "number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "1.", "01", "+1"]
    )
    async def test_what_is_no_number_of_json_is_400(self, api, number):
        body = f'{{"query": "{{ viewer {{ kind }} }}", "variables": {{"a": {number}}}}}'
        response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert shape(response)[0] == 400
        message = response.json()["errors"][0]["message"]
        is_too_large = number in ("1e999", "-1e999", "9" * 5000)
        assert ("has a number that is too large: write numbers below 1e308" in message) is is_too_large

    @pytest.mark.parametrize(
        "number", ["9007199254740993", "18446744073709551616", "-" + "9" * 40, "9" * 4300, "1e300", "0.5"]
    )
    async def test_an_int_that_is_too_large_is_refused(self, api, number):
        query = "query($n: Int) { customer { paymentMethods(first: $n) { nodes { id } } } }"
        body = f'{{"query": {json.dumps(query)}, "variables": {{"n": {number}}}}}'
        response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code < 500
        assert "data" not in response.json()

    @pytest.mark.parametrize(
        "name", ["Authorization", "Content-Type", "Content-Encoding", "Origin", "Host", "Sec-Fetch-Site"]
    )
    @pytest.mark.parametrize("path", ["/graphql", "/metrics", "/v1/customers", "/nowhere"])
    async def test_a_header_with_one_value_stands_once(self, api, name, path):
        headers = [("Content-Type", "application/json"), (name, "a"), (name.lower(), "b")]
        response = await api.http.post(path, content=json.dumps(VIEWER), headers=headers)
        assert response.status_code == 400
        assert response.json()["errors"][0]["message"] == f"Send one {name} header."

    @pytest.mark.parametrize("text", ["\\ud800", "\\udc00\\ud800", "x\\ud83d"])
    async def test_half_a_surrogate_pair_is_400(self, api, text):
        body = '{"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": "%s"}}' % text  # noqa: UP031
        response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert shape(response)[0] == 400

    async def test_within_a_document_it_is_a_syntax_error(self, api):
        body = {"query": '{ node(id: "\\ud800") { id } }'}
        _, _, answer = shape(await api.http.post("/graphql", json=body))
        assert "data" not in answer

    async def test_bytes_that_are_no_text_in_a_query_string(self, api):
        response = await api.http.get("/graphql?query=%ff%fe")
        assert "data" not in shape(response)[2]


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

    async def test_a_browser_that_asks_a_query_gets_the_answer(self, api):
        response = await api.http.get("/graphql", params=VIEWER, headers={"Accept": "text/html,*/*;q=0.8"})
        assert shape(response)[0] == 200


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error(api):
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
