"""What happens when a SetupIntent is confirmed: the issuer's word, the payer's authentication, and the outcome."""

from sandbox.cards.issuer import decline, examine
from sandbox.cards.test_cards import Template
from sandbox.errors import StripeError
from sandbox.http.api_request import Call
from sandbox.json_objects import Json
from sandbox.objects.records import PaymentMethod, SetupAttempt, SetupIntent
from sandbox.operations.attachment import refuse_unsavable, save
from sandbox.operations.lookups import customer_in_parameter
from sandbox.parameters.payment_method_types import REDIRECTING, WITH_MANDATE
from sandbox.parameters.types import missing
from sandbox.state.ids import new_id
from sandbox.state.store import Store

# What the bank asks of a card, by the table of test cards: always, or when the intent asks for it.
ALWAYS_ASKED = ("already_set_up", "always_required", "required", "required_then_declined", "required_unless_set_up")
ASKED_ON_DEMAND = (*ALWAYS_ASKED, "optional")
# What a payer's device may see: a publishable key gets no more than this.
_PUBLIC = """
    id object allowed_payment_method_types automatic_payment_methods cancellation_reason client_secret created
    description excluded_payment_method_types last_setup_error livemode next_action payment_method
    payment_method_configuration_details payment_method_types status usage
"""
_RETURN_URL_NEEDED = (
    "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment"
    " methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to"
    " accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and"
    " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)


def seen_by(call: Call, intent: SetupIntent) -> Json:
    """Returns the intent as the caller may see it."""
    return {name: intent.body[name] for name in _PUBLIC.split()} if call.publishable else intent.body


def unexpected_state(call: Call, intent: SetupIntent, message: str) -> StripeError:
    """Returns the refusal of a step that the intent is not ready for."""
    return StripeError(message, code="setup_intent_unexpected_state", setup_intent=seen_by(call, intent))


def refuse_unusable(intent: SetupIntent, method: PaymentMethod) -> None:
    """Raises for a method that the intent may not set up."""
    customer = intent.body["customer"]
    if method.spent:
        raise StripeError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared"
            " with a connected account without Customer attachment, or was detached from a Customer. It may not be"
            " used again."
        )
    if method.customer and customer is None:
        message = (
            f"The payment method supplied ({method.id}) belongs to the Customer {method.customer}."
            " Please include the Customer in the `customer` parameter on the SetupIntent."
        )
        raise StripeError(message, param="payment_method")
    if method.customer not in (None, customer):
        message = (
            f"The PaymentMethod {method.id} does not belong to the Customer you supplied {customer}."
            " Please use this PaymentMethod with the Customer that it belongs to instead."
        )
        raise StripeError(message, param="payment_method")
    _refuse_type(intent, method.body["type"])
    refuse_unsavable(method)


def _refuse_type(intent: SetupIntent, type: str) -> None:
    allowed = intent.body["payment_method_types"]
    if type not in allowed:
        message = (
            f"The PaymentMethod provided ({type}) is not allowed for this SetupIntent. Please attach a PaymentMethod of"
            f" one of the following types: {', '.join(allowed)}. Alternatively, update the allowed payment_method_types"
            f' for this SetupIntent to include "{type}"'
        )
        raise StripeError(message, param="payment_method")


def refuse_without_return_url(call: Call, intent: SetupIntent) -> None:
    """Raises where a server confirms without `return_url` what may send the payer to another site."""
    automatic = intent.body["automatic_payment_methods"]
    may_redirect = automatic is not None and automatic["allow_redirects"] == "always"
    if may_redirect and not call.publishable and not call.params.get("return_url"):
        raise StripeError(_RETURN_URL_NEEDED)


def refuse_unconfirmable(call: Call, intent: SetupIntent, method: PaymentMethod) -> None:
    """Raises for a method that the intent may not set up, or not with these parameters."""
    refuse_unusable(intent, method)
    type = method.body["type"]
    if type in REDIRECTING and not call.params.get("return_url"):
        raise StripeError(
            f"You must provide a `return_url` when confirming a SetupIntent with the payment method type {type}."
        )
    if type in WITH_MANDATE and not call.publishable:
        _refuse_without_mandate(type, call.params.get("mandate_data"))


def _refuse_without_mandate(type: str, mandate_data: Json | None) -> None:
    if not mandate_data:
        raise StripeError(f"When confirming a SetupIntent with a `{type}` PaymentMethod, `mandate_data` is required.")
    acceptance = mandate_data["customer_acceptance"]
    if acceptance["type"] == "online":
        for name in ("ip_address", "user_agent"):
            if name not in (acceptance.get("online") or {}):
                raise missing(f"mandate_data[customer_acceptance][online][{name}]")


def set_up(store: Store, call: Call, intent: SetupIntent) -> None:
    """Sets the intent's method up, or has the payer asked for authentication. Raises CardError when declined."""
    method = method_of(store, intent)
    refuse_unusable(intent, method)
    attempt = _new_attempt(store, intent, method, call.params.get("return_url"))
    if _needs_authentication(method.template, intent):
        _ask(store, call, intent, attempt)
    else:
        _finish(store, call, intent, attempt)


def authenticate(store: Store, call: Call, attempt: SetupAttempt) -> None:
    """Goes on once the payer has passed the bank's authentication. Raises where setting up fails in spite of it."""
    attempt.show_authentication("authenticated", None)
    _finish(store, call, _intent(store, attempt), attempt)


def reject(store: Store, call: Call, attempt: SetupAttempt) -> None:
    """Ends the attempt of a payer who has not passed."""
    attempt.show_authentication("failed", "rejected")
    message = "We are unable to authenticate your payment method. Choose another payment method and try again."
    error = StripeError(message, code="setup_intent_authentication_failure")
    _fail(store, call, _intent(store, attempt), attempt, error)


def awaits_authentication(store: Store, attempt: SetupAttempt) -> bool:
    """Returns whether the intent still waits for this very attempt."""
    body = _intent(store, attempt).body
    return (body["status"], body["latest_attempt"]) == ("requires_action", attempt.id)


def _intent(store: Store, attempt: SetupAttempt) -> SetupIntent:
    intent = store.setup_intents.get(attempt.body["setup_intent"])
    assert intent is not None
    return intent


def method_of(store: Store, intent: SetupIntent) -> PaymentMethod:
    """Returns the method that the intent has."""
    method = store.payment_methods.get(intent.body["payment_method"])
    assert method is not None
    return method


def _needs_authentication(template: Template | None, intent: SetupIntent) -> bool:
    if template is None:
        return False
    asked = intent.body["payment_method_options"]["card"]["request_three_d_secure"]
    return template.three_d_secure in (ALWAYS_ASKED if asked == "automatic" else ASKED_ON_DEMAND)


def _new_attempt(store: Store, intent: SetupIntent, method: PaymentMethod, return_url: str | None) -> SetupAttempt:
    attempt = SetupAttempt(
        {
            "id": new_id("setatt"),
            "object": "setup_attempt",
            "application": None,
            "created": store.now(),
            "customer": intent.body["customer"],
            "customer_account": intent.body["customer_account"],
            "flow_directions": None,
            "livemode": False,
            "on_behalf_of": None,
            "payment_method": method.id,
            "payment_method_details": _details(method),
            "setup_error": None,
            "setup_intent": intent.id,
            "status": "processing",
            "usage": intent.body["usage"],
        },
        return_url=return_url,
    )
    intent.body["latest_attempt"] = attempt.id
    return store.setup_attempts.add(attempt)


def _details(method: PaymentMethod) -> Json:
    type = method.body["type"]
    if type != "card":
        return {"type": type, type: {}}
    shown = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    card = {name: method.body["card"][name] for name in shown}
    return {"type": type, type: {**card, "network": card["brand"], "three_d_secure": None}}


def _ask(store: Store, call: Call, intent: SetupIntent, attempt: SetupAttempt) -> None:
    attempt.body["status"] = "requires_action"
    redirect = {"return_url": attempt.return_url, "url": f"{call.origin}/_sandbox/3ds/{attempt.id}"}
    intent.body |= {
        "next_action": {"redirect_to_url": redirect, "type": "redirect_to_url"},
        "status": "requires_action",
    }
    store.ledger.record(call, "setup_intent.requires_action", intent.id, intent.body["customer"])


def _finish(store: Store, call: Call, intent: SetupIntent, attempt: SetupAttempt) -> None:
    method = method_of(store, intent)
    try:
        _save(store, call, intent, method)
    except StripeError as error:
        _fail(store, call, intent, attempt, error)
        raise error.about(payment_method=method.body, setup_intent=seen_by(call, intent)) from None
    attempt.body["status"] = "succeeded"
    intent.body |= {"last_setup_error": None, "next_action": None, "status": "succeeded"}
    store.ledger.record(call, "setup_intent.succeeded", intent.id, intent.body["customer"])


def _save(store: Store, call: Call, intent: SetupIntent, method: PaymentMethod) -> None:
    if method.template and method.template.setup_decline:
        raise decline(method.template.setup_decline)
    if intent.body["customer"]:
        save(store, call, method, customer_in_parameter(store, intent.body["customer"]), verified=True)
        return
    refuse_unusable(intent, method)
    method.body = examine(method.body, method.template, refuse_failed_checks=store.refuse_failed_checks)
    method.spent = True


def _fail(store: Store, call: Call, intent: SetupIntent, attempt: SetupAttempt, error: StripeError) -> None:
    told = {**error.told(), "payment_method": dict(method_of(store, intent).body)}
    attempt.body |= {"setup_error": told, "status": "failed"}
    intent.body |= {
        "last_setup_error": told,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    store.ledger.record(call, "setup_intent.setup_failed", intent.id, intent.body["customer"])
