"""createSetupIntent: one REST call."""

from __future__ import annotations

import strawberry

from resolvers.access import Access
from resolvers.errors.exceptions import invalid_input
from resolvers.queries.setup_intent import from_json
from resolvers.reads import expansion
from resolvers.reads.lookahead import SetupIntentSelection
from resolvers.reads.selection import Below, Selection
from resolvers.writes import shared_fields
from resolvers.writes.metadata import metadata_parameter
from resolvers.writes.write import Write, mutation
from schema.errors import CardDeclinedError, DeclinedError, NotReusableError, NotSaveableError, UserError
from schema.scalars import JSON
from schema.setup_intents.setup_intent import SetupIntent, SetupIntentUsage
from stripe_api.form import Value


@strawberry.input(description="The customer to save a payment method for, and its intended use.")
class CreateSetupIntentInput:
    customer_id: strawberry.ID | None = shared_fields.customer_id(
        but=", or create a SetupIntent without a customer: its payment method is not saved, and can be used once"
    )
    payment_method_id: strawberry.ID | None = shared_fields.optional(
        "Id of the payment method, pm_… If null or omitted, the customer's device provides the payment method on "
        "confirmation."
    )
    usage: SetupIntentUsage = strawberry.field(
        default=SetupIntentUsage.OFF_SESSION, description="The intended use of the payment method."
    )
    confirm: bool = strawberry.field(
        default=False, description="Whether to confirm the SetupIntent in the same request. Requires paymentMethodId."
    )
    return_url: str | None = shared_fields.optional(
        "The URL that the bank's page sends the customer back to. Only with confirm. Null has the same meaning as "
        "omitting it."
    )
    payment_method_types: list[str] | None = shared_fields.optional(
        "Stripe's names of the types of payment methods that it accepts, for example card and sepa_debit. If null or "
        "omitted, the types that are on in the Stripe Dashboard. With confirm, returnUrl is required if one of them "
        "redirects."
    )
    description: str | None = shared_fields.optional("A text that describes the SetupIntent, at most 1000 characters.")
    metadata: JSON | None = shared_fields.optional(
        "Key-value pairs of strings to attach to the SetupIntent: at most 50 keys of 40 characters, with values of at "
        "most 500 characters."
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of creating a SetupIntent.")
class CreateSetupIntentPayload:
    setup_intent: SetupIntent | None = shared_fields.result("The new SetupIntent.")
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=CreateSetupIntentPayload):
    setup_intent = Below(lambda: SetupIntentSelection)


@mutation(
    tests_card=True,
    errors=(NotReusableError, NotSaveableError, CardDeclinedError, DeclinedError),
    description=(
        "Starts saving a payment method, as Stripe recommends: POST /v1/setup_intents. The customer's device then "
        "confirms the SetupIntent with clientSecret."
    ),
)
async def create(write: Write, input: CreateSetupIntentInput) -> CreateSetupIntentPayload:
    selected = expansion.of_setup_intent(write.selection(_Selection).setup_intent)
    json = await write.send(
        "create",
        write.context.stripe.setup_intents.create,
        _parameters(write.context.access, input),
        expand=write.expand(selected, expansion.ALL_OF_SETUP_INTENT),
    )
    return CreateSetupIntentPayload(setup_intent=from_json(write.context, json))


def _parameters(access: Access, input: CreateSetupIntentInput) -> dict[str, Value | None]:
    if input.confirm and input.payment_method_id is None:
        raise invalid_input("paymentMethodId", "Give the payment method to confirm with, or omit confirm.")
    if input.return_url is not None and not input.confirm:
        raise invalid_input(
            "returnUrl", "Give returnUrl only with confirm. Without confirm, give it to confirmSetupIntent."
        )
    return {
        **_accepted_types(input),
        "customer": access.customer_named(input.customer_id),
        "payment_method": input.payment_method_id,
        "usage": input.usage.stripe_value,
        "confirm": True if input.confirm else None,
        "return_url": input.return_url,
        "description": input.description,
        "metadata": metadata_parameter(input.metadata) if input.metadata is not None else None,
    }


def _accepted_types(input: CreateSetupIntentInput) -> dict[str, Value | None]:
    """Stripe's parameters for the types of payment methods: those named, or those of the Dashboard."""
    if input.payment_method_types is not None:
        if not input.payment_method_types or not all(input.payment_method_types):
            raise invalid_input("paymentMethodTypes", "Name at least one type, or omit paymentMethodTypes.")
        return {"allowed_payment_method_types": input.payment_method_types}
    methods: dict[str, Value | None] = {"enabled": True}
    if input.confirm and input.return_url is None:
        # Without a URL to return to, payment methods that redirect are not allowed.
        methods["allow_redirects"] = "never"
    return {"automatic_payment_methods": methods}
