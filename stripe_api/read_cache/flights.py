"""Single flight: equal reads that are in progress in this process share one call to Stripe."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from stripe_api.objects import StripeResponse
from stripe_api.read_cache.reads import Key

Identity = tuple[Key, str, str]
"""A read with the tokens at its start, so that a read that starts after a change never joins an earlier one."""

Fetch = Callable[[], Awaitable[StripeResponse]]


class Flights:
    """The calls in progress."""

    def __init__(self) -> None:
        self._running: dict[Identity, asyncio.Future[StripeResponse | None]] = {}

    async def join(self, identity: Identity, deadline: float | None) -> StripeResponse | None:
        """The response of the equal call in progress.

        None if there is none, it fails, or it takes longer than until the deadline. Its failure may be due to its own
        caller: the caller's limits, deadline or cancellation.
        """
        running = self._running.get(identity)
        if running is None:
            return None
        try:
            async with asyncio.timeout_at(deadline):
                response = await asyncio.shield(running)
        except TimeoutError:
            return None
        return response.unread() if response is not None else None

    async def lead(
        self, identity: Identity, fetch: Fetch, keep: Callable[[StripeResponse], Awaitable[Any]]
    ) -> StripeResponse:
        """The response of `fetch`, which equal reads join until `keep` has stored it."""
        landed: asyncio.Future[StripeResponse | None] = asyncio.get_running_loop().create_future()
        is_first = self._running.setdefault(identity, landed) is landed
        try:
            response = await fetch()
            landed.set_result(response.unread())
            await keep(response)
            return response
        finally:
            if not landed.done():
                landed.set_result(None)
            if is_first:
                del self._running[identity]
