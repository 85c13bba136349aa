"""confirmSetupIntent: one REST call, after a proof of ownership."""

from __future__ import annotations

import strawberry

from resolvers.queries.setup_intent import from_json
from resolvers.reads.lookahead import SetupIntentSelection
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
from schema.setup_intents.setup_intent import SetupIntent


@strawberry.input(description="The SetupIntent to confirm, and the payment method.")
class ConfirmSetupIntentInput:
    setup_intent_id: strawberry.ID = shared_fields.required("Id of the SetupIntent, seti_…")
    payment_method_id: strawberry.ID | None = shared_fields.optional(
        "Id of the payment method, pm_… If null or omitted, the SetupIntent's own payment method."
    )
    confirmation_token_id: strawberry.ID | None = shared_fields.confirmation_token_id()
    return_url: str | None = shared_fields.return_url()
    mandate: MandateInput | None = mandates.mandate()
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of confirming a SetupIntent.")
class ConfirmSetupIntentPayload:
    setup_intent: SetupIntent | None = shared_fields.result(
        "The SetupIntent after the confirmation, which may require an action of the customer."
    )
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=ConfirmSetupIntentPayload):
    setup_intent = Below(lambda: SetupIntentSelection)


@mutation(
    "Confirms a SetupIntent from the service: POST /v1/setup_intents/:id/confirm. On success the payment method is "
    "attached to the customer. If status is REQUIRES_ACTION, the customer must act first.",
    errors=(NotReusableError, NotSaveableError, CardDeclinedError, DeclinedError, InvalidStateError),
    tests_card=True,
)
async def confirm(write: Write, input: ConfirmSetupIntentInput) -> ConfirmSetupIntentPayload:
    mandate_data = mandates.mandate_data(write.context, input.mandate)
    check_one_payment_method(input.payment_method_id, input.confirmation_token_id)
    confirmation.check_return_url(await write.context.access.prove_setup_intent(input.setup_intent_id), input)
    json = await write.send(
        "confirm",
        write.context.stripe.setup_intents.confirm,
        input.setup_intent_id,
        payment_method=input.payment_method_id,
        confirmation_token=input.confirmation_token_id,
        return_url=input.return_url,
        mandate_data=mandate_data,
        expand=write.expand(write.selection(_Selection).setup_intent),
    )
    return ConfirmSetupIntentPayload(setup_intent=from_json(write.context, json))
