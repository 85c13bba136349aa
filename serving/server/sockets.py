"""The sockets that the server listens on."""

from __future__ import annotations

import errno
import socket
from typing import Any

from serving.settings.errors import SettingsError


def listeners(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host. Raises SettingsError if one can't be opened."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [_bound(family, address) for family, _, _, _, address in dict.fromkeys(found)]
    except OSError as error:
        raise SettingsError(_advice(error, host, port)) from None


def _bound(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # asyncio sets this option only on sockets that it creates.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    sock.set_inheritable(True)
    return sock


def _advice(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT: {port} is in use on {host}; stop the other process, or choose another port"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"PORT: this user may not listen on {port}; choose a port above 1023"
    return f"HOST: this machine can't listen on {host}; use one of its addresses, or 0.0.0.0 for all"
