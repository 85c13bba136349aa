"""PaymentIntents: how a new one looks, how an update changes one, and its steps from creation to success."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.json_object import Json
from sandbox.objects.billing_details import blank_address
from sandbox.objects.customers.customer import Customer
from sandbox.objects.intents.intent import (
    Intent,
    bank_options,
    new_automatic_payment_methods,
    offered_types,
    with_intent_params,
)

# Some of the types offered need a currency.
_CURRENCIES = {"bancontact": "eur", "cashapp": "usd", "ideal": "eur", "sepa_debit": "eur", "us_bank_account": "usd"}
_PUBLIC = """
    id object allowed_payment_method_types amount amount_details automatic_payment_methods canceled_at
    cancellation_reason capture_method client_secret confirmation_method created currency description
    excluded_payment_method_types last_payment_error livemode next_action payment_method
    payment_method_configuration_details payment_method_types processing receipt_email setup_future_usage shipping
    source status
"""
_NULL_MEMBERS = """
    application application_fee_amount canceled_at cancellation_reason customer customer_account description
    excluded_payment_method_types last_payment_error latest_charge next_action on_behalf_of payment_method
    payment_method_configuration_details payment_record processing receipt_email review setup_future_usage shipping
    source statement_descriptor statement_descriptor_suffix transfer_data transfer_group
"""
# Parameters that become members of the same name.
_COPIED = """
    allowed_payment_method_types amount capture_method currency description excluded_payment_method_types receipt_email
    setup_future_usage statement_descriptor statement_descriptor_suffix transfer_group
"""


@dataclass(slots=True, eq=False)
class PaymentIntent(Intent):
    """A PaymentIntent. `attempt` is the id of its newest confirmation."""

    noun = "PaymentIntent"
    name = "payment_intent"
    error_member = "last_payment_error"
    public_members = tuple(_PUBLIC.split())

    attempt: str | None = None

    @property
    def latest_attempt(self) -> str | None:
        """The id of the newest confirmation."""
        return self.attempt

    @property
    def is_captured_later(self) -> bool:
        """Whether a confirmation only reserves the amount."""
        return bool(self.body["capture_method"] == "manual")

    @property
    def is_confirmed_by_server(self) -> bool:
        """Whether the server must confirm again after the payer has approved."""
        return bool(self.body["confirmation_method"] == "manual")

    def future_usage(self, type: str) -> str | None:
        """Returns `setup_future_usage` for a payment method of that type, or None if it is not saved."""
        options = self.body["payment_method_options"].get(type, {})
        usage: str | None = options.get("setup_future_usage") or self.body["setup_future_usage"]
        return None if usage == "none" else usage

    def process(self, charge: str) -> None:
        """The payment is processing: the bank has received the debit."""
        self.body |= {"last_payment_error": None, "latest_charge": charge, "next_action": None, "status": "processing"}

    def reserve(self, charge: str) -> None:
        """The amount is reserved, and can be captured."""
        reserved = {"amount_capturable": self.body["amount"], "latest_charge": charge, "status": "requires_capture"}
        self.body |= {"last_payment_error": None, "next_action": None, **reserved}

    def receive(self, charge: str, amount: int) -> None:
        """Ends the intent with success."""
        self.succeed()
        self.body |= {"amount_capturable": 0, "amount_received": amount, "latest_charge": charge}

    def cancel_at(self, now: int, reason: str | None) -> None:
        """Cancels the intent."""
        self.cancel(reason)
        self.body |= {"amount_capturable": 0, "canceled_at": now}


def new_body(id: str, secret: str, customer: Customer | None, params: Mapping[str, Any], now: int) -> Json:
    """Returns the body of a new PaymentIntent, without a payment method."""
    blank: Json = {
        "id": id,
        "object": "payment_intent",
        **dict.fromkeys(_NULL_MEMBERS.split()),
        "allowed_payment_method_types": None,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": new_automatic_payment_methods(params),
        "capture_method": "automatic_async",
        "client_secret": f"{id}_secret_{secret}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": now,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "payment_method_options": _payment_method_options({}),
        "payment_method_types": [],
        "status": "requires_payment_method",
    }
    return updated_body(blank, customer, params)


def updated_body(body: Json, customer: Customer | None, params: Mapping[str, Any]) -> Json:
    """Returns the body with the parameters applied that create, update and confirm accept."""
    updated = with_intent_params(body, customer, params, _COPIED.split())
    if "shipping" in params:
        updated["shipping"] = _shipping(params["shipping"])
    if "payment_method_options" in params:
        given = _payment_method_options(params["payment_method_options"])
        named = {type: options for type, options in given.items() if type in params["payment_method_options"]}
        updated["payment_method_options"] = {**body["payment_method_options"], **named}
    return {**updated, "payment_method_types": _payment_method_types(updated)}


def _payment_method_types(body: Json) -> list[str]:
    offered = offered_types(body)
    if body["allowed_payment_method_types"] is not None:
        return offered
    return [type for type in offered if _CURRENCIES.get(type, body["currency"]) == body["currency"]]


def _payment_method_options(options: Mapping[str, Any]) -> Json:
    card = options.get("card", {})
    requested = card.get("request_three_d_secure", "automatic")
    usages = {
        type: {"setup_future_usage": given["setup_future_usage"]}
        for type, given in options.items()
        if isinstance(given, dict) and given.get("setup_future_usage")
    }
    by_type = {
        "card": {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": requested},
        **bank_options(options),
    }
    return {type: by_type.get(type, {}) | usages.get(type, {}) for type in by_type.keys() | usages.keys()}


def _shipping(given: Json | None) -> Json | None:
    blank = dict.fromkeys(("carrier", "phone", "tracking_number"))
    return given and {**blank, **given, "address": blank_address() | given["address"]}
