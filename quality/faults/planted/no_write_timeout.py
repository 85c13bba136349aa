"""The service waits without a timeout for a client that does not read its response."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.server.protocol import BoundedProtocol

BoundedProtocol.pause_writing = HttpToolsProtocol.pause_writing  # type: ignore[assignment, method-assign]
