"""An event loop with virtual time: it advances only when all tasks wait, so timeouts are exact and take no time."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Advances its clock instead of waiting."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "all tasks wait, and no timer is set"
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer as soon as all tasks wait."""

    def __init__(self) -> None:
        self.clock = _Selector()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def now() -> float:
    """The time of the running event loop."""
    return asyncio.get_running_loop().time()


def replace_clocks() -> None:
    """Replace `time.time` and `time.monotonic`, so that they follow the running event loop, if there is one.

    Call it before other modules are imported, because they may store references to the original functions.
    """
    real, epoch = time.monotonic, time.time() - _Selector.now

    def monotonic() -> float:
        try:
            return now()
        except RuntimeError:  # No loop runs in this thread.
            return real()

    time.monotonic = monotonic
    time.time = lambda: epoch + monotonic()
