"""How the payer's bank responds to a debit: immediately, after days, or never. Test bank accounts decide it."""

from collections.abc import Mapping
from typing import Any

from sandbox.errors import StripeError
from sandbox.json_object import Json
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.payment_methods.create_payment_method import TEST_BANK_ACCOUNTS
from sandbox.parameters.payment_methods.payment_method_types import TYPES

_MESSAGES: Mapping[str, str] = {
    "account_closed": "The customer's bank account has been closed.",
    "charge_exceeds_source_limit": "This payment exceeds the account's limit for this payment method.",
    "charge_exceeds_weekly_limit": "This payment exceeds the weekly limit of the account.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "no_account": "The customer's bank account could not be located.",
    "payment_intent_payment_attempt_failed": "The payment failed.",
    "payment_method_currency_mismatch": "The currency of the payment does not fit the customer's bank account.",
}


class DebitRefused(StripeError):
    """The bank, or a limit of the account, refused the debit."""


def refusal_before_processing(method: PaymentMethod) -> StripeError | None:
    """Returns the error of a debit that is refused before it is processed."""
    return _error(method, "declined")


def refusal_after_processing(method: PaymentMethod) -> StripeError | None:
    """Returns the error of a debit that the bank returns, or None if the money arrives."""
    return _error(method, "failed")


def is_never_settled(method: PaymentMethod) -> bool:
    """Returns whether the debit stays in processing."""
    return _row(method).get("result") == "processing"


def refused(code: str) -> StripeError:
    """Returns the error of a debit that was refused for that reason."""
    return DebitRefused(_MESSAGES[code], code=code)


def _error(method: PaymentMethod, result: str) -> StripeError | None:
    row = _row(method)
    return refused(row["code"]) if row.get("result") == result else None


def _row(method: PaymentMethod) -> Mapping[str, Any]:
    return _ROWS.get(_account(method.type, method.body[method.type]), {})


def _account(type: str, details: Json) -> tuple[Any, ...]:
    """Returns what identifies a bank account. Its fingerprint differs from one connected account to the next."""
    return (type, *(details.get(name) for name in ("bank_code", "routing_number", "last4")))


_ROWS = {_account(row["type"], TYPES[row["type"]].details(row["params"])): row for row in TEST_BANK_ACCOUNTS.values()}
