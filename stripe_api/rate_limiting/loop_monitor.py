"""Measures how long the event loop was blocked: by a long step, a paused process or a busy machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

TICK = 0.1
"""Seconds between two checks of the clock. Shorter delays are not counted."""


class LoopMonitor:
    """Adds up the delays of a regular timer. It runs only while `is_needed` returns True."""

    def __init__(self, is_needed: Callable[[], bool]) -> None:
        self._is_needed = is_needed
        self._due: float | None = None
        self._stopped = 0.0

    def start(self, now: float) -> None:
        """Start to measure, unless the timer is already running."""
        if self._due is None:
            self._schedule(now)

    def stopped(self, now: float) -> float:
        """Total seconds for which the loop was blocked until now. Compare two values to measure an interval."""
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
