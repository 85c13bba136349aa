"""uvicorn's HTTP protocol with a bound on every state of a connection.

| state | ends after |
|---|---|
| a new connection, or a head that has begun | `receive` seconds, or MAX_HEAD_BYTES |
| a body, whether or not its request was answered already | `receive` seconds and a second |
| a request being answered | the app's own deadline |
| a response that the client does not read | `send` seconds; until then nothing more is read |
| between two requests | uvicorn's `timeout_keep_alive` |
| a refused request, whose sender may still send | LINGER_SECONDS |
"""

from __future__ import annotations

import asyncio
import functools
import logging
import math
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from serving.telemetry import logs

MAX_HEAD_BYTES = 32 * 1024
"""Bytes of a request's head, and of the trailers behind a chunked body."""

BODY_GRACE_SECONDS = 1.0
"""How much longer the protocol waits for a body than the app does, whose error says more."""

LINGER_SECONDS = 1.0
"""How long a refused client may go on sending. Closing at once would reset the connection and lose the response."""

_REPLY = b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"


def _reply(status: str, text: str) -> bytes:
    return _REPLY % (status.encode(), len(text), text.encode())


_MALFORMED = _reply("400 Bad Request", "This is not a valid HTTP request.")
_WRONG_HOST = _reply("400 Bad Request", "Send one Host header, and no other host in the request target.")
_TOO_SLOW = _reply("408 Request Timeout", "The request took too long to arrive (BODY_TIMEOUT).")
_TOO_LARGE = _reply("431 Request Header Fields Too Large", f"The head has at most {MAX_HEAD_BYTES} bytes.")
_TOO_MANY = _reply("503 Service Unavailable", "Too many connections are open. Try again in a second.")


_FRAMING = (b"connection", b"content-length", b"transfer-encoding")
"""The headers that say where a request ends, and whether the connection does."""


class Connections(ServerState):
    """The connections of one process: at most `limit` at a time. Those above are refused, and logged as a sum."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = math.inf
        self.times_refused = 0
        self.accept_failures = 0
        self._events = logs.RepeatedEvents(logs.logger("attache.connections"))

    @property
    def is_full(self) -> bool:
        """Whether more are open than may be, the newest included."""
        return len(self.connections) > self.limit

    def refused(self) -> None:
        """Count and log a connection that was refused because of the limit."""
        self.times_refused += 1
        self._events.log(logging.WARNING, "connections refused", {"limit": self.limit})

    def accept_paused(self) -> None:
        """Count and log that no connection could be accepted, for lack of file descriptors or memory."""
        self.accept_failures += 1
        self._events.log(logging.ERROR, "accepting connections paused: out of file descriptors", {})


class _Refused(Exception):
    def __init__(self, reply: bytes) -> None:
        super().__init__()
        self.reply = reply


class BoundedProtocol(HttpToolsProtocol):
    """One connection. `receive` bounds a head and a body, `send` a response; both in seconds."""

    server_state: Connections

    def __init__(self, *args: Any, receive: float, send: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._limits = {"head": receive, "body": receive + BODY_GRACE_SECONDS, "lingering": LINGER_SECONDS}
        self._send_limit = send
        self._receiving: str | None = "head"
        self._timed: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._send_timer: asyncio.TimerHandle | None = None
        self._unread_response = False
        self._refusal = _MALFORMED
        self._resuming = False
        self._received_bytes = 0
        self._field_bytes = 0
        self._hosts: list[bytes] = []

    # --- The connection ------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio then tells of every response that the socket did not take whole, and when it has.
        transport.set_write_buffer_limits(high=0)
        if self.server_state.is_full:
            self.server_state.refused()
            transport.write(_TOO_MANY)
            transport.close()
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._stop_send_timer()
        self._unset_keepalive_if_required()
        if hasattr(self.transport, "_read_ready_cb"):
            # asyncio's transport refers to itself by it, and would be left to the garbage collector.
            self.transport._read_ready_cb = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._receiving == "lingering":
            return
        self._unset_keepalive_if_required()
        began_in_head = self._receiving != "body"
        self._receiving = self._receiving or "head"
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse(self._refusal)
            return
        if began_in_head and self._receiving == "head":
            self._received_bytes += len(data)
            if self._received_bytes > MAX_HEAD_BYTES:
                self._refuse(_TOO_LARGE)
                return
        self._watch()

    def _feed(self, data: bytes) -> None:
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                self._ignore_upgrade()
            else:
                return

    def _ignore_upgrade(self) -> None:
        """Have a new parser read the body, which httptools skips where a request offers another protocol."""
        kept = [field for field in self.headers if field[0] in _FRAMING]
        version = self.parser.get_http_version().encode()
        self.parser = httptools.HttpRequestParser(self)
        # As in uvicorn: data behind a request that closes the connection is dropped, not an error.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._resuming = True
        self.parser.feed_data(b"POST / HTTP/%b\r\n%b\r\n" % (version, b"".join(map(b"%b: %b\r\n".__mod__, kept))))
        self._resuming = False

    # --- What the parser finds -----------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self._resuming:
            return
        super().on_message_begin()
        self._receiving = "head"
        self._received_bytes = self._field_bytes = 0
        self._hosts = []

    def on_url(self, url: bytes) -> None:
        if self._resuming:
            return
        self.url += url
        self._field_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._resuming:
            return
        self._field_bytes += len(name) + len(value) + 4
        if self._receiving == "body":
            # A trailer. The checks of headers are over, so it must not become one.
            self._check_size()
            return
        name = name.lower()
        if name == b"host":
            self._hosts.append(value)
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._resuming:
            return
        self._stop_timer()
        self._check_size()
        self._check_target()
        super().on_headers_complete()
        self._receiving = "body"
        self._field_bytes = 0

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._receiving = None
        super().on_message_complete()

    def _check_size(self) -> None:
        if self._field_bytes > MAX_HEAD_BYTES:
            self._stop_parsing(_TOO_LARGE)

    def _check_target(self) -> None:
        # A proxy that believes one host must not face a service that believes another.
        version = self.parser.get_http_version()
        is_old = version == "1.0"
        if not is_old and version != "1.1":
            self._stop_parsing(_MALFORMED)
        if len(self._hosts) != 1 and not (is_old and not self._hosts):
            self._stop_parsing(_WRONG_HOST)
        if not self.url.startswith(b"/") and self.url != b"*" and not self._names_its_host():
            self._stop_parsing(_WRONG_HOST)

    def _names_its_host(self) -> bool:
        """Whether the target is a whole URL whose authority is the Host header's."""
        scheme, _, rest = self.url.partition(b"://")
        authority = rest.partition(b"/")[0]
        return scheme.lower() in (b"http", b"https") and self._hosts == [authority]

    def _stop_parsing(self, reply: bytes) -> None:
        self._refusal = reply
        raise _Refused(reply)

    # --- Responses -----------------------------------------------------------------------------------------------

    def on_response_complete(self) -> None:
        if self.flow.write_paused and not self.transport.is_closing():
            # Whoever does not read their responses is not answered again.
            self._unread_response = True
            self.flow.pause_reading()
            return
        super().on_response_complete()
        if self._receiving is not None:
            self._unset_keepalive_if_required()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self._send_limit, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_send_timer()
        if self._unread_response:
            self._unread_response = False
            self.on_response_complete()

    @property
    def _is_answering(self) -> bool:
        return self._unread_response or (self.cycle is not None and not self.cycle.response_complete)

    # --- Bounds --------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Have the timer of the present state run, and no other."""
        state = self._receiving
        if self.pipeline or (state == "head" and self._is_answering):
            # The client waits for us, not we for the client.
            state = None
        if state != self._timed:
            self._stop_timer()
            if state is not None and not self.transport.is_closing():
                self._timed = state
                self._timer = self.loop.call_later(self._limits[state], self._refuse, _TOO_SLOW)

    def _stop_timer(self) -> None:
        self._timed = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _refuse(self, reply: bytes) -> None:
        """Answer what is being received with `reply`, where that is its turn, and close the connection."""
        if self.transport.is_closing():
            return
        if self._receiving == "lingering" or not self._may_reply:
            self.transport.close()
            return
        self.transport.write(reply)
        if self._receiving == "body":
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write_eof()
        self._receiving = "lingering"
        self.flow.resume_reading()
        self._watch()

    @property
    def _may_reply(self) -> bool:
        # A client must never take the reply for the response to an earlier request, which may have been carried out.
        if self._receiving == "body":
            return not self.pipeline and not self.cycle.response_started
        return not self._is_answering


def bounded(*, receive: float, send: float) -> Any:
    """The protocol with these bounds, for `uvicorn.Config(http=…)`; other processes can be given it."""
    return functools.partial(BoundedProtocol, receive=receive, send=send)
