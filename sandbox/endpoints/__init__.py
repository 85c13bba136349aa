"""Stripe's endpoints, one file per resource."""
