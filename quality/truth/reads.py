"""The reads of a history: queries with different selections, and the facts in their responses.

A fact comes from one REST response, so it must match a single state. Different facts of a response may match different
states.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quality.truth.timeline import Json, State

METHOD = "id allowRedisplay billingDetails { name } card { last4 expMonth expYear }"
REDISPLAY = ("ALWAYS", "LIMITED", "UNSPECIFIED")
PAGE = 100


@dataclass(frozen=True)
class Fact:
    """A part of a response, and a function that returns its expected value in a state."""

    name: str
    observed: Any
    expected: Callable[[State], Any]


@dataclass(frozen=True)
class Read:
    """A query, and a function that returns the facts in its data."""

    query: str
    variables: Mapping[str, Any]
    facts: Callable[[Any], Iterator[Fact]]


@dataclass(frozen=True)
class Subjects:
    """The objects that a read may name: the customer, all its past and present payment methods, and foreign objects."""

    customer: str
    methods: Sequence[str]
    other_customer: str
    others_methods: Sequence[str]
    is_service: bool


def draw_read(rng: random.Random, subjects: Subjects) -> Read:
    """Draw a read of any kind."""
    kinds = [_wallet, _wallet, _page, _filtered, _default, _is_default, _email]
    if subjects.methods:
        kinds += [_method, _method, _nodes]
    if not subjects.is_service and subjects.others_methods:
        kinds += [_foreign]
    return rng.choice(kinds)(rng, subjects)


def _wallet(rng: random.Random, subjects: Subjects) -> Read:
    """The wallet screen: the customer, its default's id, and the whole wallet."""
    selection = f"id email defaultPaymentMethod {{ id }} paymentMethods(first: {PAGE}) {{ nodes {{ {METHOD} }} }}"

    def facts(customer: Any) -> Iterator[Fact]:
        yield _email_fact(subjects.customer, customer)
        yield _default_fact(subjects.customer, customer)
        yield _page_fact(subjects.customer, customer["paymentMethods"])

    return _customer_read(subjects, selection, facts)


def _page(rng: random.Random, subjects: Subjects) -> Read:
    """A short page of the wallet."""
    size = rng.randint(1, 3)
    selection = f"id paymentMethods(first: {size}) {{ nodes {{ {METHOD} }} pageInfo {{ hasNextPage }} }}"
    return _customer_read(
        subjects,
        selection,
        lambda customer: iter([_page_fact(subjects.customer, customer["paymentMethods"], size=size)]),
    )


def _filtered(rng: random.Random, subjects: Subjects) -> Read:
    """The wallet, filtered by `allowRedisplay`."""
    redisplay = rng.choice(REDISPLAY)
    selection = f"id paymentMethods(first: {PAGE}, allowRedisplay: {redisplay}) {{ nodes {{ {METHOD} }} }}"
    return _customer_read(
        subjects,
        selection,
        lambda customer: iter([_page_fact(subjects.customer, customer["paymentMethods"], redisplay=redisplay)]),
    )


def _default(rng: random.Random, subjects: Subjects) -> Read:
    """The default payment method with its card, which Stripe expands in the customer."""

    def facts(customer: Any) -> Iterator[Fact]:
        def expected(state: State) -> Any:
            default = state.default_of(subjects.customer)
            return default and method_value(state.methods[default])

        yield Fact("the default", customer["defaultPaymentMethod"], expected)

    return _customer_read(subjects, f"id defaultPaymentMethod {{ {METHOD} }}", facts)


def _is_default(rng: random.Random, subjects: Subjects) -> Read:
    """Which card of the wallet is the default."""

    def facts(customer: Any) -> Iterator[Fact]:
        marks = {node["id"]: node["isDefault"] for node in customer["paymentMethods"]["nodes"]}

        def expected(state: State) -> Any:
            default = state.default_of(subjects.customer)
            return {id: id == default for id in marks}

        yield Fact("the isDefault fields", marks, expected)
        yield Fact("the ids", list(marks), lambda state: [body["id"] for body in state.wallet(subjects.customer)])

    return _customer_read(subjects, f"id paymentMethods(first: {PAGE}) {{ nodes {{ id isDefault }} }}", facts)


def _email(rng: random.Random, subjects: Subjects) -> Read:
    """The customer alone."""
    return _customer_read(
        subjects,
        "id email",
        lambda customer: iter([_email_fact(subjects.customer, customer)]) if customer else iter(()),
    )


def _method(rng: random.Random, subjects: Subjects) -> Read:
    """One payment method, with or without its customer."""
    id = rng.choice(subjects.methods)
    with_customer = rng.random() < 0.5
    selection = f"{METHOD} customer {{ id email }}" if with_customer else METHOD

    def facts(data: Any) -> Iterator[Fact]:
        found = data["paymentMethod"]
        shown = {name: value for name, value in found.items() if name != "customer"} if found else None
        yield Fact(f"payment method {id}", shown, lambda state: _visible(state, id, subjects))
        if found and with_customer:
            owner = found["customer"] and found["customer"]["id"]
            yield Fact(f"the owner of {id}", owner, lambda state: state.owner_of(id))

    return Read(f"query($id: ID!) {{ paymentMethod(id: $id) {{ {selection} }} }}", {"id": id}, facts)


def _nodes(rng: random.Random, subjects: Subjects) -> Read:
    """Several payment methods by `nodes`."""
    ids = rng.sample(subjects.methods, min(len(subjects.methods), rng.randint(1, 3)))

    def facts(data: Any) -> Iterator[Fact]:
        for id, node in zip(ids, data["nodes"], strict=True):
            yield Fact(f"node {id}", node, lambda state, id=id: _visible(state, id, subjects))  # type: ignore[misc]

    query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on PaymentMethod {{ {METHOD} }} }} }}"
    return Read(query, {"ids": ids}, facts)


def _foreign(rng: random.Random, subjects: Subjects) -> Read:
    """Objects of another customer, which must appear as missing."""
    variables = {"method": rng.choice(subjects.others_methods), "customer": subjects.other_customer}
    query = f"""query($method: ID!, $customer: ID!) {{
      paymentMethod(id: $method) {{ {METHOD} customer {{ id }} }} customer(id: $customer) {{ id email }} }}"""

    def facts(data: Any) -> Iterator[Fact]:
        for name in ("paymentMethod", "customer"):
            yield Fact(f"another customer's {name}", data[name], lambda state: None)

    return Read(query, variables, facts)


def _customer_read(subjects: Subjects, selection: str, facts: Callable[[Any], Iterator[Fact]]) -> Read:
    """A read of the customer. Only a service passes the customer's id. The result is null for a deleted customer."""

    def all_facts(data: Any) -> Iterator[Fact]:
        customer = data["customer"]
        if customer is None:
            yield Fact("no customer", True, lambda state: subjects.customer not in state.customers)
            return
        yield Fact("the customer's id", customer["id"], lambda state: subjects.customer)
        yield from facts(customer)

    if subjects.is_service:
        query = f"query($id: ID!) {{ customer(id: $id) {{ {selection} }} }}"
        return Read(query, {"id": subjects.customer}, all_facts)
    return Read(f"{{ customer {{ {selection} }} }}", {}, all_facts)


def _email_fact(customer: str, found: Any) -> Fact:
    return Fact("the email address", found["email"], lambda state: state.customers.get(customer, {}).get("email"))


def _default_fact(customer: str, found: Any) -> Fact:
    default = found["defaultPaymentMethod"]
    return Fact("the default's id", default and default["id"], lambda state: state.default_of(customer))


def _page_fact(customer: str, found: Any, *, size: int = PAGE, redisplay: str | None = None) -> Fact:
    def expected(state: State) -> Any:
        values = [method_value(body) for body in state.wallet(customer) if customer in state.customers]
        values = [value for value in values if redisplay in (None, value["allowRedisplay"])]
        return values[:size], len(values) > size

    observed = found["nodes"], found.get("pageInfo", {}).get("hasNextPage", len(found["nodes"]) > size)
    return Fact(f"the wallet's first {size}", observed, expected)


def _visible(state: State, id: str, subjects: Subjects) -> Any:
    """A payment method as visible to the caller: a customer sees only its own wallet."""
    if id not in state.methods or (not subjects.is_service and state.owner_of(id) != subjects.customer):
        return None
    return method_value(state.methods[id])


def method_value(body: Json) -> Mapping[str, Any]:
    """A payment method as METHOD selects it."""
    card = body["card"]
    return {
        "id": body["id"],
        "allowRedisplay": body["allow_redisplay"].upper(),
        "billingDetails": {"name": body["billing_details"]["name"]},
        "card": {"last4": card["last4"], "expMonth": card["exp_month"], "expYear": card["exp_year"]},
    }
