"""Stripe's endpoints, one file per resource. `routes.py` lists them."""
