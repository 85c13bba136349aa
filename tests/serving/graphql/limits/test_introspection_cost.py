import pytest
from graphql import get_introspection_query

import app
from serving.graphql.limits.document_limits import DocumentLimits

ALL_OPTIONS = {
    "specified_by_url": True,
    "directive_is_repeatable": True,
    "schema_description": True,
    "input_value_deprecation": True,
    "one_of": True,
}


class TestIntrospection:
    @pytest.mark.parametrize("options", [{}, ALL_OPTIONS, {"descriptions": False}])
    async def test_the_standard_query_is_answered(self, api, options):
        text = get_introspection_query(**options)
        answer = await api(text)
        assert answer == {"data": app.schema.execute_sync(text).data}

    async def test_it_is_computed_once(self, api, monkeypatch):
        text = get_introspection_query(**ALL_OPTIONS)
        first = await api(text)
        monkeypatch.setattr("execution.introspection._only_introspects", None)
        assert await api(text) == first

    async def test_each_value_of_a_variable_has_its_own_response(self, api):
        query = "query($name: String!) { __type(name: $name) { name } }"
        for name in ("Viewer", "Customer", "Viewer"):
            assert await api.data(query, name=name) == {"__type": {"name": name}}

    @pytest.mark.parametrize("other", ["", "viewer { kind }"])
    async def test_it_is_counted_again_while_the_response_is_built(self, api, monkeypatch, other):
        monkeypatch.setattr(DocumentLimits, "check_cost", lambda *_: None)
        types = " ".join(f"a{n}: __schema {{ types {{ name fields {{ name description }} }} }}" for n in range(19))
        answer = await api(f"{{ {types} {other} }}")
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"

    async def test_next_to_other_fields(self, api):
        answer = await api.data("{ __schema { queryType { name } } viewer { kind } }")
        assert answer == {"__schema": {"queryType": {"name": "Query"}}, "viewer": {"kind": "ANONYMOUS"}}

    @pytest.mark.parametrize(
        ("query", "limit"),
        [
            ("{ __schema { types { " + " ".join(f"a{n}: name" for n in range(61)) + " } } }", "MAX_ALIASES"),
            ("{ __schema { " + " ".join(f"a{n}: types {{ fields {{ args {{ name }} }} }}" for n in range(61)) + " } }",
             "MAX_ALIASES"),
            ("{ " + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(21)) + " }", "MAX_ROOT_FIELDS"),
            ("{ __schema { types { ofType { " + "ofType { " * 20 + "name" + " }" * 20 + " } } } }",
             "INTROSPECTION_DEPTH"),
            ("{ " + " ".join(
                f"a{n}: __schema {{ types {{ fields {{ name description isDeprecated type {{ name kind }} }} }} }}"
                for n in range(15)
            ) + " }", "MAX_INTROSPECTION"),
            ("{ " + " ".join(
                f"a{n}: __schema {{ types {{ name fields {{ name description }} }} }}" for n in range(19)
            ) + " }", "MAX_INTROSPECTION"),
            ("{ viewer { kind } " + " ".join(
                f"a{n}: __schema {{ types {{ name fields {{ name description }} }} }}"
                for n in range(19)
            ) + " }", "MAX_INTROSPECTION"),
        ],
    )  # fmt: skip
    async def test_a_large_response_is_refused(self, api, query, limit):
        assert len(query) < 4000
        answer = await api(query)
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["limit"] == limit
