"""Table of contents: the queries, each with its resolver and description."""

from __future__ import annotations

import strawberry

from resolvers.queries.customer import retrieve as retrieve_customer
from resolvers.queries.node import NODES_SIZE
from resolvers.queries.node import retrieve as retrieve_node
from resolvers.queries.node import retrieve_many as retrieve_nodes
from resolvers.queries.payment_intent import retrieve as retrieve_payment_intent
from resolvers.queries.payment_method import list_of_account as list_payment_methods
from resolvers.queries.payment_method import retrieve as retrieve_payment_method
from resolvers.queries.setup_intent import retrieve as retrieve_setup_intent
from resolvers.queries.viewer import retrieve as retrieve_viewer
from schema.connection import PaymentMethodConnection
from schema.customer import Customer
from schema.list_size import PAGE_SIZE
from schema.node import Node
from schema.payment_intents.payment_intent import PaymentIntent
from schema.payment_methods.payment_method import PaymentMethod
from schema.setup_intents.setup_intent import SetupIntent
from schema.viewer import Viewer


@strawberry.type(description="The queries.")
class Query:
    viewer: Viewer = strawberry.field(
        resolver=retrieve_viewer, description="The caller of this request, as the credential proves."
    )
    node: Node | None = strawberry.field(
        resolver=retrieve_node,
        description="An object of any type by id. Null if it does not exist, or the caller may not access it.",
    )
    nodes: list[Node | None] = strawberry.field(
        resolver=retrieve_nodes,
        metadata=NODES_SIZE.metadata,
        description=(
            "Up to 100 objects by id, in the order of ids. An entry is null if the object does not exist, or the "
            "caller may not access it."
        ),
    )
    customer: Customer | None = strawberry.field(
        resolver=retrieve_customer,
        description=(
            "A customer: by default the caller's own. Null if the customer does not exist, or the caller may not "
            "access it."
        ),
    )
    payment_method: PaymentMethod | None = strawberry.field(
        resolver=retrieve_payment_method,
        description="A payment method. Null if it does not exist, or the caller may not access it.",
    )
    setup_intent: SetupIntent | None = strawberry.field(
        resolver=retrieve_setup_intent,
        description="A SetupIntent. Null if it does not exist, or the caller may not access it.",
    )
    payment_intent: PaymentIntent | None = strawberry.field(
        resolver=retrieve_payment_intent,
        description="A PaymentIntent. Null if it does not exist, or the caller may not access it.",
    )
    payment_methods: PaymentMethodConnection | None = strawberry.field(
        resolver=list_payment_methods,
        metadata=PAGE_SIZE.metadata,
        description=(
            "One page of the payment methods of an Account that represents a customer, newest first. For a customer, "
            "use Customer.paymentMethods. Null if the account does not exist, or the caller may not access it."
        ),
    )
