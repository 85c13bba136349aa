"""Stripe objects are carried as the JSON they are; this is how one is changed."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def blank_address() -> Json:
    """Returns an address as Stripe shows it before anything is known: every member there, every one null."""
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def blank_billing_details() -> Json:
    """Returns billing details of nulls; the address is never bare null on a live body."""
    return {"address": blank_address(), "email": None, "name": None, "phone": None, "tax_id": None}


def merged(current: Json, changes: Mapping[str, Any]) -> Json:
    """Returns `current` with `changes` laid over it leaf by leaf; what is not mentioned stays."""
    result = dict(current)
    for name, value in changes.items():
        below = result.get(name)
        result[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def merged_billing_details(current: Json, changes: Mapping[str, Any]) -> Json:
    """Returns `current` with `changes` merged in; unsetting the address blanks its members."""
    result = merged(current, changes)
    result["address"] = result["address"] or blank_address()
    return result
