"""The ids of customers and accounts in tokens."""

import re

CUSTOMER_ID = re.compile(r"(?!.*\.\.)(?!\.\Z)[A-Za-z0-9_.@+-]{1,255}")
"""The customer ids that can be sent to Stripe. stripe_api.ids has the same rule."""

ACCOUNT_ID = re.compile(r"acct_[A-Za-z0-9_]{1,250}")
"""The ids of accounts."""
