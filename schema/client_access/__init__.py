"""The secrets with which Stripe's own UI components access a customer's payment methods."""
