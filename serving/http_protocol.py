"""uvicorn's HTTP protocol, with an end to its patience: for how long and how large a request's head may come."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 32 * 1024

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose next head does not come whole within `head_timeout` seconds of its first byte.

    A connection that was just made has as long to send its first byte; later ones are uvicorn's keep-alive's to end.
    """

    def __init__(self, *args: Any, head_timeout: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_timeout = head_timeout
        self._patience: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        if hasattr(self.transport, "_read_ready_cb"):
            # asyncio's transport holds itself by it. Left to the garbage collector, closed connections would add up
            # to a long pause.
            self.transport._read_ready_cb = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._give_up(_TOO_LARGE)
            elif self._patience is None:
                # Most heads come whole, and nobody has to wait for them.
                self._wait_for_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._in_head:
            self._in_head = True
            self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self._head_came()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(self._head_timeout, self._give_up, _TOO_SLOW)

    def _head_came(self) -> None:
        self._in_head = False
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()


def impatient(head_timeout: float) -> Any:
    """The protocol with that patience, for `uvicorn.Config(http=…)`; it can be handed to other processes."""
    return functools.partial(ImpatientProtocol, head_timeout=head_timeout)
