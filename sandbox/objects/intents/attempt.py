"""The common part of the confirmations of SetupIntents and PaymentIntents."""

from dataclasses import dataclass, field

from sandbox.json_object import Json, merged
from sandbox.objects.record import Record


@dataclass(slots=True, eq=False)
class Attempt(Record):
    """One confirmation. The payer is sent to `return_url` after authentication."""

    return_url: str | None = None
    # How the customer agreed to the mandate.
    acceptance: Json = field(default_factory=dict)
    failed_verifications: int = 0

    @property
    def intent(self) -> str:
        """The id of the intent."""
        raise NotImplementedError

    @property
    def type(self) -> str:
        """The type of the payment method."""
        return str(self.body["payment_method_details"]["type"])

    @property
    def details(self) -> Json:
        """The member that is named like the type of the payment method."""
        details: Json = self.body["payment_method_details"].get(self.type, {})
        return details

    def set_details(self, details: Json) -> None:
        """Merges the details into those of the payment method."""
        self.body = merged(self.body, {"payment_method_details": details})

    def record_3ds_result(self, result: str, reason: str | None) -> None:
        """Stores the result of 3-D Secure."""
        details = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05" if result == "authenticated" else None,
            "result": result,
            "result_reason": reason,
            "transaction_id": None,
            "version": "2.2.0",
        }
        self.set_details({"card": {"three_d_secure": details}})
