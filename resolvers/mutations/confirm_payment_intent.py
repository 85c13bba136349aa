"""confirmPaymentIntent: one REST call, after a proof of ownership."""

from __future__ import annotations

import strawberry

from resolvers.queries.payment_intent import from_json
from resolvers.reads.lookahead import PaymentIntentSelection
from resolvers.reads.selection import Below, Selection
from resolvers.writes import confirmation, mandates, shared_fields
from resolvers.writes.input_checks import check_one_payment_method
from resolvers.writes.mandates import MandateInput
from resolvers.writes.write import Write, mutation
from schema.errors import (
    CardDeclinedError,
    DeclinedError,
    InvalidStateError,
    NotReusableError,
    NotSaveableError,
    UserError,
)
from schema.payment_intents.payment_intent import PaymentIntent


@strawberry.input(
    description="The PaymentIntent to confirm, and the payment method. Nothing else of the payment can be changed."
)
class ConfirmPaymentIntentInput:
    payment_intent_id: strawberry.ID = shared_fields.required("Id of the PaymentIntent, pi_…")
    payment_method_id: strawberry.ID | None = shared_fields.optional(
        "Id of the payment method, pm_… If null or omitted, the PaymentIntent's own payment method or, if it has none, "
        "the customer's default."
    )
    confirmation_token_id: strawberry.ID | None = shared_fields.confirmation_token_id()
    return_url: str | None = shared_fields.return_url()
    mandate: MandateInput | None = mandates.mandate()
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of confirming a PaymentIntent.")
class ConfirmPaymentIntentPayload:
    payment_intent: PaymentIntent | None = shared_fields.result(
        "The PaymentIntent after the confirmation, which may require an action of the customer, or be processing."
    )
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=ConfirmPaymentIntentPayload):
    payment_intent = Below(lambda: PaymentIntentSelection)


@mutation(
    "Pays: POST /v1/payment_intents/:id/confirm. With setupFutureUsage, the payment method is attached to the "
    "customer on success. If status is REQUIRES_ACTION, the customer must act first. A PaymentIntent is paid once: "
    "confirming it again after success is InvalidStateError.",
    errors=(NotReusableError, NotSaveableError, CardDeclinedError, DeclinedError, InvalidStateError),
    tests_card=True,
)
async def confirm(write: Write, input: ConfirmPaymentIntentInput) -> ConfirmPaymentIntentPayload:
    context = write.context
    mandate_data = mandates.mandate_data(context, input.mandate)
    check_one_payment_method(input.payment_method_id, input.confirmation_token_id)
    confirmation.check_return_url(await context.access.prove_payment_intent(input.payment_intent_id), input)
    json = await write.send(
        "confirm",
        context.stripe.payment_intents.confirm,
        input.payment_intent_id,
        payment_method=input.payment_method_id,
        confirmation_token=input.confirmation_token_id,
        return_url=input.return_url,
        mandate_data=mandate_data,
        expand=write.expand(write.selection(_Selection).payment_intent),
    )
    return ConfirmPaymentIntentPayload(payment_intent=from_json(context, json))
