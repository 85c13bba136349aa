"""Stripe's references: an id, the whole object, the stub of a deleted one, or null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.reading import UnreadableValue
from stripe_api import StripeObject


def id_of(reference: Any) -> str | None:
    """The id that a reference names; None for null."""
    found = reference.get("id") if isinstance(reference, Mapping) else reference
    if found is not None and not isinstance(found, str):
        raise UnreadableValue("Stripe sent something else where a reference was expected.")
    return found


def object_of(reference: Any) -> StripeObject | None:
    """The object itself where the reference was expanded; None for an id, null or a deleted object."""
    return reference if isinstance(reference, Mapping) and not is_deleted(reference) else None


def is_deleted(json: StripeObject) -> bool:
    """Whether this is the stub that Stripe keeps of a deleted object."""
    return json.get("deleted") is True


def default_instrument(customer: Mapping[str, Any]) -> str | None:
    """The id of what pays a customer's invoices: the default payment method, else the legacy default source."""
    return id_of(default_payment_method(customer)) or id_of(customer.get("default_source"))


def default_payment_method(customer: Mapping[str, Any]) -> Any:
    """The customer's default: a reference or None."""
    settings = customer.get("invoice_settings")
    return settings.get("default_payment_method") if isinstance(settings, dict) else None
