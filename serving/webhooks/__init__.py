"""Stripe's webhooks: requests to /webhooks/stripe, of which only those with a valid signature are read."""
