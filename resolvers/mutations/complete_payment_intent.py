"""completePaymentIntent: what follows after a payment that saves its payment method. It never pays."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.errors.exceptions import MutationRejected, invalid_input
from resolvers.queries.payment_intent import from_json
from resolvers.reads.lookahead import PaymentIntentSelection
from resolvers.reads.selection import Below
from resolvers.references import member_at, object_of
from resolvers.saving import completion
from resolvers.saving.completion import Completion, CompletionInput, CompletionPayload, CompletionSelection
from resolvers.saving.saved_method import is_attached
from resolvers.writes import shared_fields
from resolvers.writes.write import Write, mutation
from schema.errors import InvalidStateError, NotReusableError
from schema.payment_intents.payment_intent import PaymentIntent
from stripe_api import StripeObject

# A charge's generated_card can't be expanded.
_EXPANDED = frozenset(
    {
        "latest_charge",
        *(
            f"latest_charge.payment_method_details.{kind}.{part}"
            for kind, part in completion.SAVED_INSTEAD.items()
            if part == "generated_sepa_debit"
        ),
    }
)
_WAIT = {
    "processing": "The bank is still processing the payment. Wait for Stripe's event payment_intent.succeeded, or send "
    "this again later. Don't pay again.",
    "requires_capture": "The amount is only authorized. Send this again when it is captured.",
}
_NOT_SAVED = (
    "The payment did not save its payment method. To save one, create a SetupIntent, or the next PaymentIntent with a "
    "customer and setupFutureUsage."
)


@strawberry.input(description="The PaymentIntent that succeeded, and what to do with the payment method that it saved.")
class CompletePaymentIntentInput(CompletionInput):
    payment_intent_id: strawberry.ID = shared_fields.required("Id of the PaymentIntent, pi_…")


@strawberry.type(description="The result of completing a PaymentIntent.")
class CompletePaymentIntentPayload(CompletionPayload):
    payment_intent: PaymentIntent | None = shared_fields.result("The PaymentIntent.")


class _Selection(CompletionSelection, of=CompletePaymentIntentPayload):
    payment_intent = Below(lambda: PaymentIntentSelection)

    @property
    def intent(self) -> PaymentIntentSelection:
        return self.payment_intent


@mutation(
    "Completes saving a payment method after a payment with setupFutureUsage has succeeded: handles duplicates, "
    "moves subscriptions and sets the default. It does not pay. It can be sent again at any time: it does what is "
    "left to do, and returns the same result.",
    errors=completion.ERRORS,
)
async def complete(write: Write, input: CompletePaymentIntentInput) -> CompletePaymentIntentPayload:
    context, selection = write.context, write.selection(_Selection)
    with context.stripe.reserve_time(2):
        intent = await context.access.retrieve_payment_intent(input.payment_intent_id, selection.expand | _EXPANDED)
    return await Completion(
        write,
        input,
        selection,
        intent,
        _saved(intent),
        "paymentIntentId",
        lambda intent: CompletePaymentIntentPayload(payment_intent=from_json(context, intent)),
    ).run()


def _saved(intent: StripeObject) -> Any:
    """The reference to the payment method that was saved. Raises MutationRejected if the payment saved none."""
    status = intent.get("status")
    if status != "succeeded":
        message = _WAIT.get(status) if isinstance(status, str) else None
        raise MutationRejected(InvalidStateError.at("paymentIntentId", message))
    if not is_attached(intent):
        raise invalid_input("paymentIntentId", _NOT_SAVED)
    charge = object_of(intent.get("latest_charge")) or {}
    details = charge.get("payment_method_details")
    saved = completion.saved_reference(intent, details)
    method = object_of(saved)
    was_attached = saved is not None and (method is None or is_attached(method))
    if not was_attached and not _saves(intent, details):
        raise MutationRejected(NotReusableError.at("paymentIntentId", _NOT_SAVED))
    return saved


def _saves(intent: StripeObject, details: Any) -> bool:
    """Whether the payment was to save its payment method. A value for the type wins over the one for all types."""
    usage = member_at(intent, "payment_method_options", member_at(details, "type"), "setup_future_usage")
    return (usage or intent.get("setup_future_usage")) not in (None, "none")
