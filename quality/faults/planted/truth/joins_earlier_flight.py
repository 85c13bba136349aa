"""A read joins an equal call in progress, even if that call started before a change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from stripe_api.objects import StripeResponse
from stripe_api.read_cache.flights import Fetch, Flights, Identity

Keep: TypeAlias = Callable[[StripeResponse], Awaitable[Any]]

_join, _lead = Flights.join, Flights.lead


async def _join_any(self: Flights, identity: Identity, deadline: float | None) -> StripeResponse | None:
    return await _join(self, (identity[0], "", ""), deadline)


async def _lead_any(self: Flights, identity: Identity, fetch: Fetch, keep: Keep) -> StripeResponse:
    return await _lead(self, (identity[0], "", ""), fetch, keep)


Flights.join = _join_any  # type: ignore[method-assign]
Flights.lead = _lead_any  # type: ignore[method-assign]
