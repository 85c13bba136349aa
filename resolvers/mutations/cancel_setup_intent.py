"""cancelSetupIntent: one REST call, after a proof of ownership."""

from __future__ import annotations

import strawberry

from resolvers.queries.setup_intent import from_json
from resolvers.reads.lookahead import SetupIntentSelection
from resolvers.reads.selection import Below, Selection
from resolvers.writes import shared_fields
from resolvers.writes.write import Write, mutation
from schema.errors import InvalidStateError, UserError
from schema.setup_intents.setup_intent import SetupIntent


@strawberry.input(description="The SetupIntent to cancel.")
class CancelSetupIntentInput:
    setup_intent_id: strawberry.ID = shared_fields.required("Id of the SetupIntent, seti_…")
    cancellation_reason: str | None = shared_fields.optional(
        "Why it is canceled: abandoned, duplicate or requested_by_customer."
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of canceling a SetupIntent.")
class CancelSetupIntentPayload:
    setup_intent: SetupIntent | None = shared_fields.result("The canceled SetupIntent.")
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=CancelSetupIntentPayload):
    setup_intent = Below(lambda: SetupIntentSelection)


@mutation("Cancels a SetupIntent: POST /v1/setup_intents/:id/cancel.", errors=(InvalidStateError,))
async def cancel(write: Write, input: CancelSetupIntentInput) -> CancelSetupIntentPayload:
    await write.context.access.prove_setup_intent(input.setup_intent_id)
    json = await write.send(
        "cancel",
        write.context.stripe.setup_intents.cancel,
        input.setup_intent_id,
        cancellation_reason=input.cancellation_reason,
        expand=write.expand(write.selection(_Selection).setup_intent),
    )
    return CancelSetupIntentPayload(setup_intent=from_json(write.context, json))
