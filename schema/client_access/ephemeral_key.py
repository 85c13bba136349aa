"""An ephemeral key: gives a mobile SDK access to one customer."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.reading import View, computed, member, stripe_type
from schema.scalars import JSON


@stripe_type(
    "A short-lived API key with which a mobile SDK reads and updates one customer, and lists, attaches and "
    "detaches the customer's payment methods."
)
class EphemeralKey(View):
    id: strawberry.ID = member("Id of the key, ephkey_…")
    secret: str = member(
        "The key itself, for SDKs that take it as a string. Send it to the customer's own device only, and never "
        "log or store it."
    )
    created: datetime = member("When the key was created.")
    expires_at: datetime = member("When the key expires.", path=("expires",))
    response: JSON = computed(
        lambda key: dict(key.json),
        "Stripe's whole response in the shape of stripeVersion, for SDKs that take it as an object. It contains "
        "the secret.",
        name="json",
    )
