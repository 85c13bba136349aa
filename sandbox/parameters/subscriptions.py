"""Parameters of the subscription endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.http.form import FormValue
from sandbox.parameters.customers.customers import CUSTOMER
from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.types import (
    Array,
    Boolean,
    Choice,
    Hash,
    Integer,
    Metadata,
    ParameterType,
    Text,
    Unchecked,
    endpoint_parameters,
)

STATUSES = ("active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid")

# Known parameters that the sandbox refuses, because it has no invoices.
UNSUPPORTED = (
    *("add_invoice_items", "application_fee_percent", "automatic_tax", "backdate_start_date", "billing_cycle_anchor"),
    *("billing_cycle_anchor_config", "billing_schedules", "billing_thresholds", "cancel_at", "default_tax_rates"),
    *("discounts", "invoice_settings", "on_behalf_of", "pause_collection", "pending_invoice_item_interval"),
    *("transfer_data", "trial_from_plan"),
)
_WITHOUT_EFFECT = ("billing_mode", "off_session", "proration_behavior", "proration_date")


@dataclass(frozen=True)
class _TrialEnd:
    """A timestamp, or `now`."""

    def parse(self, value: FormValue, param: str) -> int | str:
        return "now" if value == "now" else Integer().parse(value, param)


_PRICE_DATA = Hash(
    {
        "currency": Text(),
        "product": Text(),
        "recurring": Hash(
            {"interval": Choice(("day", "month", "week", "year")), "interval_count": Integer(minimum=1, maximum=1095)},
            required=("interval",),
        ),
        "tax_behavior": Choice(("exclusive", "inclusive", "unspecified")),
        "unit_amount": Integer(minimum=0),
    },
    required=("currency", "product", "recurring"),
)
_ITEM = Hash(
    {"metadata": Metadata(), "price": Text(), "price_data": _PRICE_DATA, "quantity": Integer(minimum=0, maximum=10**6)}
)
_CANCELLATION_DETAILS = Hash(
    {
        "comment": Text(unsettable=True),
        "feedback": Choice(
            (
                *("customer_service", "low_quality", "missing_features", "other", "switched_service"),
                *("too_complex", "too_expensive", "unused"),
            ),
            unsettable=True,
        ),
    }
)
_PAYMENT_SETTINGS = Hash(
    {
        "payment_method_types": Array(Text(), unsettable=True),
        "save_default_payment_method": Choice(("off", "on_subscription")),
    }
)
_END_BEHAVIOR = Hash({"missing_payment_method": Choice(("cancel", "create_invoice", "pause"))})
_WRITABLE: Mapping[str, ParameterType] = {
    **dict.fromkeys((*UNSUPPORTED, *_WITHOUT_EFFECT), Unchecked()),
    "cancel_at_period_end": Boolean(),
    "collection_method": Choice(("charge_automatically", "send_invoice")),
    "days_until_due": Integer(minimum=0),
    "default_payment_method": Text(unsettable=True),
    "default_source": Text(unsettable=True),
    "description": Text(limit=500, unsettable=True),
    "metadata": Metadata(),
    "payment_behavior": Choice(
        ("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")
    ),
    "payment_settings": _PAYMENT_SETTINGS,
    "trial_end": _TrialEnd(),
    "trial_settings": Hash({"end_behavior": _END_BEHAVIOR}, required=("end_behavior",)),
}

CREATE = endpoint_parameters(
    {
        **_WRITABLE,
        "currency": Text(),
        **CUSTOMER,
        "items": Array(_ITEM),
        "trial_period_days": Integer(minimum=0, maximum=730),
    },
    required=("items",),
)
UPDATE = endpoint_parameters({**_WRITABLE, "cancellation_details": _CANCELLATION_DETAILS, "items": Unchecked()})
DELETE = endpoint_parameters(
    {"cancellation_details": _CANCELLATION_DETAILS, "invoice_now": Boolean(), "prorate": Boolean()}
)
LIST = endpoint_parameters(
    {
        **PAGINATION,
        **dict.fromkeys(("automatic_tax", "current_period_end", "current_period_start"), Unchecked()),
        "collection_method": Choice(("charge_automatically", "send_invoice")),
        "created": CREATED,
        **CUSTOMER,
        "plan": Text(),
        "price": Text(),
        "status": Choice((*STATUSES, "all", "ended")),
        "test_clock": Text(),
    }
)
