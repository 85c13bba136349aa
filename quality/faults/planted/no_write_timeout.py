"""A client that does not read its response is waited for without end."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.server.protocol import BoundedProtocol

BoundedProtocol.pause_writing = HttpToolsProtocol.pause_writing  # type: ignore[assignment, method-assign]
