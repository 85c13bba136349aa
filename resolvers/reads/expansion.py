"""Which references Stripe expands into objects, so that one REST call returns everything that is selected."""

from __future__ import annotations

from collections.abc import Set

from resolvers.reads.lookahead import (
    ConnectionSelection,
    CustomerSelection,
    CustomerSessionSelection,
    MandateSelection,
    PaymentIntentSelection,
    PaymentMethodSelection,
    SetupIntentSelection,
    SubscriptionSelection,
)
from resolvers.reads.selection import memoized

MAX_DEPTH = 4
"""Stripe's limit for one path."""

DEFAULT_PAYMENT_METHOD = "invoice_settings.default_payment_method"


# Everything that any selection can need. A write with the client's idempotency key always expands all of it.
ALL_OF_CUSTOMER = frozenset({DEFAULT_PAYMENT_METHOD})
ALL_OF_PAYMENT_METHOD = frozenset({"customer", f"customer.{DEFAULT_PAYMENT_METHOD}"})
ALL_OF_CUSTOMER_SESSION = ALL_OF_PAYMENT_METHOD
ALL_OF_PAYMENT_INTENT = ALL_OF_PAYMENT_METHOD | {
    "payment_method",
    *(f"payment_method.{path}" for path in ALL_OF_PAYMENT_METHOD),
}
ALL_OF_SETUP_INTENT = ALL_OF_PAYMENT_INTENT | {
    "mandate",
    "mandate.payment_method",
    "mandate.payment_method.customer",
}


@memoized
def of_payment_method(selection: PaymentMethodSelection) -> frozenset[str]:
    """The `expand` paths of a payment method.

    A customer is expanded even if only the id is selected, because only the object shows whether it still exists.
    """
    if not selection.selects(PaymentMethodSelection.customer, PaymentMethodSelection.is_default):
        return frozenset()
    return _with("customer", of_customer(selection.customer))


@memoized
def of_customer(selection: CustomerSelection) -> frozenset[str]:
    """The `expand` paths of a customer. The default payment method's customer is the same, so it needs no path."""
    return ALL_OF_CUSTOMER if selection.default_payment_method.is_selected else frozenset()


@memoized
def needs_object(selection: CustomerSelection) -> bool:
    """Whether more than the id of a customer is selected."""
    return selection.selects_more_than(CustomerSelection.id)


@memoized
def of_mandate(selection: MandateSelection) -> frozenset[str]:
    """The `expand` paths of a mandate."""
    method = selection.payment_method
    return _with("payment_method", of_payment_method(method)) if method.is_selected else frozenset()


@memoized
def of_setup_intent(selection: SetupIntentSelection) -> frozenset[str]:
    """The `expand` paths of a SetupIntent."""
    paths = _of_intent(selection, selection.last_setup_error.payment_method)
    return paths | _with("mandate", of_mandate(selection.mandate)) if selection.mandate.is_selected else paths


@memoized
def of_payment_intent(selection: PaymentIntentSelection) -> frozenset[str]:
    """The `expand` paths of a PaymentIntent."""
    return _of_intent(selection, selection.last_payment_error.payment_method)


def _of_intent(intent: SetupIntentSelection | PaymentIntentSelection, failed: PaymentMethodSelection) -> frozenset[str]:
    paths: frozenset[str] = frozenset()
    if intent.customer.is_selected:
        paths |= _with("customer", of_customer(intent.customer))
    if intent.payment_method.is_selected:
        paths |= _with("payment_method", of_payment_method(intent.payment_method))
    # A payment method that failed has the customer of the intent.
    return paths | of_payment_method(failed)


@memoized
def of_customer_session(selection: CustomerSessionSelection) -> frozenset[str]:
    """The `expand` paths of a customer session."""
    customer = selection.customer
    return _with("customer", of_customer(customer)) if customer.is_selected else frozenset()


@memoized
def of_subscription(selection: SubscriptionSelection) -> frozenset[str]:
    """The `expand` paths of a subscription. Its payment method is its own, or inherited from the customer."""
    method = selection.payment_method
    if not method.is_selected:
        return frozenset()
    below = of_subscription(method.subscriptions)
    return below | {"default_payment_method", "customer", f"customer.{DEFAULT_PAYMENT_METHOD}"}


@memoized
def of_page_subscriptions(page: ConnectionSelection) -> frozenset[str]:
    """The `expand` paths of the subscriptions of all payment methods on a page. All have the same customer."""
    return frozenset().union(*(of_subscription(method.subscriptions) for method in page.methods))


@memoized
def of_page(page: ConnectionSelection) -> frozenset[str]:
    """The `expand` paths of a list of payment methods whose customer's id is not known in advance."""
    return frozenset(f"data.{path}" for method in page.methods for path in of_payment_method(method))


@memoized
def page_needs_customer(page: ConnectionSelection) -> bool:
    """Whether the payment methods of a page need their customer's object. All have the same customer."""
    return any(map(needs_customer, page.methods))


def needs_customer(method: PaymentMethodSelection) -> bool:
    """Whether a payment method needs more of its customer than the id."""
    return needs_object(method.customer) or method.is_default.is_selected


@memoized
def of_page_customer(page: ConnectionSelection) -> frozenset[str]:
    """The `expand` paths of the one customer whose payment methods are on the page."""
    return frozenset().union(*(of_customer(method.customer) for method in page.methods))


def _with(reference: str, paths: Set[str]) -> frozenset[str]:
    below = (f"{reference}.{path}" for path in paths)
    return frozenset({reference, *(path for path in below if path.count(".") < MAX_DEPTH)})
