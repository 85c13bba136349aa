"""The GraphQL operations that all servers are asked, and how they are put together from single fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quality.benchmarks.bodies import CUSTOMER, LONGEST_PAGE, UNATTACHED

FIELDS = (
    "id",
    "type",
    "card.brand",
    "card.last4",
    "card.expMonth",
    "card.expYear",
    "created",
    "card.displayBrand",
    "card.funding",
    "card.country",
    "card.fingerprint",
    "card.regulatedStatus",
    "card.checks.addressLine1Check",
    "card.checks.addressPostalCodeCheck",
    "card.checks.cvcCheck",
    "card.networks.available",
    "card.networks.preferred",
    "card.threeDSecureUsage.supported",
    "card.generatedFrom.charge",
    "card.generatedFrom.setupAttempt",
    "card.wallet.type",
    "card.wallet.dynamicLast4",
    "allowRedisplay",
    "metadata",
    "billingDetails.name",
    "billingDetails.email",
    "billingDetails.phone",
    "billingDetails.address.line1",
    "billingDetails.address.line2",
    "billingDetails.address.city",
    "billingDetails.address.state",
    "billingDetails.address.postalCode",
    "billingDetails.address.country",
    "billingDetails.taxId",
)
"""All that a payment method with a card has of Stripe's: 34 fields, those first that a wallet shows."""

MARK = "@MARK@"
"""A placeholder in a document for a number that makes each document different."""

_SHOWN = ("id", "displayLabel", "isExpired", "isDefault", "card.brand", "card.last4", "card.expMonth", "card.expYear")


@dataclass(frozen=True)
class Operation:
    """One request's body. `name` is the operation's own."""

    name: str
    document: str
    variables: Mapping[str, Any]

    def body(self) -> bytes:
        """The request as JSON."""
        members = {"query": self.document, "variables": self.variables, "operationName": self.name}
        return json.dumps(members, ensure_ascii=False).encode()


def selection(paths: Sequence[str]) -> str:
    """A selection set of these dotted paths, in their order: `{ id card { brand } }`."""
    tree: dict[str, Any] = {}
    for path in paths:
        node = tree
        for name in path.split("."):
            node = node.setdefault(name, {})
    return _written(tree)


def _written(tree: Mapping[str, Any]) -> str:
    fields = (f"{name} {_written(within)}" if within else name for name, within in tree.items())
    return f"{{ {' '.join(fields)} }}"


def attach() -> Operation:
    """The attach mutation with all of the method's fields."""
    document = (
        "mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) "
        f"{{ paymentMethod {selection(FIELDS)} errors {{ message code }} }} }}"
    )
    return Operation("Attach", document, {"input": {"paymentMethodId": UNATTACHED, "customerId": CUSTOMER}})


def listing(first: int = LONGEST_PAGE, paths: Sequence[str] = FIELDS) -> Operation:
    """A customer's methods, with these of their fields."""
    document = (
        "query List($id: ID!, $first: Int!) { customer(id: $id) "
        f"{{ paymentMethods(first: $first) {{ nodes {selection(paths)} }} }} }}"
    )
    return Operation("List", document, {"id": CUSTOMER, "first": first})


def wallet(first: int = 10) -> Operation:
    """The wallet screen: who it is, the default, a page of cards, which of them is the default, whether more follow."""
    document = (
        "query Wallet($id: ID!, $first: Int!) { customer(id: $id) { id name email "
        "defaultPaymentMethod { id displayLabel } "
        f"paymentMethods(first: $first) {{ nodes {selection(_SHOWN)} pageInfo {{ hasNextPage endCursor }} }} }} }}"
    )
    return Operation("Wallet", document, {"id": CUSTOMER, "first": first})


def numbered(operation: Operation, mark: str) -> Operation:
    """The same query of a customer in a different document for each `mark`, which is part of an alias."""
    document = operation.document.replace("{ customer(", f"{{ wallet_{mark}: customer(", 1)
    return Operation(operation.name, document, operation.variables)
