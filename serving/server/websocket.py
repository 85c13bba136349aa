"""uvicorn's WebSocket protocol with a timeout for messages that the client does not receive."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """One connection. `send` is the timeout in seconds for what is sent."""

    def __init__(self, *args: Any, send: float, **options: Any) -> None:
        super().__init__(*args, **options)
        # While the process stops, every response has `Connection: close`, which would break the handshake.
        self.default_headers = [header for header in self.default_headers if header[0] != b"connection"]
        self._send_limit = send
        self._send_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # asyncio then reports each message that the socket did not accept entirely, and when it did.
        self.transport.set_write_buffer_limits(high=0)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_send_timer()
        if hasattr(self.transport, "_read_ready_cb"):
            # With this callback, the transport refers to itself and would need the garbage collector.
            self.transport._read_ready_cb = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.writable.is_set() and not self.transport.is_closing():
            # A client that does not receive its messages can't send more, not even pings.
            self.transport.pause_reading()

    def send_receive_event_to_app(self) -> None:
        """Pass a message on. Text that is not UTF-8 closes the connection."""
        if self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            # uvicorn would also log an error, and any client can cause it.
            self.conn.send_close(1007)
            self.handle_parser_exception()
            return
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self._send_limit, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_send_timer()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def shutdown(self) -> None:
        """The process stops. The endpoint closes an open connection itself, when its operations have ended."""
        if not self.handshake_complete or self.close_sent:
            super().shutdown()

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def bounded_websocket(*, send: float) -> Any:
    """The protocol with this timeout, for `uvicorn.Config(ws=…)`. It can be sent to other processes."""
    return functools.partial(BoundedWebSocket, send=send)
