"""The GraphQL operations of the workloads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quality.benchmarks import selection
from quality.benchmarks.bodies import CUSTOMER, CUSTOMER_WITH_ALL_TYPES, LONGEST_PAGE, UNATTACHED
from quality.benchmarks.selection import Path, selection_set
from quality.benchmarks.type_bodies import ALL_KINDS

FIELDS: Sequence[Path] = selection.payment_method(selection.FURTHER_CALLS)
"""All fields of a payment method with a card that cost no REST call, in the schema's order."""

MARK = "@MARK@"
"""A placeholder in a document for a number that makes each document different."""


@dataclass(frozen=True)
class Operation:
    """A GraphQL request. `name` is the name of the operation in the document."""

    name: str
    document: str
    variables: Mapping[str, Any]

    def body(self) -> bytes:
        """The request as JSON."""
        members = {"query": self.document, "variables": self.variables, "operationName": self.name}
        return json.dumps(members, ensure_ascii=False).encode()


def attach() -> Operation:
    """The attach mutation, which selects all fields of the payment method."""
    document = (
        "mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) "
        f"{{ paymentMethod {selection_set(FIELDS)} errors {{ message code }} }} }}"
    )
    return Operation("Attach", document, {"input": {"paymentMethodId": UNATTACHED, "customerId": CUSTOMER}})


def listing(first: int = LONGEST_PAGE, paths: Sequence[Path] = FIELDS, id: str = CUSTOMER) -> Operation:
    """A customer's payment methods with the given fields."""
    document = (
        "query List($id: ID!, $first: Int!) { customer(id: $id) "
        f"{{ paymentMethods(first: $first) {{ nodes {selection_set(paths)} }} }} }}"
    )
    return Operation("List", document, {"id": id, "first": first})


def all_types() -> Operation:
    """A list with one payment method of each type, and every field of every type."""
    paths = selection.payment_method(selection.FURTHER_CALLS, all_types=True)
    return listing(len(ALL_KINDS), paths, CUSTOMER_WITH_ALL_TYPES)


def wallet(first: int = 10) -> Operation:
    """The wallet screen: the customer, the default and the first page, with all fields."""
    methods, page = selection.payment_method(selection.WALLET), "paymentMethods(first: $first)"
    paths = [
        ("id",),
        *selection.customer(),
        *(("defaultPaymentMethod", *path) for path in methods),
        *((page, "nodes", *path) for path in methods),
        *((page, "pageInfo", *path) for path in selection.page_info()),
    ]
    document = f"query Wallet($id: ID!, $first: Int!) {{ customer(id: $id) {selection_set(paths)} }}"
    return Operation("Wallet", document, {"id": CUSTOMER, "first": first})


def short_wallet() -> Operation:
    """A wallet screen with few fields, so that 10,000 documents take less than a minute."""
    document = (
        "query Wallet($id: ID!, $first: Int!) { customer(id: $id) { id name email "
        "defaultPaymentMethod { id displayLabel } paymentMethods(first: $first) { nodes { id displayLabel isExpired "
        "isDefault card { brand last4 expMonth expYear } } pageInfo { hasNextPage endCursor } } } }"
    )
    return Operation("Wallet", document, {"id": CUSTOMER, "first": 10})


def numbered(operation: Operation, mark: str) -> Operation:
    """The same query in a distinct document for each `mark`, which becomes part of an alias."""
    document = operation.document.replace("{ customer(", f"{{ wallet_{mark}: customer(", 1)
    return Operation(operation.name, document, operation.variables)
