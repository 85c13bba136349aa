"""The common part of SetupIntents and PaymentIntents: a payment method that a payer may have to approve."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.intents.next_action import VERIFY_WITH_MICRODEPOSITS
from sandbox.objects.payment_methods.payment_method import public_body as public_method
from sandbox.objects.record import Record
from sandbox.objects.writable_members import with_params
from sandbox.parameters.payment_methods.payment_method_types import MICRODEPOSIT_TYPES

# The statuses from which an intent can be confirmed or changed.
OPEN_STATUSES = ("requires_payment_method", "requires_confirmation", "requires_action")
# The types offered when the request names none.
_AUTOMATIC_TYPES = ("card", "link", "sepa_debit", "us_bank_account")
_AUTOMATIC_REDIRECTING_TYPES = ("amazon_pay", "bancontact", "cashapp", "ideal", "klarna", "paypal")


@dataclass(slots=True, eq=False)
class Intent(Record):
    """An intent. Its status decides what can happen next."""

    # Its name in messages, its name in JSON, the member with its error, and the members that a publishable key may see.
    noun: ClassVar[str]
    name: ClassVar[str]
    error_member: ClassVar[str]
    public_members: ClassVar[tuple[str, ...]]

    @property
    def status(self) -> str:
        """Stripe's status, such as `requires_action`."""
        return str(self.body["status"])

    @property
    def is_open(self) -> bool:
        """Whether it can be confirmed."""
        return self.status in OPEN_STATUSES

    @property
    def customer(self) -> str | None:
        """The id of the customer that the payment method will be attached to."""
        customer: str | None = self.body["customer"]
        return customer

    @property
    def payment_method(self) -> str | None:
        """The id of the payment method."""
        id: str | None = self.body["payment_method"]
        return id

    @property
    def latest_attempt(self) -> str | None:
        """The id of the newest confirmation."""
        raise NotImplementedError

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

    def awaits_payer(self, attempt: str) -> bool:
        """Returns whether it waits for the payer's approval of that attempt."""
        is_latest = (self.status, self.latest_attempt) == ("requires_action", attempt)
        return is_latest and not self.awaits_microdeposits

    def public_body(self) -> Json:
        """Returns the part that a publishable key may see."""
        body = {name: self.body[name] for name in self.public_members}
        if error := body[self.error_member]:
            body[self.error_member] = {**error, "payment_method": public_method(error["payment_method"])}
        return body

    def set_payment_method(self, id: str) -> None:
        """Sets the payment method. The intent then needs confirmation."""
        self.body |= {"next_action": None, "payment_method": id, "status": "requires_confirmation"}

    def require_action(self, action: Json) -> None:
        """Asks the payer to act."""
        self.body |= {"next_action": action, "status": "requires_action"}

    def succeed(self) -> None:
        """Ends the intent with success."""
        self.body |= {self.error_member: None, "next_action": None, "status": "succeeded"}

    def fail(self, error: Json) -> None:
        """Removes the payment method that failed, so that another one can be tried."""
        status = "requires_payment_method"
        self.body |= {self.error_member: error, "next_action": None, "payment_method": None, "status": status}

    def cancel(self, reason: str | None) -> None:
        """Ends the intent without success."""
        self.body |= {"cancellation_reason": reason, "next_action": None, "status": "canceled"}


def new_automatic_payment_methods(params: Mapping[str, Any]) -> Json | None:
    """Returns the member of a new intent: enabled, unless the parameters name the types."""
    given = params.get("automatic_payment_methods", {"enabled": "allowed_payment_method_types" not in params})
    return {"allow_redirects": "always", **given} if given["enabled"] else None


def with_intent_params(body: Json, customer: Customer | None, params: Mapping[str, Any], names: Iterable[str]) -> Json:
    """Returns the body with the customer if there is one, and with the parameters of these names and metadata."""
    updated = with_params(body, params, names)
    if customer:
        updated |= {"customer": customer.id, "customer_account": customer.body.get("customer_account")}
    return updated


def offered_types(body: Json) -> list[str]:
    """Returns `payment_method_types`: the types named, or the automatic ones that are not excluded."""
    if body["allowed_payment_method_types"] is not None:
        return list(body["allowed_payment_method_types"])
    enabled = body["automatic_payment_methods"]
    if enabled is None:
        return ["card"]
    redirecting = _AUTOMATIC_REDIRECTING_TYPES if enabled["allow_redirects"] == "always" else ()
    return [
        name for name in _AUTOMATIC_TYPES + redirecting if name not in (body["excluded_payment_method_types"] or ())
    ]


def bank_options(options: Mapping[str, Any]) -> Json:
    """Returns the options of each bank account type that the parameters name."""
    return {type: _bank_options(options[type]) for type in MICRODEPOSIT_TYPES if type in options}


def _bank_options(options: Mapping[str, Any]) -> Json:
    currency = {"currency": options["currency"]} if "currency" in options else {}
    return {**currency, "verification_method": options.get("verification_method", "automatic")}
