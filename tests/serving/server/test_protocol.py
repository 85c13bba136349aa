"""Slow and oversized heads, over real sockets."""

import asyncio
import contextlib
import re
import signal
import socket
import threading
import time

import hypothesis
import pytest
import uvicorn
from hypothesis import strategies as st

from app import Service
from serving.server import process
from serving.server.connection_limit import Connections
from serving.server.protocol import MAX_HEAD_BYTES, bounded
from serving.settings.settings import Settings


async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def serving(app):
    options = {"loop": "asyncio", "lifespan": "off", "log_config": None, "timeout_keep_alive": 5}
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=bounded(receive=0.3, send=0.3), **options))
    server.server_state = Connections()
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn offers nothing else
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


@pytest.fixture
async def port():
    async with serving(app) as port:
        yield port


@contextlib.asynccontextmanager
async def connection(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"


async def answer(reader):
    return (await asyncio.wait_for(reader.read(65536), 3)).split(b"\r\n")[0]


async def test_a_whole_request_is_answered(port):
    async with connection(port) as (reader, writer):
        writer.write(HEAD + b"\r\nbody")
        assert await answer(reader) == b"HTTP/1.1 200 OK"


async def test_a_closed_connection_leaves_nothing_to_the_collector(port, garbage):
    def exchange():
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(HEAD + b"\r\nbody")
            client.recv(4096)

    for _ in range(2):
        garbage(asyncio.BaseTransport)
        await asyncio.to_thread(exchange)
        await asyncio.sleep(0.05)
    assert garbage(asyncio.BaseTransport) == set()


async def test_a_body_has_its_own_time(port):
    async with connection(port) as (reader, writer):
        writer.write(HEAD + b"\r\n")
        await asyncio.sleep(0.7)
        writer.write(b"body")
        assert await answer(reader) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("started", [b"", b"P", HEAD])
async def test_an_incomplete_head_times_out(port, started):
    async with connection(port) as (reader, writer):
        writer.write(started)
        assert await answer(reader) == b"HTTP/1.1 408 Request Timeout"
        assert await reader.read() == b""


async def test_one_that_drips_is_given_up_too(port):
    async with connection(port) as (reader, writer):
        writer.write(HEAD)

        async def drip():
            with contextlib.suppress(ConnectionError):
                for number in range(100):
                    writer.write(b"X-%d: y\r\n" % number)
                    await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        assert await answer(reader) == b"HTTP/1.1 408 Request Timeout"
        dripping.cancel()


async def test_the_second_request_of_a_connection_is_held_to_it_too(port):
    async with connection(port) as (reader, writer):
        writer.write(HEAD + b"\r\nbody")
        assert await answer(reader) == b"HTTP/1.1 200 OK"
        await asyncio.sleep(0.5)
        writer.write(HEAD)
        assert await answer(reader) == b"HTTP/1.1 408 Request Timeout"


async def test_several_requests_of_one_connection_are_answered(port):
    async with connection(port) as (reader, writer):
        for _ in range(5):
            writer.write(HEAD + b"\r\nbody")
            assert await answer(reader) == b"HTTP/1.1 200 OK"


async def test_a_head_without_end_is_refused(port):
    async with connection(port) as (reader, writer):
        writer.write(HEAD)
        for number in range(200):
            writer.write(b"X-%d: " % number + b"y" * 1000 + b"\r\n")
        assert await answer(reader) == b"HTTP/1.1 431 Request Header Fields Too Large"
        assert MAX_HEAD_BYTES < 200 * 1000


TARGET = b"POST %b HTTP/1.1\r\nContent-Length: 0\r\n%b\r\n"
HOST = b"Host: x\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HEAD + b"X: " + b"y" * 120_000 + b"\r\n\r\nbody", 431),
        (HEAD + b"X: y\r\n" * 6000 + b"\r\nbody", 431),
        (TARGET % (b"/" + b"x" * 40_000, HOST), 431),
        (TARGET % (b"/", b""), 400),
        (TARGET % (b"/", HOST + HOST), 400),
        (TARGET % (b"/", HOST + b"host: y\r\n"), 400),
        (TARGET % (b"http://x/", HOST), 200),
        (TARGET % (b"HTTP://x/?a=b", HOST), 200),
        (TARGET % (b"http://y/", HOST), 400),
        (TARGET % (b"http://user@x/", HOST), 400),
        (TARGET % (b"http://x:80/", HOST), 400),
        (TARGET % (b"ftp://x/", HOST), 400),
        (TARGET % (b"http://x", HOST), 400),
        (TARGET % (b"x", HOST), 400),
        (TARGET % (b"", HOST), 400),
        (TARGET % (b"/\xff\xfe", HOST), 400),
        (TARGET % (b"/%ff%00%ed%a0%80", HOST), 200),
        (TARGET % (b"/", HOST + b"X: \xff\xed\xa0\x80\r\n"), 200),
        (TARGET % (b"/", HOST + b"X: \x00\r\n"), 400),
        (TARGET % (b"/", HOST + b"X y: z\r\n"), 400),
        (TARGET % (b"/", HOST + b" folded: z\r\n"), 400),
        (TARGET % (b"/", HOST + b"Content-Length: 0\r\n"), 400),
        (TARGET % (b"/", HOST + b"Content-Length: 4\r\n"), 400),
        (TARGET % (b"/", HOST + b"Transfer-Encoding: chunked\r\n"), 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        (b"CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 200),
        (b"GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ],
)
async def test_what_is_malformed_is_the_client_s_error(port, request_, status):
    async with connection(port) as (reader, writer):
        writer.write(request_)
        assert int((await answer(reader)).split()[1]) == status


async def test_trailers_are_no_headers():
    seen = []

    async def record(scope, receive, send):
        await app(scope, receive, send)
        seen.append(dict(scope["headers"]))

    async with serving(record) as port, connection(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n")
        writer.write(b"4;a=b\r\nbody\r\n0\r\nAuthorization: Bearer x\r\nContent-Type: y\r\n\r\n")
        assert await answer(reader) == b"HTTP/1.1 200 OK"
    assert [set(headers) for headers in seen] == [{b"host", b"transfer-encoding", b"trailer"}]


async def test_trailers_without_end_are_refused(port):
    async with connection(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        for number in range(60):
            writer.write(b"X-%d: " % number + b"y" * 1000 + b"\r\n")
        assert await answer(reader) == b"HTTP/1.1 431 Request Header Fields Too Large"


async def test_an_error_behind_a_request_is_not_its_answer():
    """A client would take it for the outcome of a mutation that was carried out."""
    started, go = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, send):
        started.set()
        await go.wait()
        await app(scope, receive, send)

    async with serving(slow) as port, connection(port) as (reader, writer):
        writer.write(HEAD + b"\r\nbody")
        await started.wait()
        writer.write(b"nonsense\r\n\r\n")
        assert await reader.read() == b""
        go.set()


H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"


class TestUpgrades:
    """Java's HttpClient offers HTTP/2 with the first request of each connection."""

    @pytest.fixture
    async def echo(self):
        async def echo(scope, receive, send):
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            body = scope["method"].encode() + b" " + body
            headers = [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        async with serving(echo) as port, connection(port) as streams:
            yield streams

    @pytest.mark.parametrize(
        ("request_", "body"),
        [
            (b"POST / HTTP/1.1\r\nHost: x\r\n%bContent-Length: 4\r\n\r\nbody", b"POST body"),
            (b"POST / HTTP/1.1\r\nHost: x\r\n%bTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", b"POST body"),
            (b"POST / HTTP/1.1\r\nHost: x\r\n%bContent-Length: 0\r\n\r\n", b"POST "),
            (b"GET / HTTP/1.1\r\nHost: x\r\n%b\r\n", b"GET "),
        ],
        ids=["length", "chunks", "empty", "GET"],
    )
    @pytest.mark.parametrize("piece", [1, 10**6])
    async def test_an_upgrade_is_ignored_and_the_connection_is_kept(self, echo, request_, body, piece):
        reader, writer = echo
        for _ in range(2):
            sent = request_ % H2C * 2
            for start in range(0, len(sent), piece):
                writer.write(sent[start : start + piece])
                await writer.drain()
            for _ in range(2):
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 3)
                assert head.startswith(b"HTTP/1.1 200 OK")
                assert await asyncio.wait_for(reader.readexactly(len(body)), 3) == body

    async def test_a_connection_that_the_client_closes_ends(self, echo):
        reader, writer = echo
        writer.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\nx"
        )
        assert (await asyncio.wait_for(reader.read(), 3)).endswith(b"POST x")


LINES = rb"""GET |POST |OPTIONS |/|*|http://localhost/|/%00|?query={viewer{kind}}| HTTP/1.1| HTTP/1.0| HTTP/9.9
Host: localhost|Content-Length: 4|Content-Length: 99999999999999999999|Content-Length: -1|Transfer-Encoding: chunked
Content-Encoding: gzip|Expect: 100-continue|Connection: upgrade|Upgrade: h2c|Content-Type: application/json
{"query": "{ viewer { kind } }"}
Authorization: Bearer |Accept: |Origin: |Host: |X-Forwarded-For: |traceparent: |/"""
ALPHABET = st.sampled_from(
    [
        *re.split(rb"[|\n]", LINES),
        b"\xff",
        b"\x00",
        b"\n",
        b"\r\n",
        b"\r\n\r\n",
        b"4\r\nbody\r\n",
        b"0\r\n\r\n",
        b"f" * 17,
    ]
)
WHOLE = st.builds(
    b"%b /graphql%b HTTP/1.1\r\nHost: localhost\r\n%b\r\nContent-Length: %d\r\n\r\n%b".__mod__,
    st.tuples(
        st.sampled_from([b"GET", b"POST", b"PUT", b"HEAD"]),
        st.sampled_from([b"", b"?query={viewer{kind}}", b"?query=%ff%ed%a0%80", b"?variables=[[", b"/", b"?\x80"]),
        ALPHABET,
        st.integers(0, 50),
        st.binary(max_size=50),
    ),
)
BYTES = st.one_of(st.binary(max_size=400), st.lists(ALPHABET, max_size=12).map(b"".join), WHOLE)


@pytest.fixture(scope="module")
def service():
    """The whole service over its sandbox, on a thread of its own; where it listens."""
    server = process.DrainingServer(server_config())
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()
    server.handle_exit(signal.SIGINT, None)
    thread.join(20)


def server_config():
    settings = Settings(port=1, body_timeout=0.1)
    return process.Config(
        Service(settings).app(), drain_seconds=0, port=0, http=bounded(receive=0.1, send=1), ws="none", log_config=None
    )


@hypothesis.settings(max_examples=300)
@hypothesis.given(st.lists(BYTES, min_size=1, max_size=3))
def test_no_bytes_are_a_failure_of_the_server(service, parts):
    received = b""
    # The server may have closed the connection before all is sent.
    with socket.create_connection(service) as client, contextlib.suppress(OSError):
        client.settimeout(10)
        for part in parts:
            client.sendall(part)
        client.shutdown(socket.SHUT_WR)
        while data := client.recv(65536):
            received += data
    assert re.findall(rb"^HTTP/1\.\d 5\d\d", received, re.MULTILINE) == []
