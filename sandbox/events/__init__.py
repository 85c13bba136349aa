"""Sends events to webhook endpoints, signed and retried like Stripe's."""
