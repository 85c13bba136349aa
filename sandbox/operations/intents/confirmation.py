"""One confirmation of a SetupIntent or a PaymentIntent, as its steps get it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.http.api_request import ApiRequest
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.intent import Intent
from sandbox.objects.intents.payment_attempt import PaymentAttempt
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.intents.setup_attempt import SetupAttempt
from sandbox.objects.intents.setup_intent import SetupIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.objects.record import Record
from sandbox.state.store import Store

IntentType = TypeVar("IntentType", bound=Intent, covariant=True)
AttemptType = TypeVar("AttemptType", bound=Attempt, covariant=True)


@dataclass(frozen=True)
class Confirmation(Generic[IntentType, AttemptType]):
    """An intent, its payment method and its attempt. `request` confirms the intent, or continues it later."""

    store: Store
    request: ApiRequest
    intent: IntentType
    method: PaymentMethod
    attempt: AttemptType

    def record_event(self, type: str, record: Record) -> None:
        """Creates an event for the intent's customer."""
        self.store.record_event(self.request, type, record, self.intent.customer)


Payment = Confirmation[PaymentIntent, PaymentAttempt]
Setup = Confirmation[SetupIntent, SetupAttempt]
