import pytest
from graphql import get_introspection_query, get_operation_ast, parse, validate
from graphql.execution.values import get_variable_values

import app
from serving.graphql.limits.cost import CostMeter
from serving.graphql.limits.introspection_cost import TooMuchIntrospection

SCHEMA = app.schema._schema


def cost(text, limit=10**100, **variables):
    document = parse(text)
    assert validate(SCHEMA, document) == []
    operation = get_operation_ast(document)
    coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
    return CostMeter(SCHEMA, document, coerced, limit, introspection_limit=limit).cost(operation)


PAGE = "query($n: Int) { customer { paymentMethods(first: $n) { nodes { id } } } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"


class TestCost:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("{ viewer { kind } }", 2),
            ("{ viewer { kind } x: viewer { kind } }", 4),
            ("{ ...F ...F } fragment F on Query { viewer { kind } }", 4),
            ("{ customer { paymentMethods { nodes { id } } } }", 2 + 10 * 2),
            ("{ customer { paymentMethods(first: 3) { nodes { id } } } }", 2 + 3 * 2),
            ("{ customer { paymentMethods(last: 5) { nodes { id } } } }", 2 + 5 * 2),
            ("{ customer { paymentMethods(first: 0) { nodes { id } } } }", 2 + 2),
            ("{ customer { paymentMethods(first: null) { nodes { id } } } }", 2 + 10 * 2),
            ("{ customer { paymentMethods(first: 2) { edges { node { id } } pageInfo { endCursor } } } }", 2 + 2 * 5),
            ('{ nodes(ids: ["a", "b", "c"]) { id } }', 1 + 3),
            ('{ nodes(ids: "a") { id } }', 1 + 1),
            ("{ nodes(ids: []) { id } }", 1),
            ("{ customer { metadata } }", 1 + 51),
            ("{ viewer { " + "x" * 500 + ": kind } }", 1 + 11),
            ('mutation { cancelSetupIntent(input: {setupIntentId: "seti_1"}) { errors { code } } }', 2 + 10),
            ("{ __schema { queryType { name } } }", 3),
            ('{ __type(name: "Viewer") { name } none: __type(name: "None") { name } }', 3),
            ("{ __schema { ...S ... { ...S } } } fragment S on __Schema { queryType { name } }", 3),
        ],
    )
    def test_of_a_document(self, text, expected):
        assert cost(text) == expected

    @pytest.mark.parametrize(
        ("text", "variables", "expected"),
        [
            (PAGE, {"n": 7}, 2 + 7 * 2),
            (PAGE, {"n": 7.0}, 2 + 7 * 2),
            (PAGE, {"n": None}, 2 + 10 * 2),
            (PAGE, {}, 2 + 10 * 2),
            (PAGE.replace("Int", "Int = 20"), {}, 2 + 20 * 2),
            (PAGE.replace("Int", "Int = 20"), {"n": None}, 2 + 10 * 2),
            (NODES, {"ids": ["a", "b"]}, 3),
            (NODES, {"ids": "a"}, 2),
            (NODES.replace("[ID!]!", "[ID!]! = [1, 2, 3, 4]"), {}, 5),
            ("query($a: ID!) { nodes(ids: [$a, $a]) { id } }", {"a": "x"}, 3),
        ],
    )
    def test_of_coerced_variables(self, text, variables, expected):
        assert cost(text, **variables) == expected

    def test_introspection_is_counted_exactly(self):
        text = get_introspection_query(descriptions=True, input_value_deprecation=True)
        result = app.schema.execute_sync(text)
        assert cost(text) == count_fields(result.data)

    def test_fragments_are_measured_once(self):
        chain = "".join(f" fragment F{n} on Viewer {{ ...F{n + 1} ... {{ ...F{n + 1} }} }}" for n in range(60))
        assert cost("{ viewer { ...F0 } }" + chain + " fragment F60 on Viewer { kind }") == 1 + 2**60

    def test_counting_introspection_ends_at_the_limit(self):
        with pytest.raises(TooMuchIntrospection):
            cost("{ __schema { types { fields { name } } } }", limit=100)


def count_fields(data):
    if isinstance(data, dict):
        return len(data) + sum(map(count_fields, data.values()))
    return sum(map(count_fields, data)) if isinstance(data, list) else 0


OUT_OF_RANGE = [
    (field.replace("@", name), variables)
    for name in ("first", "last")
    for field, variables in [
        ('{ customer(id: "cus_1") { paymentMethods(@: -1) { nodes { id } } } }', {}),
        ('{ customer(id: "cus_1") { paymentMethods(@: -99999999) { nodes { id } } } }', {}),
        ('{ customer(id: "cus_1") { paymentMethods(@: 101) { nodes { id } } } }', {}),
        ('{ paymentMethods(customerAccountId: "acct_1", @: -1) { nodes { id } } }', {}),
        ('query($n: Int) { customer(id: "cus_1") { paymentMethods(@: $n) { nodes { id } } } }', {"n": -1}),
        ('query($n: Int) { customer(id: "cus_1") { paymentMethods(@: $n) { nodes { id } } } }', {"n": 101.0}),
        ('query($n: Int = -1) { customer(id: "cus_1") { paymentMethods(@: $n) { nodes { id } } } }', {}),
        ('{ customer(id: "cus_1") { ...F } } fragment F on Customer { paymentMethods(@: -1) { nodes { id } } }', {}),
        ("{ viewer { kind customer { paymentMethods(@: -1) { pageInfo { endCursor } } } } }", {}),
    ]
]  # fmt: skip


class TestPageSizes:
    @pytest.mark.parametrize(("query", "variables"), OUT_OF_RANGE)
    async def test_out_of_range_nothing_is_executed(self, api, query, variables):
        answer = await api(query, **variables)
        assert "data" not in answer
        [error] = answer["errors"]
        assert error["message"].endswith(" is a number from 0 to 100.")
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert api.stripe.calls == []

    @pytest.mark.parametrize("ids", [["pm_1"] * 101, ["cus_1"] * 1000])
    async def test_too_many_ids(self, api, ids):
        for answer in (await api(NODES, ids=ids), await api(f"{{ nodes(ids: {ids}) {{ id }} }}".replace("'", '"'))):
            assert "data" not in answer
            assert answer["errors"][0]["message"] == "ids: at most 100 at once."
        assert api.stripe.calls == []
