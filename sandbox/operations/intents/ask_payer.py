"""Actions of the payer before a confirmation continues: visit a page, use an app, or verify a bank account."""

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.next_action import approval, verification
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.parameters.payment_methods.payment_method_types import MICRODEPOSIT_TYPES
from sandbox.state.store import Store

_DEPOSITS_ARRIVE_AFTER = 24 * 60 * 60


def approval_of(store: Store, request: ApiRequest, attempt: Attempt) -> Json:
    """Returns the action of a payer who must approve the payment method on its provider's page or in its app."""
    return approval(attempt.type, _page(request, "redirects", attempt), attempt.return_url, store.now())


def authentication_page(request: ApiRequest, attempt: Attempt) -> str:
    """Returns the URL of the page on which the payer completes 3-D Secure."""
    return _page(request, "3ds", attempt)


def verification_of(store: Store, attempt: Attempt, method: PaymentMethod) -> Json:
    """Returns the action of a payer who must verify the bank account with microdeposits."""
    url = f"https://payments.stripe.com/microdeposit/{attempt.id}"
    return verification(url, MICRODEPOSIT_TYPES[method.type], store.now() + _DEPOSITS_ARRIVE_AFTER)


def _page(request: ApiRequest, kind: str, attempt: Attempt) -> str:
    return f"{request.base_url}/_sandbox/{kind}/{attempt.id}"
