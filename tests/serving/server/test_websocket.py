"""Frames that no client library sends, and clients that do not read, over real sockets."""

import asyncio
import contextlib
import os
import struct

import pytest

from tests.support.served import serving

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
MASK = b"\0\0\0\0"


def frame(opcode, payload=b"", *, fin=True, masked=True, reserved=0, length=None):
    """A frame as bytes. The mask is zero, so that the payload is unchanged."""
    size = len(payload) if length is None else length
    head = bytes([(fin << 7) | (reserved << 4) | opcode])
    head += bytes([(masked << 7) | min(size, 126)]) + (struct.pack("!H", size) if size > 125 else b"")
    return head + (MASK if masked else b"") + payload


@contextlib.asynccontextmanager
async def opened(served):
    """A connection after its handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.base.rpartition(":")[2]))
    writer.write(HANDSHAKE)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def served(default_settings, stripe):
    settings = default_settings.model_copy(update={"send_timeout": 0.5, "max_body_bytes": 2000})
    async with serving(settings, stripe) as served:
        yield served


async def close_code(reader):
    """The code of the server's close frame."""
    async with asyncio.timeout(5):
        head = await reader.readexactly(2)
        body = await reader.readexactly(head[1])
    assert head[0] == 0x88
    return struct.unpack("!H", body[:2])[0]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(1, b"\xff\xfe"), 1007),
        (frame(1, b"\xc3", fin=False) + frame(0, b"\x28"), 1007),
        (frame(3, b"x"), 1002),
        (frame(1, b"{}", masked=False), 1002),
        (frame(1, b"{}", reserved=4), 1002),
        (frame(9, b"x" * 126), 1002),
        (frame(0, b"x"), 1002),
        (frame(1, b"", length=65_000), 1009),
        (frame(1, b"x" * 1500, fin=False) + frame(0, b"x" * 1500), 1009),
        (frame(8, b"\x03"), 1002),
    ],
)
async def test_an_invalid_frame_closes_the_connection_and_logs_no_error(served, caplog, sent, code):
    async with opened(served) as (reader, writer):
        writer.write(sent)
        assert await close_code(reader) == code
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    async with served.socket() as socket:
        await socket.subscribe("{ viewer { kind } }")
        await socket.next()


async def test_random_bytes_leave_the_server_working(served, caplog):
    for _ in range(30):
        async with opened(served) as (_, writer):
            writer.write(os.urandom(300))
            await asyncio.sleep(0)
    async with served.socket() as socket:
        await socket.subscribe("{ viewer { kind } }")
        await socket.next()
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_frames_before_the_handshake_is_answered_are_rejected(served):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.base.rpartition(":")[2]))
    writer.write(HANDSHAKE + frame(1, b"{}"))
    assert (await reader.read(100)).startswith(b"HTTP/1.1 400 ")
    writer.close()


async def send_endlessly(writer, data):
    while True:
        writer.write(data)
        await writer.drain()


async def test_a_client_that_sends_pings_and_reads_nothing_is_disconnected(served):
    async with opened(served) as (reader, writer):
        reader._transport.pause_reading()
        pings = frame(9, b"x" * 125) * 1000
        async with asyncio.timeout(20):
            with pytest.raises(ConnectionError):
                await send_endlessly(writer, pings)
