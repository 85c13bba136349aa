"""Detects missing events: each attach or detach by the service itself must come back as an event.

While events of a type are missing, or sweeps fail, cached reads are valid for a few seconds only. This ends without
intervention when an event of that type arrives, or a sweep succeeds.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from changes.events.state import EventState, EventTimes, ExpectedEvent, expected_event
from changes.events.wallet_cache import WalletCache
from serving.redis.store import StoreUnavailable
from serving.telemetry import logs
from stripe_api.read_cache.own_writes import OwnWrite

RETURN_SECONDS = 60.0
"""Seconds within which the event of an own write must arrive."""

LOWERED_BOUND = 5.0
"""The staleness bound of cached reads while events are missing, in seconds."""

CHECK_SECONDS = 5.0
"""Seconds between two checks. A check also reads what other replicas have detected."""

MAX_EXPECTED = 1000
"""Maximum number of own writes whose events are expected at the same time. Further ones are not observed."""

FAILED_SWEEPS = 3
"""Number of intervals without a complete sweep after which sweeps count as failing."""

_TYPES: Mapping[OwnWrite, str] = {
    OwnWrite.ATTACH: "payment_method.attached",
    OwnWrite.DETACH: "payment_method.detached",
}

logger = logs.logger("attache.events")


@dataclass(frozen=True, slots=True)
class CanaryState:
    """The types of events that are missing, and whether sweeps fail."""

    missing_types: frozenset[str] = frozenset()
    sweep_fails: bool = False

    @property
    def events_are_missing(self) -> bool:
        """Whether changes may go unnoticed."""
        return bool(self.missing_types) or self.sweep_fails


class Canary:
    """Observes own writes and sweeps, and sets the cache's bound. `sweep_interval` is in seconds."""

    def __init__(
        self, state: EventState, cache: WalletCache, *, sweep_interval: float, now: Callable[[], float] = time.time
    ) -> None:
        self._events = state
        self._cache = cache
        self._sweep_interval = sweep_interval
        self._now = now
        self._expected: dict[ExpectedEvent, float] = {}
        self._started_at = now()
        self._swept = self._started_at
        self.state = CanaryState()
        self.misses = 0

    @property
    def sweep_age(self) -> float:
        """Seconds since the last sweep by any replica, or since the start."""
        return max(0.0, self._now() - self._swept)

    def on_own_write(self, kind: OwnWrite, payment_method: str, account: str | None = None) -> None:
        """Expect the event of a write that took effect, on this connected account if there is one."""
        # Stripe may report a source or a card as another object.
        if payment_method.startswith("pm_") and len(self._expected) < MAX_EXPECTED:
            due = asyncio.get_running_loop().time() + RETURN_SECONDS
            self._expected.setdefault(expected_event(_TYPES[kind], payment_method, account), due)

    async def run(self) -> None:
        """Check regularly until this is cancelled."""
        while True:
            try:
                await self._check()
            except StoreUnavailable:
                # The cache can't be read then either, and the store logs the failure.
                logger.debug("events can't be checked")
            except Exception as error:
                logger.error("the check of events failed", **logs.exception_facts(error))
            await asyncio.sleep(CHECK_SECONDS)

    async def _check(self) -> None:
        now = asyncio.get_running_loop().time()
        for event in [event for event, due in self._expected.items() if due <= now]:
            if not await self._events.has_returned(event):
                await self._events.record_miss(event.type)
                self.misses += 1
            del self._expected[event]
        self._update(await self._events.times())

    def _update(self, times: EventTimes) -> None:
        self._swept = max(times.swept, self._started_at)
        fails = self.sweep_age > FAILED_SWEEPS * self._sweep_interval
        before, self.state = self.state, CanaryState(times.missing_types, fails)
        if self.state != before:
            self._announce()

    def _announce(self) -> None:
        if self.state.events_are_missing:
            self._cache.set_bound(LOWERED_BOUND)
            logger.warning(
                "events are missing",
                types=sorted(self.state.missing_types),
                sweep_fails=self.state.sweep_fails,
                effect=f"cached reads are valid for {LOWERED_BOUND:g} seconds",
            )
        else:
            self._cache.set_bound(math.inf)
            logger.info("events arrive again")
