"""SetupIntents: how a new one looks, how an update changes one, and its steps from creation to success."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.json_object import Json
from sandbox.objects.customer import Customer
from sandbox.objects.metadata import merged_metadata
from sandbox.objects.next_action import VERIFY_WITH_MICRODEPOSITS
from sandbox.objects.payment_method import public_body as public_method
from sandbox.objects.record import Record
from sandbox.parameters.payment_method_types import MICRODEPOSIT_TYPES

OPEN_STATUSES = ("requires_payment_method", "requires_confirmation", "requires_action")
# The types offered when the request names none.
_AUTOMATIC_TYPES = ("card", "link", "sepa_debit", "us_bank_account")
_AUTOMATIC_REDIRECTING_TYPES = ("amazon_pay", "bancontact", "cashapp", "ideal", "klarna", "paypal")
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
class SetupIntent(Record):
    """A SetupIntent. Its status decides what can happen next. `single_use` describes a mandate for one debit."""

    single_use: Json | None = None

    @property
    def status(self) -> str:
        """Stripe's status, such as `requires_action`."""
        return str(self.body["status"])

    @property
    def is_open(self) -> bool:
        """Whether it has neither succeeded nor been canceled."""
        return self.status in OPEN_STATUSES

    @property
    def customer(self) -> str | None:
        """The id of the customer that the payment method will be attached to."""
        customer: str | None = self.body["customer"]
        return customer

    @property
    def may_redirect(self) -> bool:
        """Whether it accepts payment methods that send the payer to another site."""
        automatic = self.body["automatic_payment_methods"]
        return automatic is not None and automatic["allow_redirects"] == "always"

    @property
    def requests_3ds(self) -> bool:
        """Whether it asks for 3-D Secure even if the issuer doesn't require it."""
        return bool(self.body["payment_method_options"]["card"]["request_three_d_secure"] != "automatic")

    @property
    def awaits_microdeposits(self) -> bool:
        """Whether the payer must verify the bank account with microdeposits."""
        action = self.body["next_action"]
        return action is not None and action["type"] == VERIFY_WITH_MICRODEPOSITS

    def needs_microdeposits(self, type: str) -> bool:
        """Returns whether bank accounts of that type are verified with microdeposits."""
        options = self.body["payment_method_options"].get(type, {})
        return type in MICRODEPOSIT_TYPES and options.get("verification_method") != "instant"

    def public_body(self) -> Json:
        """Returns the part that a publishable key may see."""
        body = {name: self.body[name] for name in _PUBLIC.split()}
        if error := body["last_setup_error"]:
            body["last_setup_error"] = {**error, "payment_method": public_method(error["payment_method"])}
        return body

    def set_payment_method(self, id: str) -> None:
        """Sets the payment method to set up. The intent then needs confirmation."""
        self.body |= {"next_action": None, "payment_method": id, "status": "requires_confirmation"}

    def require_action(self, action: Json) -> None:
        """Asks the payer to act."""
        self.body |= {"next_action": action, "status": "requires_action"}

    def set_mandate(self, id: str) -> None:
        """Names the mandate that the intent created."""
        self.body |= {"single_use_mandate" if self.single_use else "mandate": id}

    def succeed(self) -> None:
        """Ends the intent with success."""
        self.body |= {"last_setup_error": None, "next_action": None, "status": "succeeded"}

    def fail(self, error: Json) -> None:
        """Removes the payment method that failed, so that another one can be tried."""
        status = "requires_payment_method"
        self.body |= {"last_setup_error": error, "next_action": None, "payment_method": None, "status": status}

    def cancel(self, reason: str | None) -> None:
        """Ends the intent without success."""
        self.body |= {"cancellation_reason": reason, "next_action": None, "status": "canceled"}


def new_body(id: str, secret: str, customer: Customer | None, params: Mapping[str, Any], now: int) -> Json:
    """Returns the body of a new SetupIntent, without a payment method."""
    blank: Json = {
        "id": id,
        "object": "setup_intent",
        **dict.fromkeys(_NULL_MEMBERS.split()),
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "automatic_payment_methods": _automatic_payment_methods(params),
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
    updated = {**body, **{name: params[name] for name in names if name in params}}
    if customer:
        updated |= {"customer": customer.id, "customer_account": customer.body.get("customer_account")}
    if "metadata" in params:
        updated["metadata"] = merged_metadata(body["metadata"], params["metadata"])
    if "payment_method_options" in params:
        given = _payment_method_options(params)
        named = {type: options for type, options in given.items() if type in params["payment_method_options"]}
        updated["payment_method_options"] = {**body["payment_method_options"], **named}
    return {**updated, "payment_method_types": _payment_method_types(updated)}


def _automatic_payment_methods(params: Mapping[str, Any]) -> Json | None:
    given = params.get("automatic_payment_methods", {"enabled": "allowed_payment_method_types" not in params})
    return {"allow_redirects": "always", **given} if given["enabled"] else None


def _payment_method_types(body: Json) -> list[str]:
    if body["allowed_payment_method_types"] is not None:
        return list(body["allowed_payment_method_types"])
    automatic = body["automatic_payment_methods"]
    if automatic is None:
        return ["card"]
    offered = _AUTOMATIC_TYPES + (_AUTOMATIC_REDIRECTING_TYPES if automatic["allow_redirects"] == "always" else ())
    return [name for name in offered if name not in (body["excluded_payment_method_types"] or ())]


def _payment_method_options(params: Mapping[str, Any]) -> Json:
    options = params.get("payment_method_options", {})
    card = options.get("card", {})
    requested = card.get("request_three_d_secure", "automatic")
    return {
        "card": {"mandate_options": None, "network": None, "request_three_d_secure": requested},
        **{type: _bank_options(options[type]) for type in MICRODEPOSIT_TYPES if type in options},
    }


def _bank_options(options: Mapping[str, Any]) -> Json:
    currency = {"currency": options["currency"]} if "currency" in options else {}
    return {**currency, "verification_method": options.get("verification_method", "automatic")}
