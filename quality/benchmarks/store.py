"""Valkey or Redis for the measurement of the shared read cache."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from quality.benchmarks.cores import LOAD_CORE, on
from quality.benchmarks.upstream import MissingTool
from quality.harness import processes
from quality.harness.stores import SERVER, command, wait_until_up


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a store on the core of the load generator. Yields its URL."""
    if SERVER is None:
        raise MissingTool("a store: apt-get install valkey-server, or redis-server")
    port = processes.free_port()
    process = processes.start(on(LOAD_CORE, command(port, folder)), processes.environment(), folder / "store.log")
    try:
        wait_until_up(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)
