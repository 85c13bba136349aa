"""createCustomerSession: one REST call."""

from __future__ import annotations

import strawberry

from resolvers.reads.lookahead import CustomerSessionSelection
from resolvers.reads.selection import Below, Selection
from resolvers.references import owner_parameter
from resolvers.writes import shared_fields
from resolvers.writes.session_components import CustomerSessionComponentsInput, components_parameter
from resolvers.writes.write import Write, mutation
from schema.client_access.customer_session import CustomerSession
from schema.errors import UserError


@strawberry.input(description="The customer, and the components that show the customer's payment methods.")
class CreateCustomerSessionInput:
    components: CustomerSessionComponentsInput = shared_fields.required(
        "The components that use the session, and what the customer can do in each."
    )
    customer_id: strawberry.ID | None = shared_fields.customer_id()
    customer_account_id: strawberry.ID | None = shared_fields.customer_account_id()
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of creating a customer session.")
class CreateCustomerSessionPayload:
    customer_session: CustomerSession | None = shared_fields.result("The new customer session.")
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=CreateCustomerSessionPayload):
    customer_session = Below(lambda: CustomerSessionSelection)


@mutation(
    "Creates a customer session: POST /v1/customer_sessions. Stripe's Payment Element, PaymentSheet and "
    "CustomerSheet need one to show saved payment methods."
)
async def create(write: Write, input: CreateCustomerSessionInput) -> CreateCustomerSessionPayload:
    owner = write.context.access.required_owner(input.customer_id, input.customer_account_id)
    json = await write.send(
        "create",
        write.context.stripe.customer_sessions.create,
        components_parameter(write.context, input.components),
        **owner_parameter(owner),
        expand=write.expand(write.selection(_Selection).customer_session),
    )
    write.context.prime_customer(json.get("customer"))
    return CreateCustomerSessionPayload(customer_session=CustomerSession(json))
