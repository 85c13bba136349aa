"""How uvicorn serves the sandbox: a listening socket, and a protocol that lets the app break the connection."""

import socket

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.http.connection import DROP_EXTENSION


class DroppableProtocol(HttpToolsProtocol):
    """Offers the `sandbox.drop` extension: `uvicorn.Config(app, http=DroppableProtocol)`."""

    def on_message_begin(self) -> None:
        """Adds the extension to the scope of the new request."""
        super().on_message_begin()
        self.scope["extensions"] = {DROP_EXTENSION: self.transport.abort}  # type: ignore[dict-item]


def listen(host: str, port: int) -> socket.socket:
    """Returns a listening socket. Port 0 selects any free port.

    Unlike `socket.create_server` it sets the protocol to TCP, because asyncio disables Nagle's algorithm only on such
    sockets. With Nagle's algorithm, each response waits 40 ms for the caller's acknowledgement.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(128)
    return listener
