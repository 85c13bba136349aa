"""SetupIntents: how a new one looks, how an update changes one, and its steps from creation to success."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.intents.intent import (
    Intent,
    bank_options,
    new_automatic_payment_methods,
    offered_types,
    with_intent_params,
)

# The members that a publishable key may see.
_PUBLIC = """
    id object allowed_payment_method_types automatic_payment_methods cancellation_reason client_secret created
    description excluded_payment_method_types last_setup_error livemode next_action payment_method
    payment_method_configuration_details payment_method_types status usage
"""
_NULL_MEMBERS = """
    application cancellation_reason customer customer_account description excluded_payment_method_types flow_directions
    last_setup_error latest_attempt mandate next_action on_behalf_of payment_method payment_method_configuration_details
    single_use_mandate
"""


@dataclass(slots=True, eq=False)
class SetupIntent(Intent):
    """A SetupIntent. `single_use` describes a mandate for one debit."""

    noun = "SetupIntent"
    name = "setup_intent"
    error_member = "last_setup_error"
    public_members = tuple(_PUBLIC.split())

    single_use: Json | None = None

    @property
    def latest_attempt(self) -> str | None:
        """The id of the newest confirmation."""
        id: str | None = self.body["latest_attempt"]
        return id

    def set_mandate(self, id: str) -> None:
        """Names the mandate that the intent created."""
        self.body |= {"single_use_mandate" if self.single_use else "mandate": id}


def new_body(id: str, secret: str, customer: Customer | None, params: Mapping[str, Any], now: int) -> Json:
    """Returns the body of a new SetupIntent, without a payment method."""
    blank: Json = {
        "id": id,
        "object": "setup_intent",
        **dict.fromkeys(_NULL_MEMBERS.split()),
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "automatic_payment_methods": new_automatic_payment_methods(params),
        "client_secret": f"{id}_secret_{secret}",
        "created": now,
        "livemode": False,
        "metadata": {},
        "payment_method_options": _payment_method_options(params),
        "payment_method_types": [],
        "status": "requires_payment_method",
        "usage": params.get("usage", "off_session"),
    }
    return updated_body(blank, customer, params)


def updated_body(body: Json, customer: Customer | None, params: Mapping[str, Any]) -> Json:
    """Returns the body with the parameters applied that both create and update accept."""
    names = ("allowed_payment_method_types", "description", "excluded_payment_method_types")
    updated = with_intent_params(body, customer, params, names)
    if "payment_method_options" in params:
        given = _payment_method_options(params)
        named = {type: options for type, options in given.items() if type in params["payment_method_options"]}
        updated["payment_method_options"] = {**body["payment_method_options"], **named}
    return {**updated, "payment_method_types": offered_types(updated)}


def _payment_method_options(params: Mapping[str, Any]) -> Json:
    options = params.get("payment_method_options", {})
    card = options.get("card", {})
    requested = card.get("request_three_d_secure", "automatic")
    return {
        "card": {"mandate_options": None, "network": None, "request_three_d_secure": requested},
        **bank_options(options),
    }
