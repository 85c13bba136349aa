"""Parameters of the subscription endpoints."""

from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.types import Choice, Text, Unchecked, endpoint_parameters

STATUSES = ("active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid")

RETRIEVE = endpoint_parameters()
LIST = endpoint_parameters(
    {
        **PAGINATION,
        **dict.fromkeys(("automatic_tax", "current_period_end", "current_period_start"), Unchecked()),
        "collection_method": Choice(("charge_automatically", "send_invoice")),
        "created": CREATED,
        "customer": Text(),
        "customer_account": Text(),
        "plan": Text(),
        "price": Text(),
        "status": Choice((*STATUSES, "all", "ended")),
        "test_clock": Text(),
    }
)
