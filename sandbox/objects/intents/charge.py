"""Charges: one for each attempt to get the money of a PaymentIntent."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.json_object import Json
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.objects.record import Record

_NULL_MEMBERS = """
    application application_fee application_fee_amount authorization_code balance_transaction
    calculated_statement_descriptor failure_balance_transaction failure_code failure_message on_behalf_of outcome
    receipt_number receipt_url review source source_transfer transfer_data
"""
# What a charge has in common with its intent.
_OF_INTENT = """
    amount currency customer description metadata receipt_email shipping statement_descriptor
    statement_descriptor_suffix transfer_group
"""
# The members of each type's details that a charge copies from the payment method.
_DETAILS: Mapping[str, str] = {
    "acss_debit": "bank_name fingerprint institution_number last4 transit_number",
    "au_becs_debit": "bsb_number fingerprint last4",
    "bacs_debit": "fingerprint last4 sort_code",
    "boleto": "tax_id",
    "card": "brand checks country exp_month exp_year fingerprint funding last4 regulated_status wallet",
    "cashapp": "buyer_id cashtag",
    "eps": "bank",
    "fpx": "bank",
    "ideal": "bank bic",
    "kr_card": "brand last4",
    "naver_pay": "buyer_id",
    "nz_bank_account": "account_holder_name bank_code bank_name branch_code last4 suffix",
    "p24": "bank",
    "paypal": "country payer_email payer_id",
    "payto": "bsb_number last4 pay_id",
    "sepa_debit": "bank_code branch_code country fingerprint last4",
    "sofort": "country",
    "upi": "vpa",
    "us_bank_account": "account_holder_type account_type bank_name fingerprint last4 routing_number",
}
# The types whose details name the mandate.
_WITH_MANDATE = ("acss_debit", "au_becs_debit", "bacs_debit", "card", "payto", "sepa_debit", "us_bank_account")


@dataclass(slots=True, eq=False)
class Charge(Record):
    """A charge: pending, succeeded or failed. One that has succeeded may still have to be captured."""

    @property
    def payment_intent(self) -> str:
        """The id of the PaymentIntent."""
        return str(self.body["payment_intent"])

    def succeed(self, *, captured: bool) -> None:
        """The issuer or the bank has accepted. Without `captured` the amount is only reserved."""
        outcome = _outcome("authorized", "approved_by_network", "Payment complete.")
        self.body |= {"outcome": outcome, "paid": True, "status": "succeeded"}
        if captured:
            self.capture(self.body["amount"])

    def capture(self, amount: int) -> None:
        """Captures the amount, and releases the rest of the authorization."""
        released = self.body["amount"] - amount
        self.body |= {"amount_captured": amount, "amount_refunded": released, "captured": True}

    def release(self) -> None:
        """Releases an amount that was only reserved."""
        self.body |= {"amount_refunded": self.body["amount"], "refunded": True}

    def fail(self, error: Json) -> None:
        """The issuer or the bank has refused, for the reason that the error object tells."""
        reason = error.get("decline_code") or error.get("code")
        codes = {name: error.get(name) for name in ("advice_code", "network_decline_code")}
        outcome = _outcome("issuer_declined", "declined_by_network", error["message"]) | codes | {"reason": reason}
        failure = {"failure_code": error.get("code"), "failure_message": error["message"]}
        self.body |= {**failure, "outcome": outcome, "paid": False, "status": "failed"}


def new_body(id: str, intent: PaymentIntent, method: PaymentMethod, details: Json, now: int) -> Json:
    """Returns the body of a new charge, which is pending. `details` describe how the payment method was used."""
    return {
        "id": id,
        "object": "charge",
        **dict.fromkeys(_NULL_MEMBERS.split()),
        **{name: intent.body[name] for name in _OF_INTENT.split()},
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": method.body["billing_details"],
        "captured": False,
        "created": now,
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "paid": False,
        "payment_intent": intent.id,
        "payment_method": method.id,
        "payment_method_details": details,
        "refunded": False,
        "status": "pending",
    }


def payment_method_details(method: PaymentMethod) -> Json:
    """Returns what a charge tells about the payment method."""
    if method.type == "custom":  # Stripe's charges have no member for it.
        return {"type": method.type}
    names = _DETAILS.get(method.type, "").split()
    details = {name: method.body[method.type][name] for name in names}
    if method.type == "card":
        details |= {"installments": None, "network": details["brand"], "three_d_secure": None}
    if method.type in _WITH_MANDATE:
        details["mandate"] = None
    return {"type": method.type, method.type: details}


def _outcome(type: str, network_status: str, seller_message: str) -> Json:
    return {
        **dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code", "reason")),
        "network_status": network_status,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": seller_message,
        "type": type,
    }
