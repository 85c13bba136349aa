"""ConfirmationTokens: what a payer entered, for one confirmation by the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.json_object import Json
from sandbox.objects.billing_details import blank_address
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.objects.record import Record

LIFETIME_SECONDS = 12 * 60 * 60


@dataclass(slots=True, eq=False)
class ConfirmationToken(Record):
    """A token. `params` are the parameters that it adds to the confirmation."""

    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_used(self) -> bool:
        """Whether an intent was confirmed with it."""
        return any(self.body[name] is not None for name in ("payment_intent", "setup_intent"))

    def is_expired(self, now: int) -> bool:
        """Returns whether it was not used in time."""
        return not self.is_used and bool(self.body["expires_at"] <= now)

    def use(self, member: str, intent: str) -> None:
        """Stores the intent that was confirmed with it. `member` is `payment_intent` or `setup_intent`."""
        self.body |= {"expires_at": None, member: intent}


def new_body(id: str, method: PaymentMethod, params: Mapping[str, Any], now: int) -> Json:
    """Returns the body of a new token. It previews the payment method, without an id."""
    names = ("allow_redisplay", "billing_details", "customer", "customer_account", "type", method.type)
    return {
        "id": id,
        "object": "confirmation_token",
        "created": now,
        "expires_at": now + LIFETIME_SECONDS,
        "livemode": False,
        "mandate_data": _mandate_data(params.get("mandate_data")),
        "payment_intent": None,
        "payment_method_options": {"card": {"cvc_token": None}} if method.type == "card" else None,
        "payment_method_preview": {name: method.body[name] for name in names},
        "return_url": params.get("return_url"),
        "setup_future_usage": params.get("setup_future_usage"),
        "setup_intent": None,
        "shipping": _shipping(params.get("shipping")),
        "use_stripe_sdk": True,
    }


def _mandate_data(given: Json | None) -> Json | None:
    if given is None:
        return None
    acceptance = given["customer_acceptance"]
    return {"customer_acceptance": {"online": acceptance.get("online"), "type": acceptance["type"]}}


def _shipping(given: Json | None) -> Json | None:
    if given is None:
        return None
    return {"phone": None, **given, "address": blank_address() | given["address"]}
