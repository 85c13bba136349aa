"""Which references Stripe shall expand into objects, so that one call answers all that is selected."""

from __future__ import annotations

from collections.abc import Set

from resolvers.selection import NO_CALL_FIELDS, Selection, remembered

MAX_DEPTH = 4
"""Stripe expands no deeper."""

DEFAULT_PAYMENT_METHOD = "invoice_settings.default_payment_method"


# All that any selection can ask for: what a write with the client's idempotency key always expands.
ALL_OF_CUSTOMER = frozenset({DEFAULT_PAYMENT_METHOD})
ALL_OF_PAYMENT_METHOD = frozenset({"customer", f"customer.{DEFAULT_PAYMENT_METHOD}"})
ALL_OF_SETUP_INTENT = ALL_OF_PAYMENT_METHOD | {
    "payment_method",
    *(f"payment_method.{path}" for path in ALL_OF_PAYMENT_METHOD),
}


@remembered
def of_payment_method(selection: Selection) -> frozenset[str]:
    """The `expand` paths of a payment method, below which `selection` stands.

    A reference is expanded even where only its id is selected: its object alone says whether it still exists.
    """
    if selection.fields("PaymentMethod").keys().isdisjoint(("customer", "isDefault")):
        return frozenset()
    return _with("customer", of_customer(selection.below("PaymentMethod", "customer")))


@remembered
def of_customer(selection: Selection) -> frozenset[str]:
    """The `expand` paths of a customer. Its default's own customer is that customer again, and costs nothing."""
    return ALL_OF_CUSTOMER if "defaultPaymentMethod" in selection.fields("Customer") else frozenset()


def needs_object(selection: Selection, type_name: str) -> bool:
    """Whether more is selected than a reference can answer."""
    return not NO_CALL_FIELDS.issuperset(selection.fields(type_name))


@remembered
def of_setup_intent(selection: Selection) -> frozenset[str]:
    """The `expand` paths of a SetupIntent."""
    fields = selection.fields("SetupIntent")
    paths: frozenset[str] = frozenset()
    if "customer" in fields:
        paths |= _with("customer", of_customer(selection.below("SetupIntent", "customer")))
    if "paymentMethod" in fields:
        paths |= _with("payment_method", of_payment_method(selection.below("SetupIntent", "paymentMethod")))
    failed = selection.below("SetupIntent", "lastSetupError").below("SetupError", "paymentMethod")
    # The customer of the payment method that failed is that of the SetupIntent.
    return paths | of_payment_method(failed)


@remembered
def of_page(page: Selection) -> frozenset[str]:
    """The `expand` paths of a list of payment methods whose customer is not known before."""
    return frozenset(f"data.{path}" for method in _methods(page) for path in of_payment_method(method))


@remembered
def page_needs_customer(page: Selection) -> bool:
    """Whether the payment methods of a page need their customer's object. All have the same one."""
    return any(map(needs_customer, _methods(page)))


def needs_customer(method: Selection) -> bool:
    """Whether a payment method, below which `method` stands, needs more of its customer than the id."""
    in_full = needs_object(method.below("PaymentMethod", "customer"), "Customer")
    return in_full or "isDefault" in method.fields("PaymentMethod")


@remembered
def of_page_customer(page: Selection) -> frozenset[str]:
    """The `expand` paths of the one customer whose payment methods are on the page."""
    return frozenset().union(*(of_customer(method.below("PaymentMethod", "customer")) for method in _methods(page)))


def _methods(page: Selection) -> tuple[Selection, Selection]:
    edges = page.below("PaymentMethodConnection", "edges")
    return page.below("PaymentMethodConnection", "nodes"), edges.below("PaymentMethodEdge", "node")


def _with(reference: str, paths: Set[str]) -> frozenset[str]:
    below = (f"{reference}.{path}" for path in paths)
    return frozenset({reference, *(path for path in below if path.count(".") < MAX_DEPTH)})
