"""Mandates: the customer's permission to debit a payment method."""

from dataclasses import dataclass

from sandbox.json_object import Json
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.objects.record import Record

STATUSES = ("active", "inactive", "pending")
_BACS_STATUSES = {"active": "accepted", "inactive": "revoked", "pending": "pending"}


@dataclass(slots=True, eq=False)
class Mandate(Record):
    """A mandate. Only its status changes."""

    @property
    def status(self) -> str:
        """Stripe's status: active, inactive or pending."""
        return str(self.body["status"])

    @property
    def payment_method(self) -> str:
        """The id of the payment method that may be debited."""
        return str(self.body["payment_method"])

    def set_status(self, status: str) -> None:
        """Sets the status. A Bacs debit also names the status in the network and the reason for an inactive one."""
        self.body = {**self.body, "status": status}
        details = self.body["payment_method_details"]
        if details["type"] == "bacs_debit":
            reason = "debit_not_authorized" if status == "inactive" else None
            network = {"network_status": _BACS_STATUSES[status], "revocation_reason": reason}
            bacs = {**details["bacs_debit"], **network}
            self.body = {**self.body, "payment_method_details": {**details, "bacs_debit": bacs}}


def new_body(id: str, method: PaymentMethod, acceptance: Json, single_use: Json | None, reference: str) -> Json:
    """Returns the body of a new, active mandate. `single_use` is its amount and currency if it is for one debit."""
    kind = "single_use" if single_use else "multi_use"
    return {
        "id": id,
        "object": "mandate",
        "customer_acceptance": acceptance,
        "livemode": False,
        kind: single_use or {},
        "payment_method": method.id,
        "payment_method_details": {"type": method.type, method.type: _details(method.type, reference)},
        "status": "active",
        "type": kind,
    }


def _details(type: str, reference: str) -> Json:
    url = f"https://hooks.stripe.com/adapter/{type}/file/{reference}"
    by_type: dict[str, Json] = {
        "acss_debit": {"interval_description": None, "payment_schedule": "sporadic", "transaction_type": "personal"},
        "au_becs_debit": {"url": url},
        "bacs_debit": {
            **dict.fromkeys(("display_name", "revocation_reason", "service_user_number")),
            "network_status": "accepted",
            "reference": reference,
            "url": url,
        },
        "blik": {"expires_at": None, "type": "off_session"},
        "paypal": dict.fromkeys(("billing_agreement_id", "payer_id")),
        "payto": {
            **dict.fromkeys(("amount", "end_date", "payments_per_period", "purpose", "start_date")),
            "amount_type": "maximum",
            "payment_schedule": "adhoc",
        },
        "sepa_debit": {"reference": reference, "url": url},
        "upi": dict.fromkeys(("amount", "amount_type", "description", "end_date")),
    }
    return by_type.get(type, {})
