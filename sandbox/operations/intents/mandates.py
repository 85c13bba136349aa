"""Mandates of setups and payments: new ones that the customer agrees to, and existing ones that a payment uses."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.intent import Intent
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.payment_methods.mandate import Mandate, new_body
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.intents.check_confirmation import check_acceptance
from sandbox.operations.intents.confirmation import Confirmation, Payment
from sandbox.parameters.payment_methods.payment_method_types import DELAYED, WITH_MANDATE
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store

_NO_MANDATE = (
    "This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from the"
    " customer and try again, providing acceptance data in the mandate_data parameter."
)


def acceptance(request: ApiRequest, now: int) -> Json:
    """Returns how the customer agreed: what the server says, or what is known of the payer's device."""
    given = (request.params.get("mandate_data") or {}).get("customer_acceptance", {"type": "online"})
    accepted = {"accepted_at": given.get("accepted_at", now), "type": given["type"]}
    if given["type"] == "offline":
        return {**accepted, "offline": {}}
    device = {"ip_address": request.ip_address, "user_agent": request.user_agent}
    online = device if request.publishable else given["online"]
    return {**accepted, "online": {name: online[name] for name in device}}


def create_mandate(
    confirmation: Confirmation[Intent, Attempt], method: PaymentMethod, *, single_use: Json | None
) -> Mandate:
    """Returns a new mandate for the payment method. `single_use` is the amount and currency if it is for one debit."""
    store = confirmation.store
    reference = random_letters(16).upper()
    body = new_body(new_id("mandate"), method, confirmation.attempt.acceptance, single_use, reference)
    mandate = store.mandates.add(Mandate(body))
    store.record_change(confirmation.request, "mandate.created", mandate, confirmation.intent.customer)
    return mandate


def needs_mandate(intent: PaymentIntent, method: PaymentMethod) -> bool:
    """Returns whether the payment needs a mandate: a debit always, other types if the intent saves them."""
    is_new = method.customer is None and intent.future_usage(method.type) is not None
    return method.type in DELAYED or (is_new and method.type in WITH_MANDATE)


def check_mandate(store: Store, request: ApiRequest, intent: PaymentIntent, method: PaymentMethod) -> None:
    """Raises if the payment needs a mandate, there is none, and the customer does not agree to a new one."""
    if needs_mandate(intent, method) and mandate_for_payment(store, request, method) is None:
        saved = f"When confirming a PaymentIntent with a `{method.type}` PaymentMethod and `setup_future_usage`,"
        is_saved = intent.future_usage(method.type) is not None
        check_acceptance(request, f"{saved} `mandate_data` is required." if is_saved else _NO_MANDATE)


def mandate_for_payment(store: Store, request: ApiRequest, method: PaymentMethod) -> str | None:
    """Returns the id of the mandate that the request names, or of the method's newest one. Raises if it is inactive.

    Returns None if the customer agrees to a new mandate, or has none.
    """
    if "mandate" in request.params:
        return _usable(_named(store, request.params["mandate"], method))
    if request.params.get("mandate_data"):
        return None
    mandates = [one for one in store.mandates.newest_first() if one.payment_method == method.id]
    if not mandates:
        return None
    return _usable(next((one for one in mandates if one.status != "inactive"), mandates[0]))


def mandate_of_attempt(payment: Payment, debited: PaymentMethod) -> str:
    """Returns the id of the attempt's mandate. A new one is for this payment only, unless the intent saves the method.

    `debited` is the payment method, or the SEPA debit made from it.
    """
    intent, attempt = payment.intent, payment.attempt
    if attempt.mandate is None:
        once = {"amount": intent.body["amount"], "currency": intent.body["currency"]}
        single_use = None if intent.future_usage(attempt.type) else once
        attempt.mandate = create_mandate(payment, debited, single_use=single_use).id
    return attempt.mandate


def _named(store: Store, id: str, method: PaymentMethod) -> Mandate:
    mandate = store.mandates.find(id, "mandate")
    if mandate.payment_method != method.id:
        message = f"The mandate {id} is for another PaymentMethod than {method.id}."
        raise StripeError(message, code="payment_intent_mandate_invalid", param="mandate")
    return mandate


def _usable(mandate: Mandate) -> str:
    if mandate.status == "inactive":
        message = f"The mandate {mandate.id} is inactive. Collect mandate acceptance from the customer again."
        raise StripeError(message, code="payment_intent_mandate_invalid")
    return mandate.id
