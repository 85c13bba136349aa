"""Documents that cost more than they appear to; each is rejected before execution."""

from __future__ import annotations

from typing import Any

CHAIN = "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(200))
HOSTILE = {
    "210 overlapping fragments": "{ viewer { "
    + " ".join(f"...F{n}" for n in range(210))
    + " } } "
    + " ".join(f"fragment F{n} on Viewer {{ kind }}" for n in range(210)),
    "120 overlapping fragments of 5 fields": "{ paymentMethod(id: 1) { "
    + " ".join(f"...F{n}" for n in range(120))
    + " } } "
    + " ".join(f"fragment F{n} on PaymentMethod {{ id type created livemode typeName }}" for n in range(120)),
    "200 fragments in a chain": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(200))
    + " fragment F200 on Query { viewer { kind } }",
    "exponential fragments": "{ ...F0 }" + CHAIN + " fragment F200 on Query { viewer { kind } }",
    "exponential nesting": "{ ...F0 }"
    + "".join(f" fragment F{n} on Viewer {{ customer {{ ...F{n + 1} }} ...F{n + 1} }}" for n in range(100))
    + " fragment F100 on Viewer { kind }",
    "10,000 aliases": "{ " + " ".join(f"a{n}: viewer {{ kind }}" for n in range(10_000)) + " }",
    "500 aliases": "{ " + " ".join(f"a{n}: viewer {{ kind }}" for n in range(380)) + " }",
    "one field 10,000 times": "{ viewer { " + "kind " * 10_000 + "} }",
    "one field 1,900 times": "{ viewer { " + "kind " * 1_900 + "} }",
    "deep nesting": "{ " + "a { " * 50_000,
    "deep nesting that closes": "{ viewer { " + "customer { " * 600 + "id" + " }" * 602,
    "deep lists in a literal": "{ nodes(ids: " + "[" * 1_500 + "]" * 1_500 + ") { id } }",
    "a huge list": "{ nodes(ids: [" + '"pm_1",' * 20_000 + "]) { id } }",
    "a circle of fragments": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "pages of pages": "{ customer { "
    + "paymentMethods(first: 100) { nodes { customer { " * 3
    + "id"
    + " } } }" * 3
    + " } }",
    "a giant string": '{ node(id: "' + "x" * 200_000 + '") { id } }',
    "a giant integer": "{ customer { paymentMethods(first: " + "9" * 50_000 + ") { nodes { id } } } }",
    "many mutations": "mutation { "
    + " ".join(f'a{n}: detachPaymentMethod(input: {{paymentMethodId: "x"}}) {{ errors {{ code }} }}' for n in range(50))
    + " }",
    "many operations": " ".join(f"query Q{n} {{ viewer {{ kind }} }}" for n in range(2_000)),
    "many directives": "{ viewer { kind " + "@include(if: true) " * 10_000 + "} }",
    "many variables": "query(" + " ".join(f"$v{n}: Int" for n in range(5_000)) + ") { viewer { kind } }",
    "introspection in circles": "{ __schema { types { " + "fields { type { " * 40 + "name" + " } }" * 40 + " } } }",
    "comments without end": "#" * 60_000 + "\n" + "#\n" * 60_000,
    "a negative page": "{ customer { x: paymentMethods(first: -99999999) { nodes { id } } "
    "paymentMethods(first: 100) { nodes { customer { paymentMethods(first: 100) { nodes { id } } } } } } }",
    "a long alias in a page": "{ customer { paymentMethods(first: 100) { nodes { " + "x" * 60_000 + ": id } } } }",
    "metadata under many aliases": "{ customer { paymentMethods(first: 100) { nodes { "
    + " ".join(f"a{n}: metadata" for n in range(59))
    + " } } } }",
    "introspection under aliases": "{ "
    + " ".join(f"a{n}: __schema {{ types {{ ...T }} }}" for n in range(19))
    + " } fragment T on __Type { name description fields { name description args { name description type "
    "{ name ofType { name } } } type { name description ofType { name description } } } }",
    "a giant integer in metadata": 'mutation { updatePaymentMethod(input: {paymentMethodId: "pm_1", metadata: {a: '
    + "9" * 50_000
    + "}}) { errors { code } } }",
    "introspection in fragments": "{ __schema { types { ...F0 } } }"
    + "".join(f" fragment F{n} on __Type {{ ...F{n + 1} ... {{ ...F{n + 1} }} }}" for n in range(150))
    + " fragment F150 on __Type { fields { type { fields { name description type { name } } } } }",
    "exponential inline fragments": "{ viewer { ...F0 } }"
    + "".join(f" fragment F{n} on Viewer {{ ...F{n + 1} ... {{ ...F{n + 1} }} }}" for n in range(150))
    + " fragment F150 on Viewer { kind }",
    "conditions everywhere": "query($a: Boolean!) { customer { paymentMethods(first: 100) { nodes { "
    + "... @include(if: $a) { metadata } " * 100
    + "} } } }",
}

IDS = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
UPDATE = "mutation($input: UpdatePaymentMethodInput!) { updatePaymentMethod(input: $input) { errors { code } } }"


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


HOSTILE_VARIABLES: dict[str, tuple[str, Any]] = {
    "60,000 ids": (IDS, {"ids": ["x"] * 60_000}),
    "60,000 ids of a wrong type": (IDS, {"ids": [{}] * 60_000}),
    "1,900 ids of a wrong type": (IDS, {"ids": [[]] * 1_900}),
    "101 ids": (IDS, {"ids": ["x" * 2_000] * 101}),
    "20,000 variables that are not declared": ("{ viewer { kind } }", {f"v{n}": n for n in range(20_000)}),
    "metadata with 15,000 keys": (
        UPDATE,
        {"input": {"paymentMethodId": "pm_1", "metadata": {f"k{n}": "v" for n in range(15_000)}}},
    ),
    "many unknown input fields": (UPDATE, {"input": {f"k{n}": n for n in range(1_900)}}),
    "a negative page in a variable": (
        "query($n: Int) { customer { paymentMethods(first: $n) { nodes { id } } } }",
        {"n": -(2**31)},
    ),
    "nested variables": (IDS, {"ids": _nested(400)}),
}
