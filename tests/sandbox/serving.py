"""Serves an app on a real socket for the duration of a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from sandbox.http.server import DroppableProtocol, listen


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Yields the address of the app."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, http=DroppableProtocol, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
