"""Typed lookahead: the fields below which resolvers look, to choose their REST calls and `expand` parameters.

Each class is named after a type of the schema, and each attribute after one of its fields.
"""

from __future__ import annotations

from resolvers.reads.selection import Below, Selection
from schema.billing_subscription import BillingSubscription
from schema.client_access.customer_session import CustomerSession
from schema.connection import PaymentMethodConnection, PaymentMethodEdge
from schema.customer import Customer
from schema.payment_intents.payment_intent import PaymentIntent
from schema.payment_methods.payment_method import PaymentMethod
from schema.setup_intents.mandate import Mandate
from schema.setup_intents.setup_error import SetupError
from schema.setup_intents.setup_intent import SetupIntent


class CustomerSelection(Selection, of=Customer):
    id = Below(lambda: Selection)
    default_payment_method = Below(lambda: PaymentMethodSelection)
    payment_methods = Below(lambda: ConnectionSelection)


class PaymentMethodSelection(Selection, of=PaymentMethod):
    customer = Below(lambda: CustomerSelection)
    is_default = Below(lambda: Selection)
    subscriptions = Below(lambda: SubscriptionSelection)


class SubscriptionSelection(Selection, of=BillingSubscription):
    payment_method = Below(lambda: PaymentMethodSelection)


class EdgeSelection(Selection, of=PaymentMethodEdge):
    node = Below(lambda: PaymentMethodSelection)


class ConnectionSelection(Selection, of=PaymentMethodConnection):
    edges = Below(lambda: EdgeSelection)
    nodes = Below(lambda: PaymentMethodSelection)

    @property
    def methods(self) -> tuple[PaymentMethodSelection, PaymentMethodSelection]:
        """The selections of the payment methods: by `nodes`, and by `edges`."""
        return self.nodes, self.edges.node


class SetupErrorSelection(Selection, of=SetupError):
    payment_method = Below(lambda: PaymentMethodSelection)


class MandateSelection(Selection, of=Mandate):
    payment_method = Below(lambda: PaymentMethodSelection)


class SetupIntentSelection(Selection, of=SetupIntent):
    customer = Below(lambda: CustomerSelection)
    payment_method = Below(lambda: PaymentMethodSelection)
    mandate = Below(lambda: MandateSelection)
    last_setup_error = Below(lambda: SetupErrorSelection)


class PaymentIntentSelection(Selection, of=PaymentIntent):
    customer = Below(lambda: CustomerSelection)
    payment_method = Below(lambda: PaymentMethodSelection)
    last_payment_error = Below(lambda: SetupErrorSelection)


class CustomerSessionSelection(Selection, of=CustomerSession):
    customer = Below(lambda: CustomerSelection)
