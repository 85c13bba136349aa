"""Amounts of money: integers in the smallest unit of a currency that Stripe supports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ParameterError, StripeError
from sandbox.fixtures import load
from sandbox.http.form import FormValue
from sandbox.parameters.types import Integer, Text

# By code: the number of decimals, what one unit is worth in US dollars, and the multiple that an amount must be.
_CURRENCIES: Mapping[str, Mapping[str, Any]] = load("currencies")
_SYMBOLS = {"eur": "€", "gbp": "£", "jpy": "¥", "usd": "$"}
_MINIMUM_IN_USD = 0.5
_MAXIMUM = 99_999_999
_NOTHING_TO_CHARGE = (
    "The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency"
    " set. See https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts for the minimum amounts.  If you"
    " want to save a payment method without charging it, use a Setup Intent instead."
)


@dataclass(frozen=True)
class Amount(Integer):
    """A positive amount. Whether it is too small or too large depends on the currency."""

    minimum: int | None = 1

    def _within(self, number: int, param: str) -> int:
        if number == 0:
            raise ParameterError(_NOTHING_TO_CHARGE, code="parameter_invalid_integer", param=param)
        return super()._within(number, param)


@dataclass(frozen=True)
class Currency(Text):
    """A currency's code. It is stored in lower case."""

    def parse(self, value: FormValue, param: str) -> str | None:
        text = super().parse(value, param)
        return text and text.lower()

    def check(self, text: str, param: str) -> None:
        if text.lower() not in _CURRENCIES:
            supported = ", ".join(_CURRENCIES)
            message = f"Invalid currency: {text}. Stripe currently supports these currencies: {supported}"
            raise ParameterError(message, param=param)


def check_amount(amount: int, currency: str) -> None:
    """Raises StripeError if the amount is too small or too large, or has decimals that the currency lacks."""
    if amount > _MAXIMUM:
        message = f"Amount must be no more than {_formatted(_MAXIMUM, currency)}"
        raise StripeError(message, code="amount_too_large", param="amount")
    in_usd = amount / 10 ** _CURRENCIES[currency]["decimals"] * _CURRENCIES[currency]["usd"]
    if in_usd < _MINIMUM_IN_USD:
        raise StripeError(_too_small(amount, currency, in_usd), code="amount_too_small", param="amount")
    multiple = _CURRENCIES[currency].get("multiple_of", 1)
    if amount % multiple:
        message = f"Invalid amount: an amount in {currency} must be a multiple of {multiple}"
        raise StripeError(message, code="parameter_invalid_integer", param="amount")


def _too_small(amount: int, currency: str, in_usd: float) -> str:
    if currency == "usd":
        return "Amount must be at least 50 cents"
    converted = f"{_formatted(amount, currency)} converts to approximately ${in_usd:.2f}."
    return f"Amount must convert to at least 50 cents. {converted}"


def _formatted(amount: int, currency: str) -> str:
    decimals = _CURRENCIES[currency]["decimals"]
    symbol = _SYMBOLS.get(currency, f"{currency.upper()} ")
    return f"{symbol}{amount / 10**decimals:,.{decimals}f}"
