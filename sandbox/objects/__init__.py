"""Stripe's objects, one file per type: its JSON body, and how the body changes."""
