"""A listening socket that can be made before there is a server for it, so that its port is known."""

import socket


def listen(host: str, port: int) -> socket.socket:
    """Returns a socket that listens; port 0 takes any that is free.

    It is marked as TCP, as `socket.create_server` does not: asyncio turns Nagle's algorithm off for such sockets only,
    and each answer would else wait 40 ms for the caller's acknowledgement.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(128)
    return listener
