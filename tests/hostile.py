"""Documents that are made to cost more than they look; each is refused before it is executed."""

from __future__ import annotations

CHAIN = "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(200))
HOSTILE = {
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
}
