"""uvicorn's HTTP protocol with a timeout for each state of a connection.

| state | ends after |
|---|---|
| a new connection, or an incomplete head | `receive` seconds, or MAX_HEAD_BYTES |
| an incomplete body, even after its response | `receive` seconds plus BODY_GRACE_SECONDS |
| a request that is executed | the deadline of the operation, or the end of its subscription |
| a response that the client does not read | `send` seconds; meanwhile, nothing is read |
| between two requests | uvicorn's `timeout_keep_alive` |
| a rejected request whose client may still send | LINGER_SECONDS |
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.server.connection_limit import Connections
from serving.server.send_timeout import SendTimeout

BODY_GRACE_SECONDS = 1.0
"""How much longer the protocol waits for a body than the endpoint, which sends a better error."""

LINGER_SECONDS = 1.0
"""How long a rejected client may continue to send. Closing immediately would reset the connection, and the client could
lose the response.
"""

_REPLY = b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"


def reply(status: str, text: str) -> bytes:
    """A response that closes the connection."""
    return _REPLY % (status.encode(), len(text), text.encode())


_TOO_SLOW = reply("408 Request Timeout", "The request took too long to arrive (BODY_TIMEOUT).")
_TOO_MANY = reply("503 Service Unavailable", "Too many connections are open. Try again in a second.")


class TimedProtocol(SendTimeout, HttpToolsProtocol):
    """One connection. `receive` is the timeout for a head and for a body, `send` for a response; both in seconds."""

    server_state: Connections

    def __init__(self, *args: Any, receive: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._limits = {"head": receive, "body": receive + BODY_GRACE_SECONDS, "lingering": LINGER_SECONDS}
        self._receiving: str | None = "head"
        self._timed: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread_response = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self.server_state.is_full:
            self.server_state.refused()
            self.transport.write(_TOO_MANY)
            self.transport.close()
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        if self.flow.write_paused and not self.transport.is_closing():
            # A client that does not read its responses gets no more of them.
            self._unread_response = True
            self.flow.pause_reading()
            return
        super().on_response_complete()
        if self._receiving is not None:
            self._unset_keepalive_if_required()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread_response:
            self._unread_response = False
            self.on_response_complete()

    @property
    def _is_answering(self) -> bool:
        return self._unread_response or (self.cycle is not None and not self.cycle.response_complete)

    def _watch(self) -> None:
        """Run the timer of the current state, and stop any other."""
        state = self._receiving
        if self.pipeline or (state == "head" and self._is_answering):
            # The client waits for a response.
            state = None
        if state != self._timed:
            self._stop_timer()
            if state is not None and not self.transport.is_closing():
                self._timed = state
                self._timer = self.loop.call_later(self._limits[state], self._reject, _TOO_SLOW)

    def _stop_timer(self) -> None:
        self._timed = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _reject(self, reply: bytes) -> None:
        """Reject the request that is being received with `reply`, if that is its response, and close the connection."""
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
        # The client must not take the reply for the response to an earlier request, which may have been executed.
        if self._receiving == "body":
            return not self.pipeline and not self.cycle.response_started
        return not self._is_answering
