"""The queries: field, description, resolver."""

from __future__ import annotations

import strawberry

from resolvers.customer import retrieve as retrieve_customer
from resolvers.node import retrieve as retrieve_node
from resolvers.node import retrieve_many as retrieve_nodes
from resolvers.payment_method import list_of_account as list_payment_methods
from resolvers.payment_method import retrieve as retrieve_payment_method
from resolvers.setup_intent import retrieve as retrieve_setup_intent
from resolvers.viewer import retrieve as retrieve_viewer
from schema.connection import PaymentMethodConnection
from schema.customer import Customer
from schema.node import Node
from schema.payment_method import PaymentMethod
from schema.setup_intent import SetupIntent
from schema.viewer import Viewer


@strawberry.type(description="What can be read.")
class Query:
    viewer: Viewer = strawberry.field(resolver=retrieve_viewer, description="Who is calling, as the credential proves.")
    node: Node | None = strawberry.field(
        resolver=retrieve_node,
        description="Any object by its id; null when there is none, or none that the caller may see.",
    )
    nodes: list[Node | None] = strawberry.field(
        resolver=retrieve_nodes,
        description="Up to 100 objects, in the order asked; null where one is missing or not the caller's.",
    )
    customer: Customer | None = strawberry.field(
        resolver=retrieve_customer,
        description=(
            "A customer, by default the caller's own. Null when there is none, or none that the caller may see."
        ),
    )
    payment_method: PaymentMethod | None = strawberry.field(
        resolver=retrieve_payment_method,
        description="A payment method. Null when there is none, or none that the caller may see.",
    )
    setup_intent: SetupIntent | None = strawberry.field(
        resolver=retrieve_setup_intent,
        description="A SetupIntent. Null when there is none, or none that the caller may see.",
    )
    payment_methods: PaymentMethodConnection | None = strawberry.field(
        resolver=list_payment_methods,
        description=(
            "The wallet of an Account that represents a customer, newest first, one page at a time; for a customer ask "
            "Customer.paymentMethods. Null when there is no such account, or none that the caller may see."
        ),
    )
