"""Checks an amount and its currency before a payment.

Stripe alone knows the minimum and the maximum: they depend on the currency and on the Stripe account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from resolvers.errors.exceptions import invalid_input
from stripe_api.form import Value

_CODE = re.compile(r"[A-Za-z]{3}")
_THREE_DECIMALS = ("bhd", "jod", "kwd", "omr", "tnd")
"""Currencies whose smallest unit is a thousandth. Cards settle in hundredths, so Stripe requires a last digit of 0."""


def amount_parameters(amount: int, currency: str) -> Mapping[str, Value]:
    """Stripe's parameters `amount` and `currency`. Raises MutationRejected for values that no payment can have."""
    if _CODE.fullmatch(currency) is None:
        raise invalid_input("currency", "Give the currency's three-letter code of ISO 4217, for example usd.")
    if amount < 1:
        raise invalid_input(
            "amount",
            "Give a positive amount in the currency's smallest unit. To save a payment method without a payment, use "
            "createSetupIntent.",
        )
    if currency.lower() in _THREE_DECIMALS and amount % 10:
        raise invalid_input(
            "amount", f"Amounts in {currency.upper()} are in thousandths, and the last digit must be 0. Round it."
        )
    return {"amount": amount, "currency": currency.lower()}
