"""The limit of open connections per process."""

from __future__ import annotations

import logging
import math

from uvicorn.server import ServerState

from serving.telemetry import logs


class Connections(ServerState):
    """The open connections of one process. Those above `limit` are rejected, and logged as a count."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = math.inf
        self.times_refused = 0
        self.accept_failures = 0
        self._events = logs.RepeatedEvents(logs.logger("attache.connections"))

    @property
    def is_full(self) -> bool:
        """Whether more connections are open than allowed, including the newest."""
        return len(self.connections) > self.limit

    def refused(self) -> None:
        """Count and log a connection that was rejected because of the limit."""
        self.times_refused += 1
        self._events.log(logging.WARNING, "connections refused", {"limit": self.limit})

    def accept_paused(self) -> None:
        """Count and log that no connection could be accepted because file descriptors or memory ran out."""
        self.accept_failures += 1
        self._events.log(logging.ERROR, "accepting connections paused: out of file descriptors", {})
