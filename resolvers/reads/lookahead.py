"""Typed lookahead: the fields below which resolvers look, to choose their REST calls and `expand` parameters.

Each class is named after a type of the schema, and each attribute after one of its fields. `expand` has the references
that Stripe is to expand into objects, so that one REST call returns everything that is selected. `EVERYTHING` has those
that any selection can need: a write with the client's idempotency key always expands all of it.
"""

from __future__ import annotations

from collections.abc import Set

from resolvers.reads.selection import Below, Selection, memoized
from schema.billing_subscription import BillingSubscription
from schema.client_access.customer_session import CustomerSession
from schema.connection import PaymentMethodConnection, PaymentMethodEdge
from schema.customer import Customer
from schema.payment_intents.payment_intent import PaymentIntent
from schema.payment_methods.payment_method import PaymentMethod
from schema.setup_intents.mandate import Mandate
from schema.setup_intents.setup_error import SetupError
from schema.setup_intents.setup_intent import SetupIntent

MAX_DEPTH = 4
"""Stripe's limit for one path."""

DEFAULT_PAYMENT_METHOD = "invoice_settings.default_payment_method"


class CustomerSelection(Selection, of=Customer):
    EVERYTHING = frozenset({DEFAULT_PAYMENT_METHOD})

    id = Below(lambda: Selection)
    default_payment_method = Below(lambda: PaymentMethodSelection)
    payment_methods = Below(lambda: ConnectionSelection)

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        # The default payment method's customer is the same, so it needs no path.
        return self.EVERYTHING if self.default_payment_method.is_selected else frozenset()

    @property
    @memoized
    def needs_object(self) -> bool:
        """Whether more than the id is selected."""
        return self.selects_more_than(CustomerSelection.id)


class PaymentMethodSelection(Selection, of=PaymentMethod):
    EVERYTHING = frozenset({"customer", f"customer.{DEFAULT_PAYMENT_METHOD}"})

    customer = Below(lambda: CustomerSelection)
    is_default = Below(lambda: Selection)
    subscriptions = Below(lambda: SubscriptionSelection)

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        # A customer is expanded even if only the id is selected: only the object shows whether it still exists.
        if not self.selects(PaymentMethodSelection.customer, PaymentMethodSelection.is_default):
            return frozenset()
        return _with("customer", self.customer.expand)

    @property
    def needs_customer(self) -> bool:
        """Whether it needs more of its customer than the id."""
        return self.customer.needs_object or self.is_default.is_selected


class SubscriptionSelection(Selection, of=BillingSubscription):
    payment_method = Below(lambda: PaymentMethodSelection)

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        # The payment method is the subscription's own, or inherited from the customer.
        if not self.payment_method.is_selected:
            return frozenset()
        below = self.payment_method.subscriptions.expand
        return below | {"default_payment_method", "customer", f"customer.{DEFAULT_PAYMENT_METHOD}"}


class EdgeSelection(Selection, of=PaymentMethodEdge):
    node = Below(lambda: PaymentMethodSelection)


class ConnectionSelection(Selection, of=PaymentMethodConnection):
    edges = Below(lambda: EdgeSelection)
    nodes = Below(lambda: PaymentMethodSelection)

    @property
    def methods(self) -> tuple[PaymentMethodSelection, PaymentMethodSelection]:
        """The selections of the payment methods: by `nodes`, and by `edges`. All have the same customer."""
        return self.nodes, self.edges.node

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        """For a list whose customer's id is not known in advance."""
        return frozenset(f"data.{path}" for method in self.methods for path in method.expand)

    @property
    @memoized
    def needs_customer(self) -> bool:
        """Whether the payment methods need their customer's object."""
        return any(method.needs_customer for method in self.methods)

    @property
    @memoized
    def expand_in_customer(self) -> frozenset[str]:
        """The `expand` paths of the one customer that the payment methods have."""
        return frozenset().union(*(method.customer.expand for method in self.methods))

    @property
    @memoized
    def expand_in_subscriptions(self) -> frozenset[str]:
        """The `expand` paths of the subscriptions of all payment methods."""
        return frozenset().union(*(method.subscriptions.expand for method in self.methods))


class SetupErrorSelection(Selection, of=SetupError):
    payment_method = Below(lambda: PaymentMethodSelection)


class MandateSelection(Selection, of=Mandate):
    payment_method = Below(lambda: PaymentMethodSelection)

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        return _reference("payment_method", self.payment_method)


class PaymentIntentSelection(Selection, of=PaymentIntent):
    EVERYTHING = PaymentMethodSelection.EVERYTHING | {
        "payment_method",
        *(f"payment_method.{path}" for path in PaymentMethodSelection.EVERYTHING),
    }

    customer = Below(lambda: CustomerSelection)
    payment_method = Below(lambda: PaymentMethodSelection)
    last_payment_error = Below(lambda: SetupErrorSelection)

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        references = _reference("customer", self.customer) | _reference("payment_method", self.payment_method)
        # A payment method that failed has the customer of the intent.
        return references | self.last_payment_error.payment_method.expand


class SetupIntentSelection(Selection, of=SetupIntent):
    EVERYTHING = PaymentIntentSelection.EVERYTHING | {
        "mandate",
        "mandate.payment_method",
        "mandate.payment_method.customer",
    }

    customer = Below(lambda: CustomerSelection)
    payment_method = Below(lambda: PaymentMethodSelection)
    mandate = Below(lambda: MandateSelection)
    last_setup_error = Below(lambda: SetupErrorSelection)

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        references = _reference("customer", self.customer) | _reference("payment_method", self.payment_method)
        # A payment method that failed has the customer of the intent.
        return references | _reference("mandate", self.mandate) | self.last_setup_error.payment_method.expand


class CustomerSessionSelection(Selection, of=CustomerSession):
    EVERYTHING = PaymentMethodSelection.EVERYTHING

    customer = Below(lambda: CustomerSelection)

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        return _reference("customer", self.customer)


def _reference(name: str, selection: Selection) -> frozenset[str]:
    """The paths of a reference and of what is selected below it; none if it is not selected."""
    return _with(name, selection.expand) if selection.is_selected else frozenset()


def _with(reference: str, paths: Set[str]) -> frozenset[str]:
    below = (f"{reference}.{path}" for path in paths)
    return frozenset({reference, *(path for path in below if path.count(".") < MAX_DEPTH)})
