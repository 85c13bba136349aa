"""Customers: what the sandbox stores of them, how a new one looks, and how an update changes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.json_object import Json, merged
from sandbox.objects.billing_details import blank_address
from sandbox.objects.record import Record
from sandbox.objects.writable_members import with_params
from sandbox.parameters.customers.customers import COPIED, INVOICE_SETTINGS, RENDERING_OPTIONS

_NULL_MEMBERS = "address currency default_source description discount email name phone shipping test_clock"


@dataclass(slots=True, eq=False)
class Customer(Record):
    """A customer. A deleted one stays as a stub with its id."""

    @property
    def is_deleted(self) -> bool:
        """Whether only the stub is left."""
        return "deleted" in self.body

    @property
    def default_payment_sources(self) -> tuple[str | None, str | None]:
        """The ids that pay subscriptions without a payment method of their own, in Stripe's order."""
        return self.body["invoice_settings"]["default_payment_method"], self.body["default_source"]

    def delete(self) -> None:
        """Replaces the body with the stub that Stripe returns for a deleted customer."""
        self.body = {"id": self.id, "object": "customer", "deleted": True}

    @property
    def default_payment_method(self) -> str | None:
        """The id of the payment method that pays the customer's invoices by default."""
        id: str | None = self.body["invoice_settings"]["default_payment_method"]
        return id

    def set_default_payment_method(self, id: str | None) -> None:
        """Sets the default for invoices and subscriptions."""
        self.body = merged(self.body, {"invoice_settings": {"default_payment_method": id}})

    def remove_payment_method(self, id: str) -> bool:
        """Clears the defaults that name the payment method, and returns whether there were any."""
        before = self.body
        if before["invoice_settings"]["default_payment_method"] == id:
            self.set_default_payment_method(None)
        if before["default_source"] == id:
            self.body = {**self.body, "default_source": None}
        return self.body is not before


def new_body(id: str, invoice_prefix: str, params: Mapping[str, Any], now: int) -> Json:
    """Returns the body of a new customer, without a default payment method."""
    blank: Json = {
        "id": id,
        "object": "customer",
        **dict.fromkeys(_NULL_MEMBERS.split()),
        "balance": 0,
        "created": now,
        "delinquent": False,
        "invoice_prefix": invoice_prefix,
        "invoice_settings": dict.fromkeys(INVOICE_SETTINGS.members),
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    }
    return updated_body(blank, params)


def updated_body(body: Json, params: Mapping[str, Any]) -> Json:
    """Returns the body with all parameters applied except the default payment method."""
    updated = with_params(body, params, COPIED)
    for name, update in (("address", _address), ("shipping", _shipping), ("invoice_settings", _invoice_settings)):
        if name in params:
            updated[name] = update(body[name], params[name])
    return _without_nulls(updated)


def _address(current: Json | None, changes: Json | None) -> Json | None:
    return None if changes is None else merged(current or blank_address(), changes)


def _shipping(current: Json | None, changes: Json | None) -> Json | None:
    if changes is None:
        return None
    return merged(current or {"address": blank_address(), "name": None, "phone": None}, changes)


def _invoice_settings(current: Json, changes: Json) -> Json:
    updated = merged(current, {name: value for name, value in changes.items() if name != "default_payment_method"})
    if updated["rendering_options"] is not None:
        updated["rendering_options"] = dict.fromkeys(RENDERING_OPTIONS) | updated["rendering_options"]
    return updated


def _without_nulls(body: Json) -> Json:
    """Returns the body without the members that Stripe omits or replaces when they are unset."""
    unset = [name for name in ("business_name", "individual_name") if body.get(name, "") is None]
    defaults = {"preferred_locales": body["preferred_locales"] or [], "tax_exempt": body["tax_exempt"] or "none"}
    return {name: value for name, value in {**body, **defaults}.items() if name not in unset}
