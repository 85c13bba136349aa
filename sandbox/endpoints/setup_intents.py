"""SetupIntents: create, retrieve, update, confirm, cancel and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import created_matches, page
from sandbox.errors import MissingResource, StripeError
from sandbox.http.api_request import Call
from sandbox.json_objects import Json
from sandbox.objects.metadata import merged_metadata
from sandbox.objects.records import Customer, PaymentMethod, SetupIntent
from sandbox.operations.attachment import admit
from sandbox.operations.confirm_setup_intent import (
    method_of,
    refuse_unconfirmable,
    refuse_unusable,
    refuse_without_return_url,
    seen_by,
    set_up,
    unexpected_state,
)
from sandbox.operations.create_payment_method import from_data
from sandbox.operations.lookups import method_in_parameter, named_customer
from sandbox.parameters.types import missing
from sandbox.state.ids import letters, new_id
from sandbox.state.store import Store

# What is offered when no types are asked for; the second line sends the payer to another site.
_AUTOMATIC = ("card", "link", "sepa_debit", "us_bank_account")
_REDIRECTING = ("amazon_pay", "cashapp", "klarna", "paypal")
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_NOT_PLAYED = (
    "attach_to_self",
    "confirmation_token",
    "flow_directions",
    "on_behalf_of",
    "payment_method_configuration",
    "single_use",
)


def create(store: Store, call: Call) -> Json:
    """POST /v1/setup_intents. Returns the intent, confirmed already when `confirm` says so."""
    _refuse_what_is_not_played(call.params)
    intent = SetupIntent(_new_body(store, named_customer(store, call.params), call.params))
    confirming = call.params.get("confirm")
    if confirming:
        refuse_without_return_url(call, intent)
    method = _given_method(store, call.params)
    if method is None and confirming:
        raise missing("payment_method")
    if method and confirming:
        refuse_unconfirmable(call, intent, method)
    if method:
        _take(store, call, intent, method)
    store.setup_intents.add(intent)
    store.ledger.record(call, "setup_intent.created", intent.id, intent.body["customer"])
    if confirming:
        set_up(store, call, intent)
    return intent.body


def retrieve(store: Store, call: Call) -> Json:
    """GET /v1/setup_intents/{intent}. Returns the intent, or the payer's view of it for a publishable key."""
    return seen_by(call, _intent(store, call))


def update(store: Store, call: Call) -> Json:
    """POST /v1/setup_intents/{intent}. Returns the intent, changed."""
    _refuse_what_is_not_played(call.params)
    intent = _intent(store, call)
    if call.params.keys() - {"description", "metadata"} and intent.body["status"] not in _OPEN:
        raise unexpected_state(call, intent, f"You cannot update this SetupIntent because {_over(intent)}.")
    changed = SetupIntent({**intent.body, **_written(store, intent.body, call.params)})
    method = _given_method(store, call.params)
    if method:
        _take(store, call, changed, method)
    if changed.body != intent.body:
        intent.body = changed.body
        store.ledger.record(call, "setup_intent.updated", intent.id, intent.body["customer"])
    return intent.body


def confirm(store: Store, call: Call) -> Json:
    """POST /v1/setup_intents/{intent}/confirm. Returns the intent: succeeded, or asking for authentication."""
    _refuse_what_is_not_played(call.params)
    intent = _intent(store, call)
    try:
        _take_for_confirmation(store, call, intent)
    except StripeError as error:
        raise error.about(setup_intent=seen_by(call, intent)) from None
    set_up(store, call, intent)
    return seen_by(call, intent)


def _take_for_confirmation(store: Store, call: Call, intent: SetupIntent) -> None:
    """Checks what Stripe checks before it asks the issuer, in Stripe's order. A refusal changes nothing."""
    refuse_without_return_url(call, intent)
    given = _given_method(store, call.params)
    if given is None and intent.body["payment_method"] is None:
        raise unexpected_state(call, intent, "You cannot confirm this SetupIntent because it has no payment method.")
    if intent.body["status"] not in _OPEN:
        raise unexpected_state(call, intent, f"You cannot confirm this SetupIntent because {_over(intent)}.")
    refuse_unconfirmable(call, intent, given or method_of(store, intent))
    if given:
        _take(store, call, intent, given)


def _over(intent: SetupIntent) -> str:
    return "it has been canceled" if intent.body["status"] == "canceled" else "it has already succeeded"


def cancel(store: Store, call: Call) -> Json:
    """POST /v1/setup_intents/{intent}/cancel. Returns the intent, of no use from now on."""
    intent = _intent(store, call)
    if intent.body["status"] not in _OPEN:
        raise unexpected_state(call, intent, f"You cannot cancel this SetupIntent because {_uncancelable(intent)}.")
    intent.body |= {
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
        "status": "canceled",
    }
    store.ledger.record(call, "setup_intent.canceled", intent.id, intent.body["customer"])
    return intent.body


def _uncancelable(intent: SetupIntent) -> str:
    if intent.body["status"] == "canceled":
        return "it is already canceled"
    listed = ", ".join(f"`{status}`" for status in _OPEN)
    return (
        f"it has a status of {intent.body['status']}. Only a SetupIntent with one of the following statuses may be"
        f" canceled: {listed}"
    )


def list_all(store: Store, call: Call) -> Json:
    """GET /v1/setup_intents. Returns a page of all of them, of one customer's or of one method's."""
    customer = named_customer(store, call.params)
    chosen = [
        intent
        for intent in store.setup_intents.newest_first()
        if (customer is None or intent.body["customer"] == customer.id)
        and intent.body["payment_method"] == call.params.get("payment_method", intent.body["payment_method"])
        and created_matches(intent, call.params.get("created"))
    ]
    return page(chosen, store.setup_intents, call)


def _intent(store: Store, call: Call) -> SetupIntent:
    """Returns the intent whose URL this is; a payer proves by its secret that it may be seen."""
    id, secret = call.ids["intent"], call.params.get("client_secret")
    intent = store.setup_intents.get(id)
    if intent is None:
        raise MissingResource("setupintent", id, "intent", status=404)
    if call.publishable and secret is None:
        raise missing("client_secret")
    if secret not in (None, intent.body["client_secret"]):
        message = "The client_secret provided does not match the client_secret of this SetupIntent."
        raise StripeError(message, code="setup_intent_invalid_parameter", param="client_secret")
    return intent


def _refuse_what_is_not_played(params: Mapping[str, Any]) -> None:
    for name in _NOT_PLAYED:
        if params.get(name):
            raise StripeError(f"This sandbox does not play {name}.", param=name)


def _given_method(store: Store, params: Mapping[str, Any]) -> PaymentMethod | None:
    if "payment_method" in params:
        return method_in_parameter(store, params["payment_method"])
    return from_data(store, params["payment_method_data"]) if "payment_method_data" in params else None


def _take(store: Store, call: Call, intent: SetupIntent, method: PaymentMethod) -> None:
    refuse_unusable(intent, method)
    admit(store, call, method)
    intent.body |= {"next_action": None, "payment_method": method.id, "status": "requires_confirmation"}


def _new_body(store: Store, customer: Customer | None, params: Mapping[str, Any]) -> Json:
    id = new_id("seti")
    blank: Json = {
        "id": id,
        "object": "setup_intent",
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "application": None,
        "automatic_payment_methods": _automatic(params),
        "cancellation_reason": None,
        "client_secret": f"{id}_secret_{letters(31)}",
        "created": store.now(),
        "customer": customer.id if customer else None,
        "customer_account": customer.body.get("customer_account") if customer else None,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": _options(params),
        "payment_method_types": [],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": params.get("usage", "off_session"),
    }
    return {**blank, **_written(store, blank, params)}


def _written(store: Store, body: Json, params: Mapping[str, Any]) -> Json:
    """Returns the members that both create and update write."""
    written = {name: params[name] for name in ("description", "excluded_payment_method_types") if name in params}
    customer = named_customer(store, params)
    if customer:
        written |= {"customer": customer.id, "customer_account": customer.body.get("customer_account")}
    if "metadata" in params:
        written["metadata"] = merged_metadata(body["metadata"], params["metadata"])
    if "payment_method_options" in params:
        written["payment_method_options"] = _options(params)
    return {**written, "payment_method_types": _types({**body, **written})}


def _automatic(params: Mapping[str, Any]) -> Json | None:
    given = params.get("automatic_payment_methods", {"enabled": "allowed_payment_method_types" not in params})
    return {"allow_redirects": "always", **given} if given["enabled"] else None


def _types(body: Json) -> list[str]:
    """Returns the types that may be set up."""
    if body["allowed_payment_method_types"] is not None:
        return list(body["allowed_payment_method_types"])
    automatic = body["automatic_payment_methods"]
    if automatic is None:
        return ["card"]
    offered = _AUTOMATIC + (_REDIRECTING if automatic["allow_redirects"] == "always" else ())
    return [name for name in offered if name not in (body["excluded_payment_method_types"] or ())]


def _options(params: Mapping[str, Any]) -> Json:
    asked = params.get("payment_method_options", {}).get("card", {}).get("request_three_d_secure", "automatic")
    return {"card": {"mandate_options": None, "network": None, "request_three_d_secure": asked}}
