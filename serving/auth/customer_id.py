"""The ids of Stripe customers that a token may name."""

import re

CUSTOMER_ID = re.compile(r"(?!.*\.\.)(?!\.\Z)[A-Za-z0-9_.@+-]{1,255}")
"""The ids of customers that are sent to Stripe. stripe_api.ids has the same rule."""
