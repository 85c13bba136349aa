"""Stripe's Python library sends the name of the processor, which the standard library reads with a process, once."""

import platform

import pytest
import stripe

# Here, because unit tests must not start processes.
PROCESSOR = platform.uname().processor


@pytest.fixture
def client(address):
    """Stripe's library with a secret key."""
    client = stripe.StripeClient("sk_test_123", base_addresses={"api": address}, max_network_retries=2)
    yield client
    client._requestor._client.close()


@pytest.fixture
def browser(address):
    """Stripe's library with a publishable key, in place of Stripe.js."""
    client = stripe.StripeClient("pk_test_123", base_addresses={"api": address})
    yield client
    client._requestor._client.close()
