"""createPaymentIntent: one REST call. Only for services: the caller decides the amount."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import strawberry

from resolvers.errors.exceptions import forbidden, invalid_input
from resolvers.queries.payment_intent import from_json
from resolvers.reads.lookahead import PaymentIntentSelection
from resolvers.reads.selection import Below, Selection
from resolvers.references import owner_parameter
from resolvers.writes import confirmation, mandates, shared_fields
from resolvers.writes.input_checks import check_one_payment_method
from resolvers.writes.mandates import MandateInput
from resolvers.writes.metadata import metadata_parameter
from resolvers.writes.write import Write, mutation
from schema.errors import CardDeclinedError, DeclinedError, NotReusableError, NotSaveableError, UserError
from schema.payment_intents.payment_intent import PaymentIntent
from schema.scalars import JSON
from schema.setup_intents.setup_intent import SetupIntentUsage
from stripe_api.form import Value

if TYPE_CHECKING:
    from resolvers.context import RequestContext


@strawberry.input(description="The amount, the customer that pays, and what happens with the payment method.")
class CreatePaymentIntentInput:
    amount: int = shared_fields.required(
        "The amount to pay, in the currency's smallest unit: 1099 is 10.99 USD, and 1099 JPY. At least Stripe's "
        "minimum, about 0.50 USD, and in most currencies at most 99999999. In BHD, JOD, KWD, OMR and TND, the last "
        "digit is 0."
    )
    currency: str = shared_fields.required("The currency's three-letter code of ISO 4217, for example usd.")
    customer_id: strawberry.ID | None = shared_fields.optional(
        "Id of the customer that pays, cus_… If this and customerAccountId are null or omitted, the payment has no "
        "customer, and its payment method is not saved."
    )
    customer_account_id: strawberry.ID | None = shared_fields.customer_account_id()
    payment_method_id: strawberry.ID | None = shared_fields.optional(
        "Id of the payment method, pm_… If null or omitted, the customer's device provides the payment method on "
        "confirmation. With confirm, it is the customer's default then."
    )
    confirmation_token_id: strawberry.ID | None = shared_fields.confirmation_token_id(only="Only with confirm. ")
    setup_future_usage: SetupIntentUsage | None = shared_fields.optional(
        "Save the payment method for later payments, when this one has succeeded. If null or omitted, it is not saved: "
        "a payment method that is not attached to the customer can't be used again."
    )
    confirm: bool = shared_fields.optional(
        "Whether to pay in the same request. Requires a payment method or a customer, and idempotencyKey.",
        default=False,
    )
    off_session: bool = shared_fields.optional(
        "Whether the customer is absent, so that a payment that requires authentication is declined. Only with "
        "confirm.",
        default=False,
    )
    return_url: str | None = shared_fields.optional(
        "The URL that the bank's page sends the customer back to. Only with confirm. If null or omitted then, payment "
        "methods that redirect are not accepted."
    )
    mandate: MandateInput | None = mandates.mandate()
    description: str | None = shared_fields.optional("A text that describes the payment, at most 1000 characters.")
    metadata: JSON | None = shared_fields.optional(
        "Key-value pairs of strings to attach to the PaymentIntent: at most 50 keys of 40 characters, with values of "
        "at most 500 characters."
    )
    idempotency_key: str | None = shared_fields.idempotency_key(required="Required with confirm. ")


@strawberry.type(description="The result of creating a PaymentIntent.")
class CreatePaymentIntentPayload:
    payment_intent: PaymentIntent | None = shared_fields.result("The new PaymentIntent.")
    errors: list[UserError] = shared_fields.errors()


_CODE = re.compile(r"[A-Za-z]{3}")
_THREE_DECIMALS = ("bhd", "jod", "kwd", "omr", "tnd")
"""Currencies whose smallest unit is a thousandth. Cards settle in hundredths, so Stripe requires a last digit of 0."""
_ONLY_WITH_CONFIRM = ("return_url", "confirmation_token_id", "mandate", "off_session")


class _Selection(Selection, of=CreatePaymentIntentPayload):
    payment_intent = Below(lambda: PaymentIntentSelection)


@mutation(
    "Starts a payment: POST /v1/payment_intents. Only for services, which know the amount: FORBIDDEN for a "
    "CUSTOMER. The customer's device then confirms it with clientSecret, or confirmPaymentIntent does. With "
    "confirm, idempotencyKey is required, because a repeated request without one would pay again.",
    errors=(NotReusableError, NotSaveableError, CardDeclinedError, DeclinedError),
    tests_card=True,
)
async def create(write: Write, input: CreatePaymentIntentInput) -> CreatePaymentIntentPayload:
    context = write.context
    if context.access.own is not None:
        raise forbidden("A customer can't create a payment: the shop's server creates it and passes its id on.")
    json = await write.send(
        "create",
        context.stripe.payment_intents.create,
        _parameters(context, input),
        expand=write.expand(write.selection(_Selection).payment_intent),
    )
    return CreatePaymentIntentPayload(payment_intent=from_json(context, json))


def _check(input: CreatePaymentIntentInput, owner: str | None) -> None:
    check_one_payment_method(input.payment_method_id, input.confirmation_token_id)
    confirmation.check_only_with_confirm(input, _ONLY_WITH_CONFIRM)
    if not input.confirm:
        return
    if input.payment_method_id is None and input.confirmation_token_id is None and owner is None:
        raise invalid_input("paymentMethodId", "Give the payment method to confirm with, or omit confirm.")
    if input.idempotency_key is None:
        raise invalid_input(
            "idempotencyKey",
            "Give an idempotencyKey with confirm, and the same one when the request is repeated: without it, the "
            "customer would pay again.",
        )


def _parameters(context: RequestContext, input: CreatePaymentIntentInput) -> dict[str, Value | None]:
    owner = context.access.owner_named(input.customer_id, input.customer_account_id)
    _check(input, owner)
    usage = input.setup_future_usage
    return {
        **_amount(input.amount, input.currency),
        **confirmation.dashboard_types(input),
        **(owner_parameter(owner) if owner is not None else {}),
        "payment_method": input.payment_method_id,
        "confirmation_token": input.confirmation_token_id,
        "setup_future_usage": usage.stripe_value if usage is not None else None,
        "confirm": True if input.confirm else None,
        "off_session": True if input.off_session else None,
        "return_url": input.return_url,
        "mandate_data": mandates.mandate_data(context, input.mandate),
        "description": input.description,
        "metadata": metadata_parameter(input.metadata) if input.metadata is not None else None,
    }


def _amount(amount: int, currency: str) -> Mapping[str, Value]:
    """Stripe's parameters `amount` and `currency`. Raises MutationRejected for values that no payment can have."""
    if _CODE.fullmatch(currency) is None:
        raise invalid_input("currency", "Give the currency's three-letter code of ISO 4217, for example usd.")
    if amount < 1:
        raise invalid_input(
            "amount",
            "Give a positive amount in the currency's smallest unit. To save a payment method without a payment, use "
            "createSetupIntent.",
        )
    if currency.lower() in _THREE_DECIMALS and amount % 10:
        raise invalid_input(
            "amount", f"Amounts in {currency.upper()} are in thousandths, and the last digit must be 0. Round it."
        )
    return {"amount": amount, "currency": currency.lower()}
