"""A payment method: its types, the details of each, and its label."""
