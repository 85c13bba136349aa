"""Subscription items: a price, how many of it, and the current period."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.json_object import Json

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def new_price(id: str, data: Mapping[str, Any], now: int) -> Json:
    """Returns a price with the members of `price_data`. Like Stripe's, it is inactive, so nothing else can use it."""
    amount = data.get("unit_amount", 0)
    recurring = {"meter": None, "trial_period_days": None, "usage_type": "licensed", "interval_count": 1}
    return {
        "id": id,
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": data["currency"],
        "livemode": False,
        "metadata": {},
        **dict.fromkeys(("custom_unit_amount", "lookup_key", "nickname", "tiers_mode", "transform_quantity")),
        "product": data["product"],
        "recurring": recurring | data["recurring"],
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "type": "recurring",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }


def new_item(
    id: str, subscription: str, price: Json, params: Mapping[str, Any], start: int, trial_end: int | None
) -> Json:
    """Returns an item of a new subscription, which may begin with a trial."""
    return {
        "id": id,
        "object": "subscription_item",
        "billed_until": None,
        "billing_thresholds": None,
        "created": start,
        "current_period_end": trial_end or _period_end(start, price["recurring"]),
        "current_period_start": start,
        "discounts": [],
        "metadata": params.get("metadata") or {},
        "plan": _plan(price),
        "price": price,
        "quantity": params.get("quantity", 1),
        "subscription": subscription,
        "tax_rates": [],
    }


def amount_due(items: list[Json]) -> int:
    """Returns what the items cost in a period, in the currency's smallest unit."""
    return sum(item["price"]["unit_amount"] * item["quantity"] for item in items)


def _period_end(start: int, recurring: Json) -> int:
    begins = datetime.fromtimestamp(start, UTC)
    interval, count = recurring["interval"], recurring["interval_count"]
    if interval in _DAYS:
        return int((begins + timedelta(days=_DAYS[interval] * count)).timestamp())
    years, month = divmod(begins.month - 1 + _MONTHS[interval] * count, 12)
    last_day = monthrange(begins.year + years, month + 1)[1]
    ends = begins.replace(year=begins.year + years, month=month + 1, day=min(begins.day, last_day))
    return int(ends.timestamp())


def _plan(price: Json) -> Json:
    """Returns the price in its older form, which Stripe still sends."""
    same = ("id", "active", "billing_scheme", "created", "currency", "livemode", "metadata", "nickname", "product")
    return {
        **{name: price[name] for name in same},
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "tiers_mode": None,
        "transform_usage": None,
        **price["recurring"],
    }
