"""Which references Stripe shall expand into objects, so that one call answers all that is selected."""

from __future__ import annotations

from collections.abc import Set

from resolvers.selection import NO_CALL_FIELDS, Selection, remembered

MAX_DEPTH = 4
"""Stripe expands no deeper."""

DEFAULT_PAYMENT_METHOD = "invoice_settings.default_payment_method"


@remembered
def of_payment_method(selection: Selection) -> frozenset[str]:
    """The `expand` paths of a payment method, below which `selection` stands."""
    fields = selection.fields("PaymentMethod")
    customer = selection.below("PaymentMethod", "customer")
    if "isDefault" not in fields and not needs_object(customer, "Customer"):
        return frozenset()
    return frozenset({"customer", *_within("customer", of_customer(customer))})


@remembered
def of_customer(selection: Selection) -> frozenset[str]:
    """The `expand` paths of a customer. Its default's own customer is that customer again, and costs nothing."""
    if not needs_object(selection.below("Customer", "defaultPaymentMethod"), "PaymentMethod"):
        return frozenset()
    return frozenset({DEFAULT_PAYMENT_METHOD})


def needs_object(selection: Selection, type_name: str) -> bool:
    """Whether more is selected than a reference can answer."""
    return not NO_CALL_FIELDS.issuperset(selection.fields(type_name))


@remembered
def of_setup_intent(selection: Selection) -> frozenset[str]:
    """The `expand` paths of a SetupIntent."""
    paths: set[str] = set()
    customer = selection.below("SetupIntent", "customer")
    if needs_object(customer, "Customer"):
        paths |= {"customer", *_within("customer", of_customer(customer))}
    method = selection.below("SetupIntent", "paymentMethod")
    if needs_object(method, "PaymentMethod"):
        paths |= {"payment_method", *_within("payment_method", of_payment_method(method))}
    return frozenset(paths)


@remembered
def page_needs_customer(page: Selection) -> bool:
    """Whether the payment methods of a page need their customer's object. All have the same one."""
    methods = (
        page.below("PaymentMethodConnection", "nodes"),
        page.below("PaymentMethodConnection", "edges").below("PaymentMethodEdge", "node"),
    )
    return any(of_payment_method(selection) for selection in methods)


def _within(parent: str, paths: Set[str]) -> set[str]:
    return {path for path in (f"{parent}.{path}" for path in paths) if path.count(".") < MAX_DEPTH}
