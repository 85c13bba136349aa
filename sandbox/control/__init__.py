"""Additions to Stripe: faults, a ledger of changes, a movable clock, a reset, and the 3-D Secure page."""
