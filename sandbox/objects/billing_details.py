"""Addresses and billing details. Stripe always returns every member, and null for what is unknown."""

from collections.abc import Mapping
from typing import Any

from sandbox.json_object import Json, merged


def blank_address() -> Json:
    """Returns an address whose members are all null."""
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def blank_billing_details() -> Json:
    """Returns billing details whose members are all null, except the address, which is an object of nulls."""
    return {"address": blank_address(), "email": None, "name": None, "phone": None, "tax_id": None}


def merged_billing_details(current: Json, changes: Mapping[str, Any]) -> Json:
    """Returns `current` with `changes` merged in. Unsetting the address sets its members to null."""
    result = merged(current, changes)
    result["address"] = result["address"] or blank_address()
    return result
