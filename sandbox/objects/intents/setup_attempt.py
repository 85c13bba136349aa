"""SetupAttempts: one for each confirmation of a SetupIntent."""

from dataclasses import dataclass

from sandbox.json_object import Json
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.setup_intent import SetupIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.parameters.payment_methods.payment_method_types import WITH_ATTEMPT_DETAILS

_CARD_MEMBERS = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")


@dataclass(slots=True, eq=False)
class SetupAttempt(Attempt):
    """One confirmation of a SetupIntent."""

    @property
    def intent(self) -> str:
        """The id of the SetupIntent."""
        return str(self.body["setup_intent"])

    def succeed(self, method: PaymentMethod) -> None:
        """Ends the attempt with success. A card then has the issuer's check results."""
        self.body |= {"status": "succeeded"}
        if method.type == "card":
            self.set_details({"card": {"checks": method.body["card"]["checks"]}})

    def abandon(self) -> None:
        """Ends an attempt that waits for the payer, because another one or a cancellation replaces it."""
        if self.body["status"] == "requires_action":
            self.body |= {"status": "abandoned"}

    def fail(self, error: Json) -> None:
        """Ends the attempt with an error."""
        self.body |= {"setup_error": error, "status": "failed"}


def new_body(id: str, intent: SetupIntent, method: PaymentMethod, now: int) -> Json:
    """Returns the body of a new attempt to set up a payment method."""
    return {
        "id": id,
        "object": "setup_attempt",
        **dict.fromkeys(("application", "flow_directions", "on_behalf_of", "setup_error")),
        "created": now,
        "customer": intent.customer,
        "customer_account": intent.body["customer_account"],
        "livemode": False,
        "payment_method": method.id,
        "payment_method_details": _payment_method_details(method),
        "setup_intent": intent.id,
        "status": "processing",
        "usage": intent.body["usage"],
    }


def _payment_method_details(method: PaymentMethod) -> Json:
    if method.type not in WITH_ATTEMPT_DETAILS:
        return {"type": method.type}
    if method.type != "card":
        return {"type": method.type, method.type: {}}
    card = method.body["card"]
    details = {name: card[name] for name in _CARD_MEMBERS}
    return {"type": "card", "card": {**details, "network": card["brand"], "three_d_secure": None}}
