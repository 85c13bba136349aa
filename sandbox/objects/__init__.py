"""Stripe's objects, one file per kind."""
