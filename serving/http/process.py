"""The process that listens, or several of them behind one port: how they start, drain, finish and end.

SIGTERM and SIGHUP end a process in steps, so that no request is lost whatever stands before it:

1. /readyz turns to 503, and each answer closes its connection. Requests are served as ever, for `drain_seconds`.
2. The port is closed, once what waits in its queue is taken in. Open connections may still send, for a moment.
3. What is under way is finished, for `timeout_graceful_shutdown` seconds at most, after which it is cancelled.

Ctrl-C goes to the third step at once.

Connections are capped below the limit of file descriptors, so that calls to Stripe, the store and the log have theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import gc
import multiprocessing
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess as supervisor

from serving.http.connections import Connections
from serving.settings.errors import SettingsError
from serving.telemetry.metrics_endpoint import CONNECTIONS

LINGER_SECONDS = 1.0
"""How long an open connection may still bring a request, once the port is closed."""

TICK_SECONDS = 0.1

BACKLOG = 2048
"""Connections that the kernel keeps until they are accepted."""

TRIM_TICKS = 10
"""Ticks between two returns of free memory to the operating system. Each takes about a millisecond."""

ACCEPT_BATCH = 16
"""Connections that are accepted before the next look at how many are open. asyncio's own batch is the whole backlog."""

MAX_CONNECTIONS = 16_384
"""Open connections of one process, however many descriptors it may have."""

OTHER_DESCRIPTORS = 64
"""Descriptors for the listening port, the log, the event loop, fetching the issuer's keys, and refusing connections."""

GC_THRESHOLD = 50_000
"""New objects after which the garbage collector looks at the youngest. Neither requests nor connections leave it any,
so that each look is in vain, and the longer the more is under way.
"""


class Config(uvicorn.Config):
    """uvicorn's, with the length of the first step, and the descriptors that clients must leave to outgoing calls."""

    def __init__(self, app: Any, *, drain_seconds: float, outgoing: int = 0, **options: Any) -> None:
        super().__init__(app, backlog=ACCEPT_BATCH, **options)
        self.drain_seconds = drain_seconds
        self.outgoing = outgoing


class DrainingServer(uvicorn.Server):
    """A server that ends in steps."""

    config: Config

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.server_state: Connections = Connections()
        self._in_a_hurry = False

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take SIGHUP for SIGTERM, unless whoever started the process has it ignored (nohup)."""
        takes = signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
        if takes and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGHUP, self.handle_exit)
        with super().capture_signals():
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came. Whoever sends SIGINT is waiting."""
        self._in_a_hurry = self._in_a_hurry or sig == signal.SIGINT
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen. The collector need not look again at what exists by now, nor so often."""
        self.server_state.limit = max_connections(raise_descriptor_limit(), self.config.outgoing)
        asyncio.get_running_loop().set_exception_handler(self._log_loop_error)
        self.lifespan.state[CONNECTIONS] = self.server_state
        await super().startup(sockets)
        for listener in self._listeners():
            with listener:
                listener.listen(BACKLOG)
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)

    async def on_tick(self, counter: int) -> bool:
        """Whether it is time to end. A worker whose parent was killed would hold the port for ever."""
        parent = multiprocessing.parent_process()
        self.should_exit = self.should_exit or (parent is not None and not parent.is_alive())
        if counter % TRIM_TICKS == 0:
            return_free_memory()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The steps, one after the other."""
        self._announce()
        await self._serve_on(self.config.drain_seconds)
        await self._close_port(sockets or [])
        await self._serve_on(LINGER_SECONDS, alone=False)
        await super().shutdown(sockets)

    def _announce(self) -> None:
        self.lifespan.state["draining"] = True
        self.config.encoded_headers.append((b"connection", b"close"))
        for connection in self.server_state.connections:
            cycle = getattr(connection, "cycle", None)
            if cycle is not None and not cycle.response_complete:
                connection.shutdown()

    async def _serve_on(self, seconds: float, *, alone: bool = True) -> None:
        """Serve for so long; unless `alone`, only while someone is connected."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not self._in_a_hurry and clock() < end and (alone or self.server_state.connections):
            await self.on_tick(0)
            await asyncio.sleep(TICK_SECONDS)

    async def _close_port(self, sockets: list[socket.socket]) -> None:
        # The kernel resets what is in a port's queue when the port is closed, though clients have sent their requests
        # by then. So it is emptied in the moment before; what comes later is refused, and goes elsewhere.
        listeners = self._listeners()
        for server in self.servers:
            server.close()
        for sock in sockets:
            sock.close()
        waiting: list[socket.socket] = []
        for listener in listeners:
            waiting += _accepted(listener)
            listener.close()
        for connection in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _listeners(self) -> list[socket.socket]:
        return [listener.dup() for server in self.servers for listener in server.sockets]

    def _log_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # asyncio tries again after a second, and until then reports each connection that waits.
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
        supervisor.Process = _Worker  # type: ignore[misc]  # it has no other way to be given one
        super().__init__(config, sockets)

    def handle_hup(self) -> None:
        """Drain and end, as on SIGTERM."""
        self.handle_term()

    def terminate_all(self) -> None:
        """End all, and close the port here: it must close with the last worker that takes in what waits."""
        super().terminate_all()
        for sock in self.sockets:
            sock.close()


def run(config: Config, sockets: list[socket.socket]) -> None:
    """Serve on the sockets until a signal ends it. With several workers, `config.app` is a factory to be pickled."""
    if config.workers > 1:
        with metrics_folder() as folder:
            # Where workers put their numbers: prometheus_client looks for it when a worker loads it.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            _Workers(config, sockets=sockets).run()
        return
    server = DrainingServer(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=sockets)
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def metrics_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for the metrics of several workers: in memory where no disk can be written. Raises SettingsError."""
    for parent in (None, "/dev/shm"):
        with contextlib.suppress(OSError):
            return tempfile.TemporaryDirectory(prefix="attache-metrics-", dir=parent)
    raise SettingsError("--workers: several processes need a folder for their metrics; set TMPDIR to one to write to")


def raise_descriptor_limit() -> int:
    """Raise the soft limit of file descriptors to the hard one where that is allowed; the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


_malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)


def return_free_memory() -> None:
    """Return to the operating system what glibc keeps of large bodies that were freed. Elsewhere, do nothing."""
    if _malloc_trim is not None:
        _malloc_trim(0)


def max_connections(descriptors: int, outgoing: int) -> int:
    """The most clients' connections at once that leave enough descriptors for `outgoing` ones and all else."""
    left = descriptors - outgoing - OTHER_DESCRIPTORS
    return min(MAX_CONNECTIONS, max(left, descriptors // 4))


def listeners(host: str, port: int) -> list[socket.socket]:
    """A socket for each of the host's addresses. Raises SettingsError with what to do when one can't be had."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [_bound(family, address) for family, _, _, _, address in dict.fromkeys(found)]
    except OSError as error:
        raise SettingsError(_refusal(error, host, port)) from None


def _bound(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections send at once: asyncio sees to that for sockets of its own alone.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    sock.set_inheritable(True)
    return sock


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT: {port} is in use on {host}; stop what listens there, or choose another one"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"PORT: this user may not listen on {port}; choose one above 1023"
    return f"HOST: this machine can't listen on {host}; use one of its own addresses, or 0.0.0.0 for all"
