"""One line that tells a person which payment method this is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.card import CardBrand
from schema.payment_method_type import KINDS

_BRANDS: Mapping[CardBrand, str] = {
    CardBrand.AMEX: "American Express",
    CardBrand.CARTES_BANCAIRES: "Cartes Bancaires",
    CardBrand.DINERS: "Diners Club",
    CardBrand.DISCOVER: "Discover",
    CardBrand.EFTPOS_AU: "eftpos",
    CardBrand.INTERAC: "Interac",
    CardBrand.JCB: "JCB",
    CardBrand.LINK: "Link",
    CardBrand.MASTERCARD: "Mastercard",
    CardBrand.UNIONPAY: "UnionPay",
    CardBrand.VISA: "Visa",
}


def label(json: Mapping[str, Any]) -> str:
    """Visa •••• 4242, Bank account •••• 6789, PayPal jenny@example.com, Klarna. Never empty, whatever Stripe sent."""
    word = _text(json, "type") or "payment_method"
    kind = KINDS.get(word)
    attributes = json.get(word)
    attributes = attributes if isinstance(attributes, dict) else {}
    name = _name(word, attributes)
    shown = _text(attributes, kind.shows) if kind and kind.shows else None
    if not shown:
        return name
    return f"{name} •••• {shown}" if kind and kind.shows == "last4" else f"{name} {shown}"


def _name(word: str, attributes: Mapping[str, Any]) -> str:
    if word == "custom":
        return _text(attributes, "display_name") or KINDS[word].name
    brand = _brand(attributes) if word in ("card", "card_present", "interac_present") else None
    if brand:
        return brand
    return KINDS[word].name if word in KINDS else word.replace("_", " ").capitalize()


def _brand(attributes: Mapping[str, Any]) -> str | None:
    words = (_text(attributes, "display_brand"), _text(attributes, "brand"))
    return next((name for word in words if word and (name := _BRANDS.get(CardBrand(word)))), None)


def _text(json: Mapping[str, Any], name: str) -> str | None:
    value = json.get(name)
    return value if isinstance(value, str) and value else None
