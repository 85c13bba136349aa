"""Waits that another task can end: when the client disconnects, or when the process stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

END_STREAMS = "end_streams"
"""The key in the lifespan's state of the function that ends all streams. The server calls it when it stops."""


class End(StrEnum):
    """Why a subscription ended."""

    CLIENT = "client"
    """The client disconnected or completed it."""
    DRAIN = "drain"
    """The process stops. The client subscribes again at another one."""
    TOKEN_EXPIRED = "token_expired"
    NOT_ALLOWED = "not_allowed"
    """The caller lost its access."""
    FAILED = "failed"
    """The service failed."""


class Waiter:
    """Waits for one result at a time. `interrupt` ends the current wait and all later ones."""

    __slots__ = ("_scope", "end")

    def __init__(self) -> None:
        self.end: End | None = None
        """The reason of `interrupt`; None before."""
        self._scope: asyncio.Timeout | None = None

    async def wait(self, get: Callable[[], Awaitable[T]], until: float) -> T | None:
        """The result of `get`. None if it takes until `until`, a time of the event loop, or after `interrupt`."""
        if self.end is not None:
            return None
        try:
            async with asyncio.timeout_at(until) as self._scope:
                return await get()
        except TimeoutError:
            return None
        finally:
            self._scope = None

    def interrupt(self, end: End) -> None:
        """End the current wait and all later ones. Only the first reason is kept."""
        self.end = self.end or end
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())


class Waiters:
    """All waiters of a process, so that the process can end them when it stops."""

    def __init__(self) -> None:
        self._waiters: set[Waiter] = set()
        self._is_ending = False

    def add(self, waiter: Waiter) -> None:
        """Add a waiter. If the process is stopping, its waits end immediately."""
        self._waiters.add(waiter)
        if self._is_ending:
            waiter.interrupt(End.DRAIN)

    def discard(self, waiter: Waiter) -> None:
        """Remove a waiter."""
        self._waiters.discard(waiter)

    def interrupt_all(self) -> None:
        """End the waits of all waiters, including those that are added later."""
        self._is_ending = True
        for waiter in self._waiters:
            waiter.interrupt(End.DRAIN)
