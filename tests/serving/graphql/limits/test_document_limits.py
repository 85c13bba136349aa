import time

import pytest
from graphql import GraphQLError, parse

from quality.harness.clients import Api
from quality.harness.hostile_documents import HOSTILE, HOSTILE_VARIABLES
from quality.harness.wallets import AMARA, JENNY
from serving.graphql.limits.document_limits import MAX_COMPARISONS, DocumentLimits, _comparisons, _Meter
from serving.settings.settings import Settings


def size(text):
    document = parse(text)
    return _Meter(document).size(document.definitions[0].selection_set)


class TestMeasures:
    @pytest.mark.parametrize(
        ("text", "depth", "aliases"),
        [
            ("{ a }", 1, 0),
            ("{ a { b { c } } }", 3, 0),
            ("{ x: a y: a a }", 1, 2),
            ("{ a a a }", 1, 2),
            ("{ ... { a } ... on Query { b { c } } }", 2, 0),
            ("{ ...F ...F } fragment F on Query { a { b } }", 2, 1),
            ("{ a ... { a } ... @include(if: true) { a ... { a } } }", 1, 3),
            ("{ ... on A { a } ... on A { a } ... on B { a } }", 1, 1),
            ("{ x { ...F } } fragment F on Query { y: a { ...G } } fragment G on Query { z: b }", 3, 2),
            ("{ __schema { types { fields { x: type { ofType { name } } } } } }", 1, 1),
        ],
    )
    def test_size(self, text, depth, aliases):
        found = size(text)
        assert (found.depth, found.aliases) == (depth, aliases)

    def test_depth_below_introspection(self):
        assert size("{ __schema { types { fields { type { ofType { name } } } } } }").introspection == 5

    def test_a_circle_is_found(self):
        with pytest.raises(GraphQLError, match="spreads itself"):
            size("{ ...A } fragment A on Query { ...B } fragment B on Query { a { ...A } }")


SMALL = Settings(max_depth=4, max_aliases=3, max_root_fields=2, max_mutations=1, max_cost=50, max_document_bytes=1024)


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "limit"),
        [
            ("{ a { b { c { d { e } } } } }", "MAX_DEPTH"),
            ("{ a { b: x c: x d: x e: x } }", "MAX_ALIASES"),
            ("{ a { x x x x x } }", "MAX_ALIASES"),
            ("{ a b c }", "MAX_ROOT_FIELDS"),
            ("{ ...F ...F ...F } fragment F on Query { a }", "MAX_ROOT_FIELDS"),
            ("mutation { a b }", "MAX_MUTATIONS"),
            ("{ a" + " " * 2000 + "}", "MAX_DOCUMENT_BYTES"),
            ('{ a(x: "' + "é" * 600 + '") }', "MAX_DOCUMENT_BYTES"),
            ("query A { a } query B { a { b { c { d { e } } } } }", "MAX_DEPTH"),
        ],
    )
    def test_it_names_the_limit_and_its_value(self, text, limit):
        limits = DocumentLimits(SMALL)

        def check():
            limits.check_text(text)
            limits.check_document(parse(text))

        with pytest.raises(GraphQLError) as caught:
            check()
        value = getattr(SMALL, limit.lower())
        assert caught.value.extensions == {"code": "BAD_USER_INPUT", "limit": limit, "value": value}
        assert str(value) in caught.value.message
        assert limit in caught.value.message

    async def test_the_client_gets_the_limit_and_its_value(self, stripe):
        async with Api(SMALL, stripe) as api:
            answer = await api("{ viewer { customer { defaultPaymentMethod { card { last4 } } } } }")
        assert answer == {
            "errors": [
                {
                    "message": "The document is nested too deeply: at most 4 (MAX_DEPTH).",
                    "extensions": {"code": "BAD_USER_INPUT", "limit": "MAX_DEPTH", "value": 4},
                }
            ]
        }
        assert stripe.calls == []

    async def test_a_list_s_size_counts_where_a_variable_gives_it(self, stripe):
        query = "query($id: ID!, $n: Int) { customer(id: $id) { paymentMethods(first: $n) { nodes { id } } } }"
        async with Api(SMALL, stripe) as api:
            assert "errors" not in await api(query, id=AMARA, n=10)
            answer = await api(query, id=AMARA, n=100)
        assert answer["errors"][0]["extensions"]["limit"] == "MAX_COST"

    async def test_a_list_s_size_counts_where_a_variable_s_default_gives_it(self, stripe):
        query = "query($id: ID!, $n: Int = 100) { customer(id: $id) { paymentMethods(first: $n) { nodes { id } } } }"
        async with Api(SMALL, stripe) as api:
            assert "errors" not in await api(query, id=AMARA, n=None)
            assert "errors" not in await api(query, id=AMARA, n=10)
            answer = await api(query, id=AMARA)
        assert answer["errors"][0]["extensions"]["limit"] == "MAX_COST"

    async def test_rest_calls_are_counted_over_the_whole_operation(self, stripe):
        query = "{ " + " ".join(f'a{n}: node(id: "cus_{n}") {{ id }}' for n in range(6)) + " }"
        async with Api(Settings(max_calls=4), stripe) as api:
            answer = await api(query)
        assert len(stripe.calls) == 4
        assert {error["extensions"]["limit"] for error in answer["errors"]} == {"MAX_CALLS"}
        assert len(answer["errors"]) == 2

    async def test_a_mutation_beyond_the_calls_is_not_started(self, stripe, sandbox):
        input = f'{{paymentMethodId: "pm_card_visa", customerId: "{JENNY}"}}'
        one = f"attachPaymentMethod(input: {input}) {{ errors {{ code }} }}"
        async with Api(Settings(max_calls=2), stripe) as api:
            answer = await api(f"mutation {{ a: {one} b: {one} c: {one} }}")
        assert answer["data"] == {"a": {"errors": []}, "b": {"errors": []}, "c": None}
        assert "outcome" not in answer["errors"][0]["extensions"]
        assert sandbox.ledger.operations().count("payment_method.attached") == 2

    async def test_a_document_s_list_size_counts(self, stripe):
        query = f'{{ customer(id: "{AMARA}") {{ paymentMethods(first: 100) {{ nodes {{ id }} }} }} }}'
        async with Api(SMALL, stripe) as api:
            answer = await api(query)
        assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "limit": "MAX_COST", "value": 50}
        assert stripe.calls == []


class TestVariables:
    async def test_their_number_is_limited(self, api):
        query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        answer = await api(query, ids=["x"] * 5000)
        assert answer["errors"][0]["extensions"]["limit"] == "MAX_DOCUMENT_TOKENS"

    async def test_undeclared_ones_count(self, api):
        answer = await api("{ viewer { kind } }", unused=[[{"a": 1}] * 1500])
        assert answer["errors"][0]["extensions"]["limit"] == "MAX_DOCUMENT_TOKENS"


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_documents_are_refused(api, name):
    response = await api.http.post("/graphql", json={"query": HOSTILE[name]})
    assert response.status_code in (200, 413)
    body = response.json()
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert api.stripe.calls == []


CPU_SECONDS = 0.05


@pytest.mark.parametrize("name", [*HOSTILE, *HOSTILE_VARIABLES])
async def test_refusing_takes_little_cpu(api, name):
    """The least of some tries: what else runs on the machine must not decide."""
    taken = []
    for number in range(5):
        text, variables = HOSTILE_VARIABLES.get(name) or (HOSTILE[name], {})
        body = {"query": text + " " * number, "variables": variables}
        began = time.process_time()
        response = await api.http.post("/graphql", json=body)
        taken.append(time.process_time() - began)
        assert "data" not in response.json()
    assert min(taken) < CPU_SECONDS


def test_a_large_document_of_a_client_s_compiler_passes():
    spreads = " ".join(f"...Part{n}" for n in range(50))
    parts = " ".join(f"fragment Part{n} on PaymentMethod {{ __typename id card {{ last4 }} }}" for n in range(50))
    text = f"query Screen {{ paymentMethod(id: 1) {{ {spreads} }} }} {parts}"
    assert _comparisons(parse(text)) <= MAX_COMPARISONS
