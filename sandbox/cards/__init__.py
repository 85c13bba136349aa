"""Stripe's test cards, and how their issuers respond."""
