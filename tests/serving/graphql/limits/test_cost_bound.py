"""A property of all documents: the cost is never below what the response contains.

The cost is at least the number of fields, those inside JSON values included, and at least a 600th of the bytes, where
Stripe keeps its own bounds: 50 keys of metadata with values of 500 letters, and names of 500 letters.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import Any

import httpx
import msgspec
from graphql import ExecutionResult, FieldNode, get_operation_ast, parse
from graphql.execution.values import get_variable_values
from hypothesis import example, given, settings
from hypothesis import strategies as st

import app
from quality.harness.builders import customer, payment_method
from serving.auth.tokens import ANONYMOUS
from serving.graphql.errors import RequestRejected
from serving.graphql.limits.cost import CostMeter, introspection_limit
from serving.graphql.operation_request import Operation
from serving.settings.settings import Settings

EXAMPLES = int(os.environ.get("COST_EXAMPLES", "60"))
SCHEMA = app.schema._schema
BYTES_OF_ONE = 600
LONG = "x" * 500
METADATA = {f"{n:040}": LONG for n in range(50)}
BILLING = {"address": None, "email": LONG, "name": LONG, "phone": LONG, "tax_id": LONG}
WITHOUT_LIMITS = Settings(
    max_cost=10_000_000, max_aliases=10_000, max_root_fields=1000, max_depth=100, max_calls=1000,
    max_document_tokens=100_000, max_document_bytes=16 * 1024 * 1024, max_response_bytes=1024**3,
)  # fmt: skip


def method(id: str, owner: Any = "cus_1") -> dict[str, Any]:
    return payment_method(id, customer=owner, metadata=METADATA, billing_details=BILLING)


OWNER: Any = customer("cus_1", name=LONG, email=LONG, description=LONG, metadata=METADATA)
OWNER["invoice_settings"] = {"default_payment_method": payment_method("pm_1", customer="cus_1", metadata=METADATA)}


async def answer(request: httpx.Request) -> httpx.Response:
    """Gives every object that is asked for, and every page full."""
    path = request.url.path
    owner = customer("cus_1", name=LONG, email=LONG) if "customer" in str(request.url.params) else "cus_1"
    if path.endswith("/payment_methods"):
        data = [method(f"pm_{n}", owner) for n in range(int(request.url.params.get("limit", 10)))]
        return httpx.Response(200, json={"object": "list", "data": data, "has_more": False, "url": path})
    return httpx.Response(200, json=method(path.rpartition("/")[2], owner) if "/payment_methods/" in path else OWNER)


class Writer:
    """Writes a document from what hypothesis draws."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._aliases = 0
        self._fragments: list[str] = []
        self._declared: list[str] = ["$yes: Boolean = true", "$no: Boolean = false"]
        self.variables: dict[str, Any] = {}

    def document(self) -> str:
        roots = [self._root(f"r{n}") for n in range(self._draw(st.integers(1, 3)))]
        used = "u1: __typename @include(if: $yes) u2: __typename @skip(if: $no)"
        return "\n".join([f"query({', '.join(self._declared)}) {{ {' '.join(roots)} {used} }}", *self._fragments])

    def _root(self, key: str) -> str:
        kind = self._draw(st.sampled_from(["customer", "nodes", "method", "schema", "type"]))
        if kind == "customer":
            return f'{key}: customer(id: "cus_1") {self._set("Customer", 2)}'
        if kind == "nodes":
            return f"{key}: nodes(ids: {self._ids()}) {{ __typename {self._spread('PaymentMethod', 1)} }}"
        if kind == "method":
            return f'{key}: paymentMethod(id: "pm_1") {self._set("PaymentMethod", 1)}'
        if kind == "schema":
            return f"{key}: __schema {self._set('__Schema', 3)}"
        name = self._draw(st.sampled_from(["Query", "UserError", "PaymentMethod", "None"]))
        return f"{key}: __type(name: {self._value('String!', name, msgspec.json.encode(name).decode())}) " + self._set(
            "__Type", 2
        )

    def _set(self, type_: str, depth: int) -> str:
        names = [name for name in FIELDS[type_] if depth or FIELDS[type_][name] is None]
        chosen = self._draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
        return f"{{ __typename {' '.join(self._field(type_, name, depth) for name in chosen)} }}"

    def _field(self, type_: str, name: str, depth: int) -> str:
        way = self._draw(st.sampled_from(["plain", "plain", "inline", "fragment", "skipped"]))
        self._aliases += 1
        alias = f"a{self._aliases}" + "x" * self._draw(st.sampled_from([0, 0, 40, 300, 3000]))
        below = FIELDS[type_][name]
        arguments = self._page() if name == "paymentMethods" else ""
        arguments = "(includeDeprecated: true)" if name in ("fields", "enumValues") else arguments
        field = f"{alias}: {name}{arguments} {self._set(below, depth - 1) if below else ''}"
        if way == "inline":
            return f"... on {type_} @include(if: $yes) {{ {field} }}"
        if way == "skipped":
            return f"{field.partition('{')[0]} @skip(if: $no) {''.join(field.partition('{')[1:])}"
        return field if way == "plain" else self._named(type_, field)

    def _named(self, type_: str, selections: str) -> str:
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {type_} {{ {selections} }}")
        return f"...{name}"

    def _spread(self, type_: str, depth: int) -> str:
        return self._named(type_, self._set(type_, depth).strip("{}"))

    def _page(self) -> str:
        size = self._draw(st.sampled_from([None, None, 0, 1, 3, 7, 20, 100, -1, -99999999, 101]))
        name = self._draw(st.sampled_from(["first", "last"]))
        sent = float(size) if size is not None and self._draw(st.booleans()) else size
        return f"({name}: {self._value('Int', sent, 'null' if size is None else str(size))})"

    def _ids(self) -> str:
        ids = [f"pm_{n}" for n in range(self._draw(st.sampled_from([0, 1, 2, 5, 30])))]
        sent: Any = "pm_1" if len(ids) == 1 else ids
        return self._value("[ID!]!", sent, msgspec.json.encode(sent).decode())

    def _value(self, type_: str, sent: Any, literal: str) -> str:
        """A literal, a variable, or a variable that is left to its default."""
        way = self._draw(st.sampled_from(["literal", "variable", "default"]))
        if way == "literal":
            return literal
        name = f"v{len(self._declared)}"
        self._declared.append(f"${name}: {type_}" + (f" = {literal}" if way == "default" else ""))
        if way == "variable":
            self.variables[name] = sent
        return f"${name}"


FIELDS: dict[str, dict[str, str | None]] = {
    "Customer": {
        "id": None, "name": None, "email": None, "metadata": None,
        "paymentMethods": "PaymentMethodConnection", "defaultPaymentMethod": "PaymentMethod",
    },
    "PaymentMethodConnection": {"nodes": "PaymentMethod", "edges": "PaymentMethodEdge", "pageInfo": "PageInfo"},
    "PaymentMethodEdge": {"cursor": None, "node": "PaymentMethod"},
    "PageInfo": {"hasNextPage": None, "endCursor": None},
    "PaymentMethod": {
        "id": None, "type": None, "created": None, "metadata": None, "displayLabel": None, "isDefault": None,
        "card": "Card", "billingDetails": "BillingDetails", "customer": "Customer",
    },
    "Card": {"brand": None, "last4": None, "expMonth": None, "networks": "CardNetworks"},
    "CardNetworks": {"available": None},
    "BillingDetails": {"name": None, "email": None, "phone": None},
    "__Schema": {"types": "__Type", "queryType": "__Type", "directives": "__Directive"},
    "__Directive": {"name": None, "description": None, "locations": None},
    "__Type": {
        "name": None, "kind": None, "description": None, "fields": "__Field", "possibleTypes": "__Type",
        "enumValues": "__EnumValue", "ofType": "__Type",
    },
    "__Field": {"name": None, "description": None, "type": "__Type"},
    "__EnumValue": {"name": None, "description": None},
}  # fmt: skip
"""Fields of each type, with the type of those that are objects."""


INTROSPECTION = " ".join(f"s{n}: __schema {{ types {{ fields {{ type {{ name }} }} }} }}" for n in range(50))


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    writer = Writer(draw)
    return Operation(writer.document(), writer.variables)


def fields_of(data: Any) -> int:
    if isinstance(data, dict):
        return len(data) + sum(map(fields_of, data.values()))
    return sum(map(fields_of, data)) if isinstance(data, list) else 0


def cost_of(operation: Operation, *, introspection_only: bool = False) -> int:
    document = parse(operation.query or "")
    node = get_operation_ast(document)
    assert node is not None
    if introspection_only:
        roots = [one for one in node.selection_set.selections if isinstance(one, FieldNode)]
        selections = tuple(one for one in roots if one.name.value.startswith("__"))
        node = replace(node, selection_set=replace(node.selection_set, selections=selections))
    variables = get_variable_values(SCHEMA, node.variable_definitions or (), dict(operation.variables))
    assert not isinstance(variables, list)
    return CostMeter(SCHEMA, document, variables, 10**100, introspection_limit=10**100).cost(node)


def executed(operation: Operation) -> ExecutionResult | RequestRejected:
    service = app.Service(WITHOUT_LIMITS, transport=httpx.MockTransport(answer))
    try:
        return asyncio.run(service.runner.run(operation, ANONYMOUS, service.begin({})))
    except RequestRejected as rejected:
        return rejected


@settings(max_examples=EXAMPLES)
@given(operations())
@example(Operation('{ customer(id: "cus_1") { paymentMethods(first: 0) { nodes { id } pageInfo { hasNextPage } } } }'))
@example(Operation(f'{{ {INTROSPECTION} customer(id: "cus_1") {{ paymentMethods(first: -1) {{ __typename }} }} }}'))
def test_the_cost_is_never_below_what_the_response_contains(operation):
    result = executed(operation)
    if isinstance(result, RequestRejected):
        (error,) = result.errors
        if "MAX_INTROSPECTION" in error.message:
            assert cost_of(operation, introspection_only=True) > introspection_limit(SCHEMA)
        else:
            assert error.message.partition(" ")[2] == "is a number from 0 to 100."
        return
    assert not result.errors, result.errors
    encoded = msgspec.json.encode(result.data)
    cost = cost_of(operation)
    assert fields_of(msgspec.json.decode(encoded)) <= cost
    assert len(encoded) <= BYTES_OF_ONE * cost
