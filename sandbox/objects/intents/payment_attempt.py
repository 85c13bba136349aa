"""The confirmations of PaymentIntents. Stripe does not show them: a charge tells their result."""

from dataclasses import dataclass

from sandbox.json_object import Json
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.charge import payment_method_details
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod


@dataclass(slots=True, eq=False)
class PaymentAttempt(Attempt):
    """One confirmation. With `confirmation_method=manual`, an approved one is finished by another request.

    `is_off_session` tells that the customer is absent. `mandate` is the id of the permission to debit.
    """

    is_off_session: bool = False
    mandate: str | None = None
    is_approved: bool = False

    @property
    def intent(self) -> str:
        """The id of the PaymentIntent."""
        return str(self.body["payment_intent"])

    def take_approval(self, payment_method: str) -> bool:
        """Returns whether the payer has approved this payment method. An approval is valid once."""
        is_valid = self.is_approved and self.body["payment_method"] == payment_method
        self.is_approved = False
        return is_valid


def new_body(id: str, intent: PaymentIntent, method: PaymentMethod, now: int) -> Json:
    """Returns the body of a new attempt to pay with a payment method."""
    return {
        "id": id,
        "object": "payment_attempt",
        "created": now,
        "payment_intent": intent.id,
        "payment_method": method.id,
        "payment_method_details": payment_method_details(method),
    }
