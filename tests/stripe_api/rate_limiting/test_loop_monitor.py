"""Failures of this process do not count as failures of Stripe."""

import asyncio
import errno
import time

import aiohttp
import pytest

from stripe_api.errors import APIConnectionError
from stripe_api.failures.failure_reasons import Reason
from stripe_api.rate_limiting.circuit_breaker import CircuitBreaker
from stripe_api.rate_limiting.guard import UpstreamGuard
from stripe_api.rate_limiting.waiting_queue import Urgency
from stripe_api.transport import connection_error


async def ends_badly(error, *, stopped=0.0, running=0.0):
    """Whether the circuit breaker is still closed after a call that had so many seconds and then failed."""
    guard = UpstreamGuard(breaker=CircuitBreaker(failures=1))
    permit = await guard.acquire("GET /v1/x", Urgency.READ, None)
    await asyncio.sleep(running / 2)
    if stopped:
        time.sleep(stopped)  # noqa: ASYNC251  # the loop is to be stopped
    await asyncio.sleep(running / 2)
    guard.record_result(permit, error)
    return guard.breaker.closed


@pytest.mark.parametrize(
    ("running", "stopped", "closed"), [(1.2, 0.0, False), (0.0, 1.5, True), (0.6, 1.0, True), (0.4, 0.0, True)]
)
async def test_a_timeout_while_the_loop_was_blocked_is_not_a_failure_of_stripe(running, stopped, closed):
    error = APIConnectionError(Reason.READ_TIMEOUT)
    assert await ends_badly(error, running=running, stopped=stopped) == closed


@pytest.mark.parametrize(
    ("number", "closed"), [(errno.EMFILE, True), (errno.ENFILE, True), (errno.ECONNREFUSED, False)]
)
async def test_a_lack_of_descriptors_is_not_a_failure_of_stripe(number, closed):
    error = aiohttp.ClientConnectorError(None, OSError(number, "x"))
    assert await ends_badly(connection_error(error)) == closed


async def test_a_dns_failure_for_lack_of_descriptors_is_not_a_failure_of_stripe(monkeypatch):
    error = aiohttp.ClientConnectorDNSError(None, OSError(-3, "Temporary failure in name resolution"))
    assert not await ends_badly(connection_error(error))

    def no_more(_):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("os.dup", no_more)
    assert await ends_badly(connection_error(error))
