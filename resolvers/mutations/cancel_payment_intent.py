"""cancelPaymentIntent: one REST call, after a proof of ownership."""

from __future__ import annotations

import strawberry

from resolvers.errors.exceptions import MutationRejected
from resolvers.queries.payment_intent import from_json
from resolvers.reads.lookahead import PaymentIntentSelection
from resolvers.reads.selection import Below, Selection
from resolvers.writes import shared_fields
from resolvers.writes.write import Write, mutation
from schema.errors import InvalidStateError, UserError
from schema.payment_intents.payment_intent import PaymentIntent


@strawberry.input(description="The PaymentIntent to cancel.")
class CancelPaymentIntentInput:
    payment_intent_id: strawberry.ID = shared_fields.required("Id of the PaymentIntent, pi_…")
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of canceling a PaymentIntent.")
class CancelPaymentIntentPayload:
    payment_intent: PaymentIntent | None = shared_fields.result("The canceled PaymentIntent.")
    errors: list[UserError] = shared_fields.errors()


_ONLY_THE_SHOP = "The amount is authorized, and only the shop can release it. Ask the shop to cancel the payment."


class _Selection(Selection, of=CancelPaymentIntentPayload):
    payment_intent = Below(lambda: PaymentIntentSelection)


@mutation(
    "Cancels a PaymentIntent that is not paid: POST /v1/payment_intents/:id/cancel. An authorized amount is "
    "released; only a service can do that.",
    errors=(InvalidStateError,),
)
async def cancel(write: Write, input: CancelPaymentIntentInput) -> CancelPaymentIntentPayload:
    intent = await write.context.access.prove_payment_intent(input.payment_intent_id)
    # A customer could otherwise take back an authorized payment after the shop has delivered.
    if intent is not None and intent.get("status") == "requires_capture":
        raise MutationRejected(InvalidStateError.at("paymentIntentId", _ONLY_THE_SHOP))
    json = await write.send(
        "cancel",
        write.context.stripe.payment_intents.cancel,
        input.payment_intent_id,
        expand=write.expand(write.selection(_Selection).payment_intent),
    )
    return CancelPaymentIntentPayload(payment_intent=from_json(write.context, json))
