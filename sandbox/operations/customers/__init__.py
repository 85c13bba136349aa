"""Changes to customers, and access to them."""
