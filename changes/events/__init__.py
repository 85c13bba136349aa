"""Stripe's events: each is handled once, missing ones are found, and what they say is passed on as changes."""
