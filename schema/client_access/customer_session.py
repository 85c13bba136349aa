"""A customer session: lets Stripe's UI components show and manage a customer's payment methods."""

from __future__ import annotations

from datetime import datetime

from schema.context import link
from schema.customer import Customer
from schema.reading import View, member, stripe_type


@stripe_type(
    "A short-lived access of Stripe's UI components to a customer's saved payment methods. Stripe keeps it under "
    "its secret, and has no request that returns it again."
)
class CustomerSession(View):
    client_secret: str = member(
        "The secret that the customer's own device passes to Stripe's component. It gives access to the customer's "
        "payment methods: send it to no one else, and never log or store it."
    )
    expires_at: datetime = member("When the secret expires.")
    customer: Customer | None = link(
        lambda links: links.customer_of,
        "The customer whose payment methods it gives access to. Null if the customer is deleted.",
    )
