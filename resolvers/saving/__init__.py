"""Saving a payment method: its duplicates, the default, the subscriptions that it takes over, and the wallet's lock."""
