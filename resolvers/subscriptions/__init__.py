"""The subscriptions, one module each."""
