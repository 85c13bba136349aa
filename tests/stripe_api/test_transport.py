"""The transport over real sockets, against faulty servers."""

import asyncio
import contextlib
import ssl

import pytest
import trustme

from stripe_api import APIConnectionError, APIError, StripeClient
from stripe_api.rate_limiting.circuit_breaker import CircuitBreaker
from stripe_api.rate_limiting.guard import UpstreamGuard
from stripe_api.transport import PooledTransport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n" + b'{"id":  "pm_1"}'


@contextlib.asynccontextmanager
async def serving(handle, **options):
    """A server that reads each request's head and body and then does as `handle` says; yields its base address."""

    open_connections = {}

    async def on_connection(reader, writer):
        open_connections[writer] = asyncio.current_task()
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = (line.lower().partition(b":") for line in head.split(b"\r\n"))
                await reader.readexactly(sum(int(value) for name, _, value in lines if name == b"content-length"))
                if not await handle(writer):
                    break
        writer.transport.abort()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0, **options)
    async with server:
        scheme = "https" if options else "http"
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for writer, task in open_connections.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*open_connections.values(), return_exceptions=True)


@contextlib.asynccontextmanager
async def connected(base, *, max_connections=10, **options):
    transport = PooledTransport(base, max_connections=max_connections)
    options = {"retry_delay": lambda retry: 0.0, **options}
    client = StripeClient(transport, api_key="sk_test_x", base_url=base, api_version="2026-10-28.endive", **options)
    yield client.session()
    await client.aclose()


async def write(writer, data):
    writer.write(data)
    await writer.drain()
    return True


async def abort(writer):
    writer.transport.abort()
    return False


async def test_a_connection_is_reused():
    connections = set()

    async def handle(writer):
        connections.add(writer)
        return await write(writer, ANSWER)

    async with serving(handle) as base, connected(base) as stripe:
        for _ in range(5):
            assert (await stripe.payment_methods.retrieve("pm_1"))["id"] == "pm_1"
    assert len(connections) == 1


async def test_a_connection_dropped_after_the_request_leaves_a_write_in_doubt():
    async with serving(abort) as base, connected(base) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert caught.value.outcome_unknown
    assert not caught.value.timed_out
    assert stripe.calls[0].tries == 3


async def test_a_dropped_connection_is_retried():
    answers = [abort, abort, lambda writer: write(writer, ANSWER)]

    async with serving(lambda writer: answers.pop(0)(writer)) as base, connected(base) as stripe:
        assert (await stripe.payment_methods.attach("pm_1", customer="cus_1"))["id"] == "pm_1"


class StaleServer:
    """Resets a connection on its second request; the requests that have reached it are in `requests`."""

    def __init__(self):
        self.requests = 0
        self._seen = set()

    async def __call__(self, writer):
        self.requests += 1
        if writer in self._seen:
            return await abort(writer)
        self._seen.add(writer)
        return await write(writer, ANSWER)


@pytest.mark.parametrize("verb", ["attach", "retrieve"])
async def test_a_retry_after_a_stale_connection_uses_a_new_one(verb):
    stale, pauses = StaleServer(), []
    async with serving(stale) as base, connected(base, max_connections=40, retry_delay=pauses.append) as stripe:
        await asyncio.gather(*(stripe.payment_methods.retrieve("pm_1") for _ in range(40)))
        arguments = {"customer": "cus_1"} if verb == "attach" else {}
        assert (await getattr(stripe.payment_methods, verb)("pm_1", **arguments))["id"] == "pm_1"
    assert stripe.calls[-1].tries == 2
    assert pauses == []


async def test_stale_connections_do_not_open_the_breaker():
    stale, guard = StaleServer(), UpstreamGuard(breaker=CircuitBreaker(failures=3))
    async with serving(stale) as base, connected(base, max_connections=40, guard=guard) as stripe:
        for _ in range(2):
            await asyncio.gather(*(stripe.payment_methods.retrieve("pm_1") for _ in range(40)))
    assert guard.breaker.times_opened == 0


async def test_new_connections_that_are_lost_open_the_breaker():
    guard = UpstreamGuard(breaker=CircuitBreaker(failures=3))
    async with serving(abort) as base, connected(base, guard=guard) as stripe:
        with pytest.raises(APIConnectionError):
            await stripe.payment_methods.retrieve("pm_1")
    assert guard.breaker.times_opened == 1


async def test_every_sent_request_is_counted():
    stale = StaleServer()
    async with serving(stale) as base, connected(base) as stripe:
        for _ in range(8):
            await stripe.payment_methods.retrieve("pm_1")
    assert stale.requests == sum(call.tries for call in stripe.calls)


async def test_a_retry_after_a_lost_new_connection_is_delayed():
    pauses = []

    def delay(retry):
        pauses.append(retry)
        return 0.0

    async with serving(abort) as base, connected(base, retry_delay=delay) as stripe:
        with pytest.raises(APIConnectionError):
            await stripe.payment_methods.retrieve("pm_1")
    assert pauses == [2]


async def test_an_incomplete_response_is_a_lost_response():
    async def half(writer):
        await write(writer, ANSWER[:-5])
        return await abort(writer)

    async with serving(half) as base, connected(base, max_retries=0) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.detach("pm_1")
    assert caught.value.outcome_unknown


async def test_a_response_that_is_not_http_is_a_lost_response():
    async def garbage(writer):
        await write(writer, b"\x00\x01 garbage\r\n\r\n")
        return False

    async with serving(garbage) as base, connected(base, max_retries=0) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.detach("pm_1")
    assert caught.value.outcome_unknown


async def test_a_stall_times_out():
    async def stall(writer):
        await asyncio.sleep(30)

    async with serving(stall) as base, connected(base, max_retries=0, try_timeout=0.1) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert caught.value.timed_out
    assert caught.value.outcome_unknown


async def test_a_refused_connection_means_that_nothing_was_done():
    async with serving(abort) as base:
        pass
    async with connected(base) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert not caught.value.outcome_unknown
    assert not caught.value.timed_out
    assert stripe.calls[0].tries == 3


async def test_a_name_that_does_not_resolve_means_that_nothing_was_done():
    async with connected("http://nowhere.invalid") as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert not caught.value.outcome_unknown


async def test_waiting_for_a_connection_is_limited():
    async def stall(writer):
        await asyncio.sleep(30)

    async with serving(stall) as base, connected(base, max_connections=1, max_retries=0, connect_timeout=0.1) as stripe:
        first = asyncio.create_task(stripe.payment_methods.retrieve("pm_1"))
        await asyncio.sleep(0.05)
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
        first.cancel()
    assert caught.value.timed_out
    assert not caught.value.outcome_unknown


async def test_a_response_that_is_too_long_is_rejected_before_it_is_read():
    async def huge(writer):
        await write(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
        for _ in range(50):
            await write(writer, b"x" * 1_048_576)
        return True

    async with serving(huge) as base, connected(base, max_response_bytes=1_000_000) as stripe:
        with pytest.raises(APIError, match="longer than"):
            await stripe.payment_methods.retrieve("pm_1")


async def test_a_response_whose_declared_length_is_too_long_is_rejected_without_its_body():
    async def silent(writer):
        await write(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n")
        return True

    async with serving(silent) as base, connected(base, max_response_bytes=1_000_000) as stripe:
        with pytest.raises(APIError, match="longer than"):
            await stripe.payment_methods.retrieve("pm_1")


async def test_a_redirect_is_not_followed():
    async def redirect(writer):
        return await write(writer, b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")

    async with serving(redirect) as base, connected(base) as stripe:
        with pytest.raises(APIError, match="unexpected status 302"):
            await stripe.payment_methods.retrieve("pm_1")


async def test_an_untrusted_certificate_is_not_retried():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with serving(lambda writer: write(writer, ANSWER), ssl=context) as base, connected(base) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert stripe.calls[0].tries == 1
    assert not caught.value.outcome_unknown
