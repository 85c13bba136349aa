"""The reason of each failed call. Connection failures happen on real sockets."""

from __future__ import annotations

import asyncio
import datetime
import errno
import ssl

import httpx
import pytest
import trustme

from stripe_api import StripeClient, StripeError
from stripe_api.errors import CallerLimitReached, CircuitOpen, Overloaded, TooManyCalls
from stripe_api.failures.failure_reasons import ORIGINS, Reason, table
from stripe_api.rate_limiting.caller_limit import CallerLimit
from stripe_api.rate_limiting.circuit_breaker import CircuitBreaker
from stripe_api.rate_limiting.guard import UpstreamGuard
from stripe_api.rate_limiting.scheduler import Scheduler
from tests.stripe_api.test_transport import ANSWER, abort, connected, serving, write

ENDPOINT_ERROR = {"error": {"type": "invalid_request_error", "message": "x"}}


def test_every_reason_has_one_origin_and_a_row():
    assert ORIGINS.keys() == {reason.value for reason in Reason}
    assert len(table().splitlines()) == len(Reason) + 2


def client(answer, **options) -> StripeClient:
    options = {"retry_delay": lambda retry: 0.0, **options}
    transport = httpx.MockTransport(answer)
    return StripeClient(transport, api_key="sk_test_x", base_url="http://stripe.test", api_version="x", **options)


async def reason_of(answer, *, deadline=None, **options):
    """Why one read failed, as its call and its error say."""
    stripe = client(answer, **options).session(deadline=deadline)
    with pytest.raises(StripeError) as caught:
        await stripe.payment_methods.retrieve("pm_1")
    (call,) = stripe.calls
    assert call.reason == caught.value.failure_reason
    return call.reason


def answered(*statuses, **response):
    left = list(statuses)

    async def answer(request):
        return httpx.Response(left.pop(0) if len(left) > 1 else left[0], **response)

    return answer


@pytest.mark.parametrize(
    ("status", "response", "reason"),
    [
        (200, {"text": "<html>"}, Reason.NOT_JSON),
        (200, {"json": []}, Reason.NOT_JSON),
        (200, {"json": {"any": 1}}, Reason.NOT_STRIPE),
        (302, {}, Reason.NOT_STRIPE),
        (404, {"text": "<html>"}, Reason.NOT_STRIPE),
        (200, {"content": b" " * 2000}, Reason.RESPONSE_TOO_LARGE),
        (200, {"content": b"{}", "headers": {"content-encoding": "br"}}, Reason.BAD_ENCODING),
        (502, {"text": "<html>"}, Reason.SERVER_ERROR),
        (500, {"json": {"error": {"type": "api_error"}}}, Reason.SERVER_ERROR),
        (401, {"json": ENDPOINT_ERROR}, Reason.KEY_REFUSED),
        (403, {"json": ENDPOINT_ERROR}, Reason.PERMISSION_MISSING),
        (429, {"json": {"error": {"code": "rate_limit"}}}, Reason.RATE_LIMITED),
        (429, {"json": {"error": {"code": "lock_timeout"}}}, Reason.LOCK_TIMEOUT),
        (409, {"json": {"error": {"code": "idempotency_key_in_use"}}}, Reason.KEY_IN_USE),
        (400, {"json": {"error": {"type": "idempotency_error"}}}, None),
        (404, {"json": ENDPOINT_ERROR}, None),
        (402, {"json": {"error": {"type": "card_error"}}}, None),
    ],
)
async def test_of_a_response(status, response, reason):
    assert await reason_of(answered(status, **response), max_response_bytes=1000) is reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EMFILE, "x"), Reason.DESCRIPTORS_EXHAUSTED),
        (OSError(errno.ENETUNREACH, "x"), Reason.UNREACHABLE),
        (httpx.ConnectTimeout("x"), Reason.CONNECT_TIMEOUT),
        (httpx.ReadTimeout("x"), Reason.READ_TIMEOUT),
        (httpx.ReadError("x"), Reason.CONNECTION_RESET),
        (httpx.LocalProtocolError("x"), Reason.CONNECTION_FAILED),
    ],
)
async def test_of_an_exchange_that_failed(error, reason):
    async def fail(request):
        raise error

    assert await reason_of(fail) is reason


async def hang(request):
    await asyncio.Event().wait()


async def test_a_timeout_for_which_the_deadline_left_too_little_time_is_the_deadline_s():
    deadline = asyncio.get_running_loop().time() + 0.05
    assert await reason_of(hang, deadline=deadline) is Reason.DEADLINE
    assert await reason_of(hang, try_timeout=0.05, max_retries=0) is Reason.READ_TIMEOUT


async def test_a_connection_that_is_never_accepted_is_a_connect_timeout(monkeypatch):
    async def never(*_, **__):
        await asyncio.Event().wait()

    monkeypatch.setattr("aiohttp.TCPConnector.connect", never)
    async with connected("http://127.0.0.1:1", max_retries=0, try_timeout=0.05) as stripe:
        with pytest.raises(StripeError):
            await stripe.payment_methods.retrieve("pm_1")
    assert stripe.calls[0].reason is Reason.CONNECT_TIMEOUT


async def test_of_a_success_that_breaks_after_its_head():
    async def half(writer):
        await write(writer, ANSWER[:-4])
        return await abort(writer)

    async with serving(half) as base, connected(base) as stripe:
        with pytest.raises(StripeError):
            await stripe.payment_methods.retrieve("pm_1")
    assert (stripe.calls[0].status, stripe.calls[0].reason) == (200, Reason.CONNECTION_RESET)


class TestCertificates:
    @pytest.fixture
    def authority(self, tmp_path, monkeypatch):
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        return authority

    @staticmethod
    async def reason(authority, *names, **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **options).configure_cert(context)
        async with serving(lambda writer: write(writer, ANSWER), ssl=context) as base, connected(base) as stripe:
            with pytest.raises(StripeError):
                await stripe.payment_methods.retrieve("pm_1")
        assert stripe.calls[0].tries == 1
        return stripe.calls[0].reason

    async def test_expired(self, authority):
        then = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
        assert await self.reason(authority, "127.0.0.1", not_after=then) is Reason.TLS_EXPIRED

    async def test_of_another_host(self, authority):
        assert await self.reason(authority, "stripe.test") is Reason.TLS_HOSTNAME

    async def test_of_an_unknown_authority(self, authority):
        assert await self.reason(trustme.CA(), "127.0.0.1") is Reason.TLS_UNTRUSTED


class TestCallsThatAreNotSent:
    async def test_the_breaker_is_open(self):
        guard = UpstreamGuard(breaker=CircuitBreaker(failures=1))
        stripe = client(answered(500), guard=guard, max_retries=0).session()
        for error in (StripeError, CircuitOpen):
            with pytest.raises(error):
                await stripe.payment_methods.retrieve("pm_1")
        assert [(call.tries, call.reason) for call in stripe.calls] == [
            (1, Reason.SERVER_ERROR),
            (0, Reason.BREAKER_OPEN),
        ]

    async def test_a_retry_that_the_breaker_stops_has_the_reason_of_the_attempt(self):
        guard = UpstreamGuard(breaker=CircuitBreaker(failures=1))
        stripe = client(answered(500), guard=guard).session()
        with pytest.raises(CircuitOpen):
            await stripe.payment_methods.retrieve("pm_1")
        assert (stripe.calls[0].tries, stripe.calls[0].reason) == (1, Reason.SERVER_ERROR)

    async def test_too_many_calls_are_waiting(self):
        guard = UpstreamGuard(Scheduler(per_second=1, max_waiting=0))
        stripe = client(answered(200, json={"id": "pm_1"}), guard=guard).session()
        await stripe.payment_methods.retrieve("pm_1")
        with pytest.raises(Overloaded):
            await stripe.payment_methods.retrieve("pm_1")
        assert [(call.tries, call.reason, call.setting) for call in stripe.calls] == [
            (1, None, None),
            (0, Reason.QUEUE_FULL, "STRIPE_CALLS_PER_SECOND"),
        ]

    async def test_the_caller_has_made_too_many(self):
        async def refuse():
            raise CallerLimitReached(1, setting="RATE_LIMIT_CALLS")

        stripe = client(answered(500)).session(limit=CallerLimit(None, refuse))
        with pytest.raises(CallerLimitReached):
            await stripe.payment_methods.retrieve("pm_1")
        assert [(call.tries, call.reason) for call in stripe.calls] == [(0, Reason.RATE_LIMIT_CALLS)]

    async def test_the_operation_has_made_too_many(self):
        stripe = client(answered(500), max_calls=0).session()
        with pytest.raises(TooManyCalls) as caught:
            await stripe.payment_methods.retrieve("pm_1")
        assert caught.value.failure_reason is Reason.MAX_CALLS

    async def test_no_time_is_left(self):
        deadline = asyncio.get_running_loop().time() - 1
        assert await reason_of(hang, deadline=deadline) is Reason.DEADLINE


async def test_a_successful_retry_has_only_a_retry_reason():
    async def answer(request):
        return left.pop(0)

    left = [httpx.Response(503), httpx.Response(200, json={"id": "pm_1"})]
    stripe = client(answer).session()
    await stripe.payment_methods.retrieve("pm_1")
    assert (stripe.calls[0].reason, stripe.calls[0].retry_reason) == (None, Reason.SERVER_ERROR)


async def test_a_cancelled_call_has_that_reason():
    stripe = client(hang).session()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await stripe.payment_methods.retrieve("pm_1")
    assert (stripe.calls[0].tries, stripe.calls[0].reason) == (1, Reason.CANCELLED)
