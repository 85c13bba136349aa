"""createSetupIntent: one REST call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from resolvers.errors.exceptions import invalid_input
from resolvers.queries.setup_intent import from_json
from resolvers.reads.lookahead import SetupIntentSelection
from resolvers.reads.selection import Below, Selection
from resolvers.references import id_of, owner_parameter
from resolvers.writes import allow_redisplay, confirmation, mandates, shared_fields
from resolvers.writes.input_checks import check_one_payment_method
from resolvers.writes.mandates import MandateInput
from resolvers.writes.metadata import metadata_parameter
from resolvers.writes.write import Write, mutation
from schema.connection import AllowRedisplay
from schema.errors import (
    AllowRedisplayNotSetError,
    CardDeclinedError,
    DeclinedError,
    NotReusableError,
    NotSaveableError,
    UserError,
)
from schema.scalars import JSON
from schema.setup_intents.setup_intent import SetupIntent, SetupIntentUsage
from stripe_api import StripeObject
from stripe_api.form import Value

if TYPE_CHECKING:
    from resolvers.context import RequestContext


@strawberry.input(description="The customer to save a payment method for, and its intended use.")
class CreateSetupIntentInput:
    customer_id: strawberry.ID | None = shared_fields.customer_id(
        but=", or create a SetupIntent without a customer: its payment method is not saved, and can be used once"
    )
    customer_account_id: strawberry.ID | None = shared_fields.customer_account_id()
    payment_method_id: strawberry.ID | None = shared_fields.optional(
        "Id of the payment method, pm_… If null or omitted, the customer's device provides the payment method on "
        "confirmation."
    )
    confirmation_token_id: strawberry.ID | None = shared_fields.confirmation_token_id(only="Only with confirm. ")
    usage: SetupIntentUsage = shared_fields.optional(
        "The intended use of the payment method.", default=SetupIntentUsage.OFF_SESSION
    )
    confirm: bool = shared_fields.optional(
        "Whether to confirm the SetupIntent in the same request. Requires paymentMethodId or confirmationTokenId.",
        default=False,
    )
    return_url: str | None = shared_fields.optional(
        "The URL that the bank's page sends the customer back to. Only with confirm. Null has the same meaning as "
        "omitting it."
    )
    mandate: MandateInput | None = mandates.mandate()
    allow_redisplay: AllowRedisplay | None = shared_fields.optional(
        "Whether a later checkout may show the saved payment method again. Only with confirm. Costs a further REST "
        "call, after the SetupIntent has succeeded. A ConfirmationToken needs none: it has a value of its own."
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


_ONLY_WITH_CONFIRM = ("return_url", "confirmation_token_id", "mandate", "allow_redisplay")


class _Selection(Selection, of=CreateSetupIntentPayload):
    setup_intent = Below(lambda: SetupIntentSelection)


@mutation(
    "Starts saving a payment method, as Stripe recommends: POST /v1/setup_intents. The customer's device then "
    "confirms the SetupIntent with clientSecret.",
    errors=(NotReusableError, NotSaveableError, CardDeclinedError, DeclinedError, AllowRedisplayNotSetError),
    tests_card=True,
)
async def create(write: Write, input: CreateSetupIntentInput) -> CreateSetupIntentPayload:
    with write.context.stripe.reserve_time(int(input.allow_redisplay is not None)):
        created = await write.send(
            "create",
            write.context.stripe.setup_intents.create,
            _parameters(write.context, input),
            expand=write.expand(write.selection(_Selection).setup_intent),
        )
    json, errors = await _with_allow_redisplay(write, created, input.allow_redisplay)
    return CreateSetupIntentPayload(setup_intent=from_json(write.context, json), errors=errors)


async def _with_allow_redisplay(
    write: Write, intent: StripeObject, value: AllowRedisplay | None
) -> tuple[StripeObject, list[UserError]]:
    """The SetupIntent with its payment method updated, or an error in addition to it."""
    if value is None:
        return intent, []
    id = id_of(intent.get("payment_method"))
    if intent.get("status") != "succeeded" or id is None:
        return intent, [allow_redisplay.not_set()]
    selection = write.selection(_Selection).setup_intent.payment_method
    expand = write.expand(selection)
    method, errors = await allow_redisplay.update(write, id, value, expand)
    return ({**intent, "payment_method": method} if method is not None else intent), errors


def _check(input: CreateSetupIntentInput) -> None:
    check_one_payment_method(input.payment_method_id, input.confirmation_token_id)
    if input.confirm and input.payment_method_id is None and input.confirmation_token_id is None:
        raise invalid_input("paymentMethodId", "Give the payment method to confirm with, or omit confirm.")
    confirmation.check_only_with_confirm(input, _ONLY_WITH_CONFIRM)


def _parameters(context: RequestContext, input: CreateSetupIntentInput) -> dict[str, Value | None]:
    _check(input)
    owner = context.access.owner_named(input.customer_id, input.customer_account_id)
    return {
        **_accepted_types(input),
        **(owner_parameter(owner) if owner is not None else {}),
        "payment_method": input.payment_method_id,
        "confirmation_token": input.confirmation_token_id,
        "usage": input.usage.stripe_value,
        "confirm": True if input.confirm else None,
        "return_url": input.return_url,
        "mandate_data": mandates.mandate_data(context, input.mandate),
        "description": input.description,
        "metadata": metadata_parameter(input.metadata) if input.metadata is not None else None,
    }


def _accepted_types(input: CreateSetupIntentInput) -> dict[str, Value | None]:
    """Stripe's parameters for the types of payment methods: those named, or those of the Dashboard."""
    if input.payment_method_types is not None:
        if not input.payment_method_types or not all(input.payment_method_types):
            raise invalid_input("paymentMethodTypes", "Name at least one type, or omit paymentMethodTypes.")
        return {"allowed_payment_method_types": input.payment_method_types}
    return confirmation.dashboard_types(input)
