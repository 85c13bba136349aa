"""Subscriptions: how a new one looks, and how an update or a cancellation changes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.json_object import Json, merged
from sandbox.objects.customers.customer import Customer
from sandbox.objects.record import Record
from sandbox.objects.writable_members import with_params

ENDED_STATUSES = ("canceled", "incomplete_expired")

# Parameters that become members of the same name, unchanged.
_COPIED = ("collection_method", "days_until_due", "default_payment_method", "default_source", "description")
_MERGED = ("cancellation_details", "payment_settings", "trial_settings")
_NULL_MEMBERS = """
    application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at canceled_at
    days_until_due default_payment_method default_source description ended_at latest_invoice
    next_pending_invoice_item_invoice on_behalf_of pause_collection pending_invoice_item_interval pending_setup_intent
    pending_update schedule test_clock transfer_data trial_end trial_start
"""
_BLANK: Json = {
    "object": "subscription",
    **dict.fromkeys(_NULL_MEMBERS.split()),
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
    "billing_schedules": [],
    "cancel_at_period_end": False,
    "cancellation_details": dict.fromkeys(("comment", "feedback", "reason")),
    "collection_method": "charge_automatically",
    "default_tax_rates": [],
    "discounts": [],
    "invoice_settings": {
        **dict.fromkeys(("account_tax_ids", "custom_fields", "description", "footer")),
        "issuer": {"type": "self"},
    },
    "livemode": False,
    "managed_payments": {"enabled": False},
    "metadata": {},
    "payment_settings": {
        **dict.fromkeys(("payment_method_options", "payment_method_types")),
        "save_default_payment_method": "off",
    },
    "status": "active",
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
}


@dataclass(slots=True, eq=False)
class Subscription(Record):
    """A subscription of a customer."""

    @property
    def customer(self) -> str:
        """The id of the subscribed customer."""
        return str(self.body["customer"])

    @property
    def has_ended(self) -> bool:
        """Whether it was canceled or expired."""
        return self.body["status"] in ENDED_STATUSES

    @property
    def items(self) -> list[Json]:
        """Its items, each with a price."""
        items: list[Json] = self.body["items"]["data"]
        return items

    def cancel(self, now: int) -> None:
        """Ends the subscription immediately."""
        self.body |= {"canceled_at": now, "ended_at": now, "status": "canceled"}

    def remove_payment_method(self, id: str) -> bool:
        """Clears references to the payment method, and returns whether there were any.

        The customer's default is charged from then on.
        """
        names = [name for name in ("default_payment_method", "default_source") if self.body[name] == id]
        self.body |= dict.fromkeys(names)
        return bool(names)


def new_body(id: str, customer: Customer, items: list[Json], params: Mapping[str, Any], now: int) -> Json:
    """Returns the body of a new, active subscription."""
    blank = {
        "id": id,
        **_BLANK,
        "billing_cycle_anchor": now,
        "created": now,
        "currency": items[0]["price"]["currency"],
        "customer": customer.id,
        "customer_account": customer.body.get("customer_account"),
        "items": _list_of(items, id),
        "start_date": now,
    }
    return updated_body(blank, params, now)


def updated_body(body: Json, params: Mapping[str, Any], now: int) -> Json:
    """Returns the body with the update applied. The caller has checked the payment method."""
    updated = with_params(body, params, _COPIED)
    updated = merged(updated, {name: params[name] for name in _MERGED if name in params})
    if "trial_end" in params:
        updated |= _trial(body, params["trial_end"], now)
    if "cancel_at_period_end" in params:
        updated |= _cancellation(updated, params["cancel_at_period_end"], now)
    return updated


def _trial(body: Json, end: int | None, now: int) -> Json:
    """Returns the members of a trial until `end`, which may have passed. None means that there never was one."""
    if end is None:
        return {}
    in_trial = end > now
    status = "trialing" if in_trial else "active"
    return {"status": status, "trial_end": end, "trial_start": body["trial_start"] or body["start_date"]}


def _cancellation(body: Json, at_period_end: bool, now: int) -> Json:
    """Returns the members that say whether the subscription ends with its period."""
    if at_period_end == body["cancel_at_period_end"]:
        return {}
    end = max(item["current_period_end"] for item in body["items"]["data"])
    reason = "cancellation_requested" if at_period_end else None
    return {
        "cancel_at": end if at_period_end else None,
        "cancel_at_period_end": at_period_end,
        "canceled_at": now if at_period_end else None,
        "cancellation_details": {**body["cancellation_details"], "reason": reason},
    }


def _list_of(items: list[Json], subscription: str) -> Json:
    url = f"/v1/subscription_items?subscription={subscription}"
    return {"object": "list", "data": items, "has_more": False, "url": url}
