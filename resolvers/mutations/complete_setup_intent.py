"""completeSetupIntent: what follows after the customer's device has confirmed a SetupIntent."""

from __future__ import annotations

import strawberry

from resolvers.errors.exceptions import MutationRejected
from resolvers.queries.setup_intent import from_json
from resolvers.reads.lookahead import SetupIntentSelection
from resolvers.reads.selection import Below
from resolvers.references import object_of
from resolvers.saving import completion
from resolvers.saving.completion import (
    SAVED_INSTEAD,
    Completion,
    CompletionInput,
    CompletionPayload,
    CompletionSelection,
)
from resolvers.writes import shared_fields
from resolvers.writes.write import Write, mutation
from schema.errors import InvalidStateError
from schema.setup_intents.setup_intent import SetupIntent

_EXPANDED = frozenset(
    {
        "latest_attempt",
        *(f"latest_attempt.payment_method_details.{kind}.{part}" for kind, part in SAVED_INSTEAD.items()),
    }
)


@strawberry.input(description="The SetupIntent that succeeded, and what to do with the payment method that it saved.")
class CompleteSetupIntentInput(CompletionInput):
    setup_intent_id: strawberry.ID = shared_fields.required("Id of the SetupIntent, seti_…")


@strawberry.type(description="The result of completing a SetupIntent.")
class CompleteSetupIntentPayload(CompletionPayload):
    setup_intent: SetupIntent | None = shared_fields.result("The SetupIntent.")


class _Selection(CompletionSelection, of=CompleteSetupIntentPayload):
    setup_intent = Below(lambda: SetupIntentSelection)

    @property
    def intent(self) -> SetupIntentSelection:
        return self.setup_intent


@mutation(
    "Completes saving a payment method after the customer's device has confirmed the SetupIntent: handles "
    "duplicates, moves subscriptions and sets the default. It can be sent again at any time: it does what is left "
    "to do, and returns the same result.",
    errors=completion.ERRORS,
)
async def complete(write: Write, input: CompleteSetupIntentInput) -> CompleteSetupIntentPayload:
    context, selection = write.context, write.selection(_Selection)
    with context.stripe.reserve_time(2):
        intent = await context.access.retrieve_setup_intent(input.setup_intent_id, selection.expand | _EXPANDED)
    if intent.get("status") != "succeeded":
        raise MutationRejected(InvalidStateError.at("setupIntentId"))
    attempt = object_of(intent.get("latest_attempt")) or {}
    saved = completion.saved_reference(intent, attempt.get("payment_method_details"))
    return await Completion(
        write,
        input,
        selection,
        intent,
        saved,
        "setupIntentId",
        lambda intent: CompleteSetupIntentPayload(setup_intent=from_json(context, intent)),
    ).run()
