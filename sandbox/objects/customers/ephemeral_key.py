"""Ephemeral keys: API keys for one customer, which mobile SDKs use for an hour."""

from sandbox.http.customer_access import Right
from sandbox.json_object import Json

LIFETIME_SECONDS = 60 * 60
RIGHTS = frozenset(Right)


def new_body(id: str, customer: str, now: int) -> Json:
    """Returns the body of a new key, without its secret."""
    return {
        "id": id,
        "object": "ephemeral_key",
        "associated_objects": [{"id": customer, "type": "customer"}],
        "created": now,
        "expires": now + LIFETIME_SECONDS,
        "livemode": False,
    }
