"""The server process, or several workers on one port: start, drain, and stop.

SIGTERM and SIGHUP stop a process in steps, so that no request is lost:

1. /readyz responds 503, and each response closes its connection. Requests are served for `drain_seconds`.
2. The queue of the port is accepted, and the port is closed. Subscriptions end, and their clients connect elsewhere.
   Open connections may send requests for LINGER_SECONDS.
3. Running requests may finish within `timeout_graceful_shutdown` seconds. Then they are cancelled.

Ctrl-C starts the third step immediately.

The number of connections is limited, so that file descriptors remain for calls to Stripe, the store and the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess as supervisor

from serving.graphql.subscriptions.waiting import END_STREAMS
from serving.server.connection_limit import Connections
from serving.server.resources import (
    max_connections,
    metrics_folder,
    needed_descriptors,
    raise_descriptor_limit,
    return_free_memory,
)
from serving.telemetry import logs
from serving.telemetry.metrics.endpoint import CONNECTIONS

logger = logs.logger("attache")

LINGER_SECONDS = 1.0
"""How long an open connection may send requests after the port is closed."""

TICK_SECONDS = 0.1

BACKLOG = 2048
"""Maximum number of connections that wait in the kernel to be accepted."""

TRIM_TICKS = 10
"""Ticks between two returns of freed memory to the operating system. Each return takes about a millisecond."""

ACCEPT_BATCH = 16
"""Connections that are accepted between two checks of the limit. By default, asyncio accepts the entire backlog."""

GC_THRESHOLD = 50_000
"""New objects after which the youngest generation is collected. Requests and connections leave no cyclic garbage, so
frequent collections would find nothing, and take longer under load.
"""


class Config(uvicorn.Config):
    """uvicorn's configuration, with the duration of the first step and the number of outgoing connections."""

    def __init__(self, app: Any, *, drain_seconds: float, outgoing: int = 0, **options: Any) -> None:
        super().__init__(app, backlog=ACCEPT_BATCH, **options)
        self.drain_seconds = drain_seconds
        self.outgoing = outgoing


class DrainingServer(uvicorn.Server):
    """A server that stops in steps."""

    config: Config

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.server_state: Connections = Connections()
        self._skips_draining = False
        self._signal: str | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Handle SIGHUP like SIGTERM, unless the process was started with SIGHUP ignored (nohup)."""
        handles_hup = signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
        if handles_hup and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGHUP, self.handle_exit)
        with super().capture_signals():
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop. SIGINT (Ctrl-C) skips draining."""
        self._signal = signal.Signals(sig).name
        self._skips_draining = self._skips_draining or sig == signal.SIGINT
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen. Objects that exist now are excluded from garbage collection."""
        descriptors, outgoing = raise_descriptor_limit(), self.config.outgoing
        self.server_state.limit = max_connections(descriptors, outgoing)
        if (needed := needed_descriptors(outgoing)) > descriptors:
            logger.warning("The limit of open files is too low", limit=descriptors, needed=needed)
        asyncio.get_running_loop().set_exception_handler(self._log_loop_error)
        self.lifespan.state[CONNECTIONS] = self.server_state
        await super().startup(sockets)
        for listener in self._listeners():
            with listener:
                listener.listen(BACKLOG)
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop. A worker whose parent was killed stops, so that it does not keep the port open."""
        parent = multiprocessing.parent_process()
        self.should_exit = self.should_exit or (parent is not None and not parent.is_alive())
        if counter % TRIM_TICKS == 0:
            return_free_memory()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Run the steps."""
        self._start_draining()
        await self._keep_serving(self.config.drain_seconds)
        await self._close_port(sockets or [])
        self._end_streams()
        await self._keep_serving(LINGER_SECONDS, when_idle=False)
        await super().shutdown(sockets)
        logger.info("Stopped", signal=self._signal)

    def _start_draining(self) -> None:
        self.lifespan.state["draining"] = True
        self.config.encoded_headers.append((b"connection", b"close"))
        for connection in self.server_state.connections:
            cycle = getattr(connection, "cycle", None)
            if cycle is not None and not cycle.response_complete:
                connection.shutdown()

    def _end_streams(self) -> None:
        # Subscriptions have no end of their own. The port is closed, so their clients connect to another replica.
        end: Callable[[], None] | None = self.lifespan.state.get(END_STREAMS)
        if end is not None:
            end()

    async def _keep_serving(self, seconds: float, *, when_idle: bool = True) -> None:
        """Serve for `seconds`. Unless `when_idle`, stop earlier if no client is connected."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not self._skips_draining and clock() < end and (when_idle or self.server_state.connections):
            await self.on_tick(0)
            await asyncio.sleep(TICK_SECONDS)

    async def _close_port(self, sockets: list[socket.socket]) -> None:
        # Closing a port resets the connections in its queue, whose clients may have sent requests already. So accept
        # them just before. Later connections are refused, and clients go to another replica.
        listeners = self._listeners()
        for server in self.servers:
            server.close()
        for sock in sockets:
            sock.close()
        queued: list[socket.socket] = []
        for listener in listeners:
            queued += _accepted(listener)
            listener.close()
        for connection in queued:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _listeners(self) -> list[socket.socket]:
        return [listener.dup() for server in self.servers for listener in server.sockets]

    def _log_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # asyncio retries after a second, and reports each waiting connection until then.
        if context.get("message") == "socket.accept() out of system resource":
            self.server_state.accept_paused()
        else:
            loop.default_exception_handler(context)

    def _protocol(self) -> asyncio.Protocol:
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol


def _accepted(listener: socket.socket) -> Iterator[socket.socket]:
    listener.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            connection, _ = listener.accept()
            connection.setblocking(False)
            yield connection


class _Worker(supervisor.Process):
    config: Config

    @property
    def server(self) -> DrainingServer:
        if self._server is None:
            self._server = DrainingServer(self.config)
        return self._server  # type: ignore[return-value]


class _Workers(supervisor.Multiprocess):
    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        supervisor.Process = _Worker  # type: ignore[misc]  # uvicorn has no option for it
        super().__init__(config, sockets)

    def handle_hup(self) -> None:
        """Drain and stop, as on SIGTERM."""
        self.handle_term()

    def terminate_all(self) -> None:
        """Stop all workers. The port is closed here too, so that it closes with the last worker."""
        super().terminate_all()
        for sock in self.sockets:
            sock.close()


def run(config: Config, sockets: list[socket.socket]) -> None:
    """Serve on the sockets until a signal. With several workers, `config.app` is a picklable factory."""
    if config.workers > 1:
        with metrics_folder() as folder:
            # prometheus_client reads this variable when a worker imports it.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            _Workers(config, sockets=sockets).run()
        return
    server = DrainingServer(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=sockets)
    if not server.started:
        sys.exit(STARTUP_FAILURE)
