"""Calls to Stripe through an HTTP proxy, and the reasons of their failures."""

import asyncio
import base64
import contextlib
import ssl

import pytest
import trustme

from quality.harness.processes import ended
from serving.auth.issuer_keys import fetch_json
from stripe_api import APIConnectionError, APIError, StripeClient
from stripe_api.transport import PooledTransport
from tests.stripe_api.test_transport import ANSWER, abort, serving, write

ERROR = b'{"error": {"type": "invalid_request_error"}}'
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n%s" % (len(ERROR), ERROR)
BASE = "https://stripe.test"


class Proxy:
    """An HTTP proxy that knows one host, stripe.test. `requests` are the first lines that it was sent."""

    def __init__(self):
        self.requests = []
        self.heads = []
        self.upstream = 0
        self.status = "200 Connected"
        self.credentials = None

    async def serve(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            self.requests.append(head.split(b"\r\n")[0].decode())
            status = self.status if self._admits(head) else "407 Proxy Authentication Required"
            if self.requests[-1].startswith("CONNECT "):
                writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
                if status.startswith("200"):
                    await self._tunnel(reader, writer)
            else:
                writer.write(ANSWER)
        writer.close()

    def _admits(self, head):
        expected = base64.b64encode((self.credentials or "").encode())
        return self.credentials is None or b"Proxy-Authorization: Basic " + expected in head

    async def _tunnel(self, reader, writer):
        onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        await asyncio.gather(_copy(reader, onward_writer), _copy(onward_reader, writer), return_exceptions=True)


async def _copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@pytest.fixture
async def proxy():
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield proxy
    server.close()


@pytest.fixture
def authority(tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


@contextlib.asynccontextmanager
async def stripe_test(proxy, authority, answer=ANSWER, name="stripe.test"):
    """Something in Stripe's place behind the proxy, with a certificate for `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    async with serving(lambda writer: write(writer, answer), ssl=context) as base:
        proxy.upstream = int(base.rpartition(":")[2])
        yield


@contextlib.asynccontextmanager
async def through(proxy, base=BASE, **options):
    transport = PooledTransport(base, max_connections=10, proxy=proxy)
    options = {"retry_delay": lambda retry: 0.0, **options}
    client = StripeClient(transport, api_key="sk_test_x", base_url=base, api_version="x", **options)
    yield client.session()
    await client.aclose()


async def test_calls_go_through_one_tunnel(proxy, authority):
    async with stripe_test(proxy, authority), through(proxy.address) as stripe:
        for _ in range(3):
            assert (await stripe.payment_methods.retrieve("pm_1"))["id"] == "pm_1"
    assert proxy.requests == ["CONNECT stripe.test:443 HTTP/1.1"]
    assert b"sk_test_x" not in b"".join(proxy.heads)


async def test_a_proxy_may_require_credentials(proxy, authority):
    proxy.credentials = "user:word"
    async with stripe_test(proxy, authority):
        async with through(proxy.address.replace("//", "//user:word@")) as stripe:
            assert (await stripe.payment_methods.retrieve("pm_1"))["id"] == "pm_1"
        async with through(proxy.address) as stripe:
            with pytest.raises(APIConnectionError) as caught:
                await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert caught.value.failure_reason == "proxy"
    assert not caught.value.outcome_unknown
    assert stripe.calls[0].tries == 1


async def test_calls_by_http_are_sent_to_the_proxy(proxy):
    async with through(proxy.address, "http://stripe.test") as stripe:
        assert (await stripe.payment_methods.retrieve("pm_1"))["id"] == "pm_1"
    assert proxy.requests == ["GET http://stripe.test/v1/payment_methods/pm_1 HTTP/1.1"]


@pytest.mark.parametrize(("status", "tries"), [("403 Forbidden", 1), ("502 Bad Gateway", 3)])
async def test_a_rejected_tunnel_means_that_nothing_was_done(proxy, status, tries):
    proxy.status = status
    async with through(proxy.address) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert (caught.value.failure_reason, stripe.calls[0].reason, stripe.calls[0].tries) == ("proxy", "proxy", tries)
    assert not caught.value.outcome_unknown


async def test_a_wrong_certificate_within_the_tunnel_is_rejected(proxy, authority):
    async with stripe_test(proxy, authority, name="other.test"), through(proxy.address) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert (caught.value.failure_reason, stripe.calls[0].tries) == ("tls_hostname", 1)
    assert not caught.value.outcome_unknown


async def test_a_missing_proxy(proxy):
    async with through("http://127.0.0.1:1") as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.attach("pm_1", customer="cus_1")
    assert caught.value.failure_reason == "proxy"
    assert not caught.value.outcome_unknown


async def test_the_service_takes_the_proxy_from_its_settings(proxy, authority, tmp_path):
    variables = {
        "STRIPE_SECRET_KEY": "sk_test_x",
        "STRIPE_API_BASE": BASE,
        "ALLOW_ANONYMOUS": "true",
        "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
    }
    async with stripe_test(proxy, authority, MISSING):
        done = await asyncio.to_thread(ended, "check", "--connect", **variables, HTTPS_PROXY=f"{proxy.address}\n")
        assert "ok     Stripe: customers" in done.stdout
        direct = await asyncio.to_thread(
            ended, "check", "--connect", **variables, HTTPS_PROXY=proxy.address, NO_PROXY="stripe.test"
        )
    assert "STRIPE_API_BASE (dns): its name can't be resolved" in direct.stdout
    assert len(proxy.requests) == 1


async def test_the_issuer_s_keys_are_fetched_through_the_proxy(proxy, authority):
    async with stripe_test(proxy, authority):
        assert await fetch_json(f"{BASE}/keys", proxy=proxy.address) == {"id": "pm_1"}
    assert proxy.requests == ["CONNECT stripe.test:443 HTTP/1.1"]


async def _garbage(writer):
    await write(writer, b"\x00\x01 garbage\r\n\r\n")
    return False


async def _stall(writer):
    await asyncio.sleep(30)


async def _page(writer):
    return await write(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")


@pytest.mark.parametrize(
    ("handle", "reason"),
    [(abort, "connection_reset"), (_garbage, "not_http"), (_stall, "read_timeout"), (_page, "not_json")],
)
async def test_the_reason_of_a_lost_response(handle, reason):
    async with serving(handle) as base, through(None, base, max_retries=0, try_timeout=0.2) as stripe:
        with pytest.raises((APIConnectionError, APIError)) as caught:
            await stripe.payment_methods.retrieve("pm_1")
    assert (caught.value.failure_reason, stripe.calls[0].reason) == (reason, reason)


@pytest.mark.parametrize(
    ("base", "reason"), [("http://127.0.0.1:1", "connection_refused"), ("http://nowhere.invalid", "dns")]
)
async def test_the_reason_of_no_connection(base, reason):
    async with through(None, base) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.retrieve("pm_1")
    assert caught.value.failure_reason == reason


async def test_plain_text_where_tls_is_expected():
    async def greet(reader, writer):
        writer.write(b"SSH-2.0-x\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, through(None, base, max_retries=0) as stripe:
        with pytest.raises(APIConnectionError) as caught:
            await stripe.payment_methods.retrieve("pm_1")
    assert caught.value.failure_reason == "tls_failed"
