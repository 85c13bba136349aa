"""uvicorn's WebSocket protocol with a timeout for messages that the client does not receive."""

from __future__ import annotations

import functools
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from serving.server.send_timeout import SendTimeout


class BoundedWebSocket(SendTimeout, WebSocketsSansIOProtocol):
    """One connection. `send` is the timeout in seconds for what is sent."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # While the process stops, every response has `Connection: close`, which would break the handshake.
        self.default_headers = [header for header in self.default_headers if header[0] != b"connection"]

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

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def shutdown(self) -> None:
        """The process stops. The endpoint closes an open connection itself, when its operations have ended."""
        if not self.handshake_complete or self.close_sent:
            super().shutdown()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def bounded_websocket(*, send: float) -> Any:
    """The protocol with this timeout, for `uvicorn.Config(ws=…)`. It can be sent to other processes."""
    return functools.partial(BoundedWebSocket, send=send)
