import pytest
from graphql import GraphQLError, parse

from serving.limits import DocumentLimits, _Meter
from serving.settings import Settings
from tests.clients import Api
from tests.hostile import HOSTILE
from tests.wallets import AMARA, JENNY


def size(text, variables=None):
    document = parse(text)
    return _Meter(document, variables or {}).size(document.definitions[0].selection_set)


class TestMeasures:
    @pytest.mark.parametrize(
        ("text", "depth", "aliases", "cost"),
        [
            ("{ a }", 1, 0, 1),
            ("{ a { b { c } } }", 3, 0, 3),
            ("{ x: a y: a a }", 1, 2, 3),
            ("{ a a a }", 1, 2, 3),
            ("{ ... { a } ... on Query { b { c } } }", 2, 0, 3),
            ("{ ...F ...F } fragment F on Query { a { b } }", 2, 1, 4),
            ("{ x { ...F } } fragment F on Query { y: a { ...G } } fragment G on Query { z: b }", 3, 2, 3),
            ("{ paymentMethods { nodes { id } } }", 3, 0, 21),
            ("{ paymentMethods(first: 3) { nodes { id } } }", 3, 0, 7),
            ("{ paymentMethods(last: 5) { nodes { id } } }", 3, 0, 11),
            ("{ nodes(ids: [1, 2, 3]) { id } }", 2, 0, 4),
            ("{ nodes(ids: $ids) { id } }", 2, 0, 3),
            ("{ paymentMethods(first: $n) { nodes { id } } }", 3, 0, 15),
            ("{ __schema { types { fields { type { ofType { name } } } } } }", 1, 0, 1),
        ],
    )
    def test_size(self, text, depth, aliases, cost):
        found = size(text, {"ids": ["a", "b"], "n": 7})
        assert (found.depth, found.aliases, found.cost) == (depth, aliases, cost)

    def test_a_circle_is_found(self):
        with pytest.raises(GraphQLError, match="spreads itself"):
            size("{ ...A } fragment A on Query { ...B } fragment B on Query { a { ...A } }")

    def test_a_fragment_is_measured_once(self):
        chain = "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
        assert size("{ ...F0 }" + chain + " fragment F60 on Query { a }").cost == 2**60


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
            ("{ paymentMethods(first: 100) { nodes { id } } }", "MAX_COST"),
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

    async def test_the_client_is_told_so(self, stripe):
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

    async def test_a_mutation_beyond_the_calls_is_not_begun(self, stripe, sandbox):
        input = f'{{paymentMethodId: "pm_card_visa", customerId: "{JENNY}"}}'
        one = f"attachPaymentMethod(input: {input}) {{ errors {{ code }} }}"
        async with Api(Settings(max_calls=2), stripe) as api:
            answer = await api(f"mutation {{ a: {one} b: {one} c: {one} }}")
        assert answer["data"] == {"a": {"errors": []}, "b": {"errors": []}, "c": None}
        assert "outcome" not in answer["errors"][0]["extensions"]
        assert sandbox.ledger.operations().count("payment_method.attached") == 2

    async def test_what_graphiql_asks_is_taken(self, api):
        from graphql import get_introspection_query

        answer = await api(get_introspection_query(specified_by_url=True, directive_is_repeatable=True))
        assert "errors" not in answer


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_documents_are_refused(api, name):
    response = await api.http.post("/graphql", json={"query": HOSTILE[name]})
    assert response.status_code in (200, 413)
    body = response.json()
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert api.stripe.calls == []


class TestBatches:
    OPERATION = {"query": "{ viewer { kind } }"}  # noqa: RUF012

    async def test_they_are_refused_unless_allowed(self, api):
        response = await api.http.post("/graphql", json=[self.OPERATION])
        assert response.status_code == 400
        assert "MAX_BATCH" in response.json()["errors"][0]["message"]

    async def test_each_is_answered_in_its_place(self, stripe):
        async with Api(Settings(max_batch=3), stripe) as api:
            response = await api.http.post("/graphql", json=[self.OPERATION, {"query": "{"}, 5])
        good, unparsed, odd = response.json()
        assert response.status_code == 200
        assert good == {"data": {"viewer": {"kind": "ANONYMOUS"}}}
        assert set(unparsed) == set(odd) == {"errors"}

    @pytest.mark.parametrize("count", [0, 4, 10_000])
    async def test_their_number_is_limited(self, stripe, count):
        async with Api(Settings(max_batch=3), stripe) as api:
            response = await api.http.post("/graphql", json=[self.OPERATION] * count)
        assert response.status_code in (400, 413)
        assert "data" not in response.text
