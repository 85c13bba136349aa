"""A subscriber that misses a change is reported, and only then."""

import pytest

from quality.harness import asgi
from quality.truth.log import Log
from quality.truth.subscriber import MESSAGE_LIMIT, Received, Subscriber, missed_changes
from quality.truth.world import STRIPE_KEY
from sandbox import create_sandbox

HEADERS = {"Authorization": f"Bearer {STRIPE_KEY}", "Content-Type": "application/x-www-form-urlencoded"}
SWEPT = 75


@pytest.fixture
async def change():
    """A change of a customer at second 10, whose event was accepted at second 12: its log and its customer."""
    now = 0.0
    sandbox = create_sandbox(seed=False, clock=lambda: now)
    log = Log(sandbox, lambda: now)
    await asgi.request(sandbox, "POST", "/v1/customers", HEADERS)
    customer = sandbox.ledger.entries()[0].object
    now = 10.0
    await asgi.request(sandbox, "POST", f"/v1/customers/{customer}", HEADERS, b"email=new@example.com")
    now = 12.0
    log.accept(log.events[sandbox.ledger.last_seq][0])
    return log, customer


def missed(change, *received, start=1.0, end=100.0):
    log, customer = change
    subscriber = Subscriber("someone", customer, start, end, list(received))
    return list(missed_changes(subscriber, log.entries_of(customer), log, swept=SWEPT))


async def test_a_change_that_never_came_is_reported(change):
    assert "never received customer.updated" in missed(change)[0]


async def test_a_change_that_came_is_not_reported(change):
    assert missed(change, Received(13, "CUSTOMER_UPDATED", None)) == []


async def test_resync_stands_for_every_change(change):
    assert missed(change, Received(13, "RESYNC", None)) == []


@pytest.mark.parametrize(
    "received",
    [
        Received(9, "CUSTOMER_UPDATED", None),
        Received(12 + MESSAGE_LIMIT + 1, "CUSTOMER_UPDATED", None),
        Received(13, "PAYMENT_METHOD_ATTACHED", None),
        Received(13, "CUSTOMER_UPDATED", "pm_other"),
    ],
    ids=["before it", "too late", "another kind", "another object"],
)
async def test_another_message_does_not_count(change, received):
    assert len(missed(change, received)) == 1


async def test_a_change_outside_of_the_subscription_is_not_reported(change):
    assert missed(change, start=11) == []
    assert missed(change, end=11) == []
