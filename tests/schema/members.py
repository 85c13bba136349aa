"""Which members of Stripe's JSON the schema reads, and those that it leaves out with the reason."""

from __future__ import annotations

from typing import Any

from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition

from schema.customer import Customer
from schema.payment_methods.details import OtherPaymentMethodDetails
from schema.payment_methods.payment_method import PaymentMethod
from schema.payment_methods.payment_method_type import KINDS
from schema.reading import View, reading_of

LEFT_OUT: dict[type[View], dict[str, str]] = {
    PaymentMethod: {
        "object": "it is __typename",
        "radar_options": "a session of fraud detection, of no use to frontends",
    },
    Customer: {
        "object": "it is __typename",
        **dict.fromkeys(
            ["balance", "cash_balance", "invoice_credit_balance", "discount", "subscriptions"],
            "billing, not the wallet",
        ),
        **dict.fromkeys(["invoice_prefix", "next_invoice_sequence"], "how invoices are written"),
        **dict.fromkeys(["tax", "tax_ids"], "taxes of invoices"),
        **dict.fromkeys(["default_source", "sources"], "legacy sources, which payment methods have replaced"),
        **dict.fromkeys(["business_name", "individual_name"], "parts of name for some countries' invoices"),
        "customer_account": "an Account is no wallet of its own here",
        "deleted": "a deleted customer is null",
        "test_clock": "of Stripe's test mode only",
    },
}
WALLETS_WITHOUT_MEMBERS = {"amex_express_checkout", "apple_pay", "google_pay", "link", "samsung_pay"}
EDGES: dict[type[View], set[str]] = {PaymentMethod: {"customer"}, Customer: {"invoice_settings"}}
"""Members that resolvers read, since they may need a further call."""


def covered(view: Any) -> set[str]:
    """The members of its JSON that a view reads."""
    readings = {field.python_name: reading_of(field) for field in view.__strawberry_definition__.fields}
    found = {
        (reading.path or (name,))[0]
        for name, reading in readings.items()
        if reading is not None and not reading.compute
    }
    if view is PaymentMethod:
        found |= set(KINDS)
    return found | EDGES.get(view, set())


def views_within(view: Any) -> dict[str, type[View]]:
    """The members of a view's JSON that have a view of their own."""
    within: dict[str, Any] = {}
    for field in view.__strawberry_definition__.fields:
        reading = reading_of(field)
        inner = _named(field.type)
        if reading is not None and not reading.compute and has_object_definition(inner):
            within[(reading.path or (field.python_name,))[0]] = inner
    if view is PaymentMethod:
        within |= {word: kind.details or OtherPaymentMethodDetails for word, kind in KINDS.items()}
    return within


def _named(type_: object) -> object:
    while isinstance(type_, StrawberryOptional | StrawberryList):
        type_ = type_.of_type
    return type_
