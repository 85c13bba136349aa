"""Measures how long the event loop was stopped: by a long step, a paused process or a busy machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

TICK = 0.1
"""Seconds between two looks at the clock. Shorter stops are not counted."""


class LoopMonitor:
    """Adds up the seconds by which a regular timer was late. It runs only while `is_needed` says so."""

    def __init__(self, is_needed: Callable[[], bool]) -> None:
        self._is_needed = is_needed
        self._due: float | None = None
        self._stopped = 0.0

    def start(self, now: float) -> None:
        """Begin to measure, unless that goes on already."""
        if self._due is None:
            self._schedule(now)

    def stopped(self, now: float) -> float:
        """The seconds for which the loop was stopped, up to now. Only differences of it mean something."""
        late = 0.0 if self._due is None else now - self._due
        return self._stopped + (late if late >= TICK else 0.0)

    def _schedule(self, now: float) -> None:
        self._due = now + TICK
        asyncio.get_running_loop().call_at(self._due, self._tick)

    def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        self._stopped = self.stopped(now)
        self._due = None
        if self._is_needed():
            self._schedule(now)
