"""Slow and oversized heads, over real sockets."""

import asyncio
import contextlib
import socket

import pytest
import uvicorn

from serving.http_protocol import MAX_HEAD_BYTES, Connections, bounded


async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
async def port():
    options = {"loop": "asyncio", "lifespan": "off", "log_config": None, "timeout_keep_alive": 5}
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=bounded(receive=0.3, send=0.3), **options))
    server.server_state = Connections()
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn offers nothing else
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


@contextlib.asynccontextmanager
async def connection(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
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


@pytest.mark.parametrize("begun", [b"", b"P", HEAD])
async def test_a_head_that_does_not_come_is_given_up(port, begun):
    async with connection(port) as (reader, writer):
        writer.write(begun)
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
