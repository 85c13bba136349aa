"""A human-readable label that identifies a payment method in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.payment_methods.card import CardBrand
from schema.payment_methods.payment_method_type import KINDS
from schema.reading import text_at

_BRAND_NAMES: Mapping[CardBrand, str] = {
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
_BRANDS: Mapping[str, str] = {brand.stripe_value: name for brand, name in _BRAND_NAMES.items()} | {
    spelling: _BRAND_NAMES[CardBrand(value)] for spelling, value in CardBrand.spellings().items()
}
"""The names by all of Stripe's spellings."""


def label(json: Mapping[str, Any]) -> str:
    """Visa •••• 4242, Bank account •••• 6789, PayPal jenny@example.com, Klarna. Never empty."""
    type_ = text_at(json, "type") or "payment_method"
    kind = KINDS.get(type_)
    attributes = json.get(type_)
    attributes = attributes if isinstance(attributes, dict) else {}
    name = _name(type_, attributes)
    shown = text_at(attributes, kind.label_member) if kind and kind.label_member else None
    if not shown:
        return name
    return f"{name} •••• {shown}" if kind and kind.label_member == "last4" else f"{name} {shown}"


def _name(type_: str, attributes: Mapping[str, Any]) -> str:
    if type_ == "custom":
        return text_at(attributes, "display_name") or KINDS[type_].name
    brand = _brand(attributes) if type_ in ("card", "card_present", "interac_present") else None
    if brand:
        return brand
    return KINDS[type_].name if type_ in KINDS else type_.replace("_", " ").capitalize()


def _brand(attributes: Mapping[str, Any]) -> str | None:
    return _BRANDS.get(text_at(attributes, "display_brand") or "") or _BRANDS.get(text_at(attributes, "brand") or "")
