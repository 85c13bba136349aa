"""Actions of the payer before a confirmation continues: visit a page, use an app, or verify a bank account."""

from sandbox.json_object import Json
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.intent import Intent
from sandbox.objects.intents.next_action import approval, verification
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.intents.confirmation import Confirmation
from sandbox.parameters.payment_methods.payment_method_types import MICRODEPOSIT_TYPES

_DEPOSITS_ARRIVE_AFTER = 24 * 60 * 60


def approval_action(confirmation: Confirmation[Intent, Attempt]) -> Json:
    """Returns the action of a payer who must approve the payment method on its provider's page or in its app."""
    attempt = confirmation.attempt
    return approval(attempt.type, _page(confirmation, "redirects"), attempt.return_url, confirmation.store.now())


def requires_3ds(intent: Intent, method: PaymentMethod) -> bool:
    """Returns whether a payer who is present must complete 3-D Secure."""
    card = method.test_card
    return card is not None and (card.always_requires_3ds or (intent.requests_3ds and card.requires_3ds_on_request))


def authentication_page(confirmation: Confirmation[Intent, Attempt]) -> str:
    """Returns the URL of the page on which the payer completes 3-D Secure."""
    return _page(confirmation, "3ds")


def verification_action(confirmation: Confirmation[Intent, Attempt]) -> Json | None:
    """Returns the action of a payer who must verify the bank account with microdeposits, or None if none must."""
    method = confirmation.method
    if method.customer or method.verified or not confirmation.intent.needs_microdeposits(method.type):
        return None
    url = f"https://payments.stripe.com/microdeposit/{confirmation.attempt.id}"
    return verification(url, MICRODEPOSIT_TYPES[method.type], confirmation.store.now() + _DEPOSITS_ARRIVE_AFTER)


def _page(confirmation: Confirmation[Intent, Attempt], kind: str) -> str:
    return f"{confirmation.request.base_url}/_sandbox/{kind}/{confirmation.attempt.id}"
