"""Reads events from Stripe's list: those that no webhook delivered, or with EVENTS=poll all of them.

One replica at a time reads them. The list is some seconds behind, so each sweep also reads the two minutes before the
previous one; events that were handled before are skipped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from changes.events.event import KINDS
from changes.events.handler import EventHandler
from changes.events.state import EventState
from serving.redis.store import StoreUnavailable
from serving.telemetry import logs
from serving.telemetry.event_record import SWEEP
from serving.webhooks.event_outcome import EventOutcome
from stripe_api.errors import StripeError
from stripe_api.session import StripeSession

OVERLAP_SECONDS = 120
"""Seconds before the previous sweep from which a sweep reads."""

MAX_PERIOD = 3600
"""Maximum period that a sweep reads, in seconds. No cached read is older."""

MAX_PAGES = 100
"""Maximum number of pages in one sweep. A sweep that needs more fails."""

PAGE_SECONDS = 30.0
"""Seconds in which one page must be read."""

LEASE_SHARE = 0.9
"""Fraction of the interval for which one replica has the lease."""

logger = logs.logger("attache.events")


@dataclass(frozen=True, slots=True)
class Schedule:
    """The seconds between two sweeps, and whether they read all events or only undelivered ones."""

    interval: float
    reads_all: bool


class SweepFailed(Exception):
    """A sweep that did not read and handle all events. The message is the reason."""


class Sweep:
    """Reads events regularly.

    `session` creates a Stripe session with a deadline. `count_failure` counts sweeps that fail. `now` returns the Unix
    time.
    """

    def __init__(
        self,
        schedule: Schedule,
        session: Callable[[float], StripeSession],
        handler: EventHandler,
        state: EventState,
        *,
        count_failure: Callable[[], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._schedule = schedule
        self._session = session
        self._handler = handler
        self._state = state
        self._count_failure = count_failure
        self._now = now
        self._failed_in_a_row = 0

    async def run(self) -> None:
        """Sweep until this is cancelled. Only the first failure in a row is logged."""
        while True:
            await self._try()
            await asyncio.sleep(self._schedule.interval)

    async def _try(self) -> None:
        try:
            if not await self._state.take_lease(self._schedule.interval * LEASE_SHARE):
                return
            await self._read_since_last()
        except (SweepFailed, StoreUnavailable) as failure:
            self._record_failure(str(failure))
        except StripeError as error:
            self._record_failure(str(error.failure_reason or error.code or type(error).__name__))
        except Exception as error:
            self._record_failure("internal", **logs.exception_facts(error))
        else:
            self._record_success()

    async def _read_since_last(self) -> None:
        """Handle the events since the last sweep of any replica. Raises an error if not all were handled."""
        started = self._now()
        swept = (await self._state.times()).swept or started
        since = max(swept - OVERLAP_SECONDS, started - MAX_PERIOD)
        async for value in self._events(int(since)):
            if await self._handler.handle(value, SWEEP) is EventOutcome.UNAVAILABLE:
                raise SweepFailed("store_unavailable")
        await self._state.record_sweep(started)

    async def _events(self, since: int) -> AsyncIterator[Any]:
        after: str | None = None
        for _ in range(MAX_PAGES):
            stripe = self._session(asyncio.get_running_loop().time() + PAGE_SECONDS)
            page = await stripe.events.list(
                since=since, types=list(KINDS), undelivered=not self._schedule.reads_all, starting_after=after
            )
            data = page.get("data")
            events: list[Any] = data if isinstance(data, list) else []
            for value in events:
                yield value
            if not events or page.get("has_more") is not True:
                return
            after = _id(events[-1])
        raise SweepFailed("too_many_events")

    def _record_failure(self, reason: str, **facts: Any) -> None:
        self._count_failure()
        self._failed_in_a_row += 1
        if self._failed_in_a_row == 1:
            logger.warning("event sweep failed", reason=reason, **facts)

    def _record_success(self) -> None:
        if self._failed_in_a_row:
            logger.info("event sweep succeeded again", failures=self._failed_in_a_row)
        self._failed_in_a_row = 0


def _id(value: Any) -> str:
    id = value.get("id") if isinstance(value, dict) else None
    if not isinstance(id, str):
        raise SweepFailed("not_stripe")
    return id
