"""Stripe's references, each an id, the expanded object, the stub of a deleted object or null; and nested members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.reading import UnreadableValue
from stripe_api import StripeObject, is_account


def id_of(reference: Any) -> str | None:
    """The id of the referenced object; None for null."""
    if reference is None or isinstance(reference, str):
        return reference
    found = reference.get("id") if isinstance(reference, Mapping) else reference
    if found is not None and not isinstance(found, str):
        raise UnreadableValue("Stripe sent a value of another kind where a reference was expected.")
    return found


def object_of(reference: Any) -> StripeObject | None:
    """The object, if the reference was expanded; None for an id, null or a deleted object."""
    return reference if isinstance(reference, Mapping) and not is_deleted(reference) else None


def member_at(json: Any, *path: Any) -> Any:
    """The member at a path; None if an object on the way is missing, or a value of another kind."""
    for name in path:
        json = json.get(name) if isinstance(json, Mapping) and isinstance(name, str) else None
    return json


def owner_parameter(id: str) -> Mapping[str, str]:
    """Stripe's parameter for a customer, or for the Account that represents one."""
    return {"customer_account" if is_account(id) else "customer": id}


def is_deleted(json: StripeObject) -> bool:
    """Whether this is the stub that Stripe returns for a deleted object."""
    return json.get("deleted") is True


def default_instrument(customer: Mapping[str, Any]) -> str | None:
    """The id of the default payment method or, if there is none, of the legacy default source. It pays invoices."""
    return id_of(default_payment_method(customer)) or id_of(customer.get("default_source"))


def default_payment_method(customer: Mapping[str, Any]) -> Any:
    """The reference to the customer's default payment method; None if there is none."""
    settings = customer.get("invoice_settings")
    return settings.get("default_payment_method") if isinstance(settings, dict) else None
