"""The HTTP protocol of the server: strict parsing of requests, with limits and timeouts.

A proxy and the service must never read different requests, or different hosts, in the same bytes.
"""

from __future__ import annotations

import functools
from typing import Any

import httptools

from serving.server.joined_writes import JoinedWrites
from serving.server.timeouts import TimedProtocol, reply

MAX_HEAD_BYTES = 32 * 1024
"""Maximum size of a request's head, and of the trailers of a chunked body, in bytes."""

_MALFORMED = reply("400 Bad Request", "This is not a valid HTTP request.")
_WRONG_HOST = reply("400 Bad Request", "Send one Host header, and no other host in the request target.")
_TOO_LARGE = reply("431 Request Header Fields Too Large", f"Send a head of at most {MAX_HEAD_BYTES} bytes.")

_FRAMING = (b"connection", b"content-length", b"transfer-encoding")
"""Headers that determine where a request ends, and whether the connection is closed."""


class _Rejected(Exception):
    def __init__(self, reply: bytes) -> None:
        super().__init__()
        self.reply = reply


class BoundedProtocol(TimedProtocol):
    """One connection, with limits and timeouts. A GET of `websocket_path` may upgrade it to a WebSocket."""

    def __init__(self, *args: Any, websocket_path: str | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._websocket_path = websocket_path.encode() if websocket_path is not None else None
        self._rejection = _MALFORMED
        self._resuming = False
        self._received_bytes = 0
        self._field_bytes = 0
        self._hosts: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        if self._receiving == "lingering":
            return
        self._unset_keepalive_if_required()
        started_in_head = self._receiving != "body"
        self._receiving = self._receiving or "head"
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._reject(self._rejection)
            return
        if self.parser is None:
            return
        if started_in_head and self._receiving == "head":
            self._received_bytes += len(data)
            if self._received_bytes > MAX_HEAD_BYTES:
                self._reject(_TOO_LARGE)
                return
        self._watch()

    def _feed(self, data: bytes) -> None:
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                if self._should_upgrade():
                    self._upgrade(data)
                    return
                self._ignore_upgrade()
            else:
                return

    def _should_upgrade(self) -> bool:
        """Whether the request is the handshake of a WebSocket for the path that has one."""
        return (
            self._websocket_path is not None
            and self.url.partition(b"?")[0] == self._websocket_path
            and self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and not self._is_answering
            and super()._should_upgrade()
        )

    def _upgrade(self, data: bytes) -> None:
        """Pass the connection on to the WebSocket protocol."""
        if data:
            # A client must wait for the response before it sends frames.
            self._receiving = "head"
            self._reject(_MALFORMED)
            return
        self._stop_timer()
        self.handle_websocket_upgrade()
        # The parser and the protocol refer to each other.
        self.parser = None  # type: ignore[assignment]

    def _ignore_upgrade(self) -> None:
        """Read the body with a new parser. httptools skips the body of a request that offers another protocol."""
        kept = [field for field in self.headers if field[0] in _FRAMING]
        version = self.parser.get_http_version().encode()
        self.parser = httptools.HttpRequestParser(self)
        # As in uvicorn: data after a request that closes the connection is dropped, not an error.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._resuming = True
        self.parser.feed_data(b"POST / HTTP/%b\r\n%b\r\n" % (version, b"".join(map(b"%b: %b\r\n".__mod__, kept))))
        self._resuming = False

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
            # A trailer must not become a header, because headers have been checked already.
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
        upgrades = self.parser.should_upgrade() and self._should_upgrade()
        if not upgrades and self.scope["method"] != "HEAD":
            self.cycle.transport = JoinedWrites(self.transport)  # type: ignore[assignment]
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
        version = self.parser.get_http_version()
        is_old = version == "1.0"
        if not is_old and version != "1.1":
            self._stop_parsing(_MALFORMED)
        if len(self._hosts) != 1 and not (is_old and not self._hosts):
            self._stop_parsing(_WRONG_HOST)
        if not self.url.startswith(b"/") and self.url != b"*" and not self._names_its_host():
            self._stop_parsing(_WRONG_HOST)

    def _names_its_host(self) -> bool:
        """Whether the target is an absolute URL with the host of the Host header."""
        scheme, _, rest = self.url.partition(b"://")
        authority = rest.partition(b"/")[0]
        return scheme.lower() in (b"http", b"https") and self._hosts == [authority]

    def _stop_parsing(self, reply: bytes) -> None:
        self._rejection = reply
        raise _Rejected(reply)


def bounded(*, receive: float, send: float, websocket_path: str | None = None) -> Any:
    """The protocol for `uvicorn.Config(http=…)`, with timeouts and a path for WebSockets. It can be pickled."""
    return functools.partial(BoundedProtocol, receive=receive, send=send, websocket_path=websocket_path)
