"""Minimal HTTP/1.1 messages as bytes, to send, forward and corrupt them."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LOCALHOST = "127.0.0.1"


@dataclass(frozen=True)
class Message:
    """A request or a response. `head` is the first line and the headers, up to and including the blank line."""

    head: bytes
    body: bytes

    @property
    def first_line(self) -> str:
        """The request line or status line, without CRLF."""
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def status(self) -> int:
        """The status code of a response."""
        return int(self.first_line.split()[1])

    @property
    def json(self) -> Any:
        """The parsed body, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def header(self, name: str) -> str | None:
        """The value of a header, or None. `name` is in lower case."""
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.decode("latin-1").lower() == name:
                return value.strip().decode("latin-1")
        return None

    def replace(self, old: bytes, new: bytes) -> Message:
        """A copy with text in the head replaced."""
        return Message(self.head.replace(old, new), self.body)

    def __bytes__(self) -> bytes:
        return self.head + self.body


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """Read the next message. Returns None if the connection is closed or breaks."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = Message(head, b"").header("content-length")
        return Message(head, await reader.readexactly(int(length or 0)))
    except (asyncio.IncompleteReadError, OSError):
        return None


def request(method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Message:
    """A request with `Connection: close`, unless `headers` overrides it."""
    fields = {"Host": "localhost", "Connection": "close", "Content-Length": str(len(body)), **(headers or {})}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return Message(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), body)


def response(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> Message:
    """A response. Underscores in header names stand for hyphens."""
    fields = {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} Response", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return Message(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), body)


async def exchange(port: int, message: Message) -> Message | None:
    """Send a request on a new connection. Returns the response, or None if there is none."""
    try:
        reader, writer = await asyncio.open_connection(LOCALHOST, port)
    except OSError:
        return None
    try:
        writer.write(bytes(message))
        return await read_message(reader)
    finally:
        writer.close()


async def call(port: int, method: str, path: str, **params: str) -> Any:
    """Call the sandbox directly. Returns the JSON of the response. Raises AssertionError if it is an error."""
    headers = {"Authorization": "Bearer sk_test_faults", "Content-Type": "application/x-www-form-urlencoded"}
    found = await exchange(port, request(method, path, body=urlencode(params).encode(), headers=headers))
    assert found is not None, f"no response to {method} {path}"
    assert found.status < 300, found.body
    return found.json


def reset(writer: asyncio.StreamWriter) -> None:
    """Abort the connection with a TCP reset."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
