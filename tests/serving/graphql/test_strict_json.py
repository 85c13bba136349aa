import json

import pytest

from tests.support.graphql_http import VIEWER, shape


class TestStrictJson:
    async def test_a_byte_order_mark_is_ignored(self, api):
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
    async def test_a_repeated_member_is_400(self, api, body):
        response = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert shape(response)[0] == 400
        assert "twice" in response.text

    async def test_a_member_name_within_variables_is_not_a_repetition(self, api):
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
    async def test_text_that_only_looks_like_a_repeated_member_is_accepted(self, api, body):
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
    async def test_an_invalid_number_is_400(self, api, number):
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
    async def test_a_repeated_single_valued_header_is_400(self, api, name, path):
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

    async def test_invalid_utf8_in_a_query_string(self, api):
        response = await api.http.get("/graphql?query=%ff%fe")
        assert "data" not in shape(response)[2]
