"""The timeout of HTTP and WebSocket connections for what the client does not read, over uvicorn's protocols."""

from __future__ import annotations

import asyncio
from typing import Any


class SendTimeout(asyncio.Protocol):
    """Aborts the connection when its client has not read for `send` seconds."""

    loop: asyncio.AbstractEventLoop
    transport: Any

    def __init__(self, *args: Any, send: float, **options: Any) -> None:
        super().__init__(*args, **options)
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

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self._send_limit, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_send_timer()

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None
