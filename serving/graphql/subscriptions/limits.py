"""Limits of subscriptions: how many there are, and how many events are executed at the same time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator

from serving.auth.admission import Admission
from serving.auth.tokens import Caller, CallerKind
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import RequestRejected, rejection
from serving.http.concurrency_limit import ConcurrencyLimit
from serving.settings.settings import Settings

RETRY_AFTER = 5
"""Seconds after which a rejected client should try again."""

CONCURRENT_EVENTS = 50
"""Maximum number of events that are executed at the same time, so that many changes leave capacity for requests."""

SLOT_SECONDS = 0.1
"""Seconds before an event tries again to get its slots."""


class SubscriptionLimits:
    """Counts the subscriptions of the process and of each caller. Those above a limit are rejected."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._by_caller: Counter[str] = Counter()
        self.active = 0

    @contextlib.contextmanager
    def slot(self, caller: Caller) -> Iterator[None]:
        """Take a slot for a subscription. Raises RequestRejected if there is none."""
        identity, is_exempt = caller.identity, caller.kind is CallerKind.SERVICE
        if self.active >= self._settings.max_subscriptions:
            raise _too_many_in_process()
        if not is_exempt and self._by_caller[identity] >= self._settings.max_subscriptions_per_caller:
            raise _too_many_of_caller()
        self.active += 1
        self._by_caller[identity] += 1
        try:
            yield
        finally:
            self.active -= 1
            self._by_caller[identity] -= 1
            if not self._by_caller[identity]:
                del self._by_caller[identity]


class EventSlots:
    """The slots in which events are executed. An event waits for its slots, because it must not be lost."""

    def __init__(self, admission: Admission, concurrency: ConcurrencyLimit) -> None:
        self._admission = admission
        self._concurrency = concurrency
        self._events = asyncio.Semaphore(CONCURRENT_EVENTS)

    @contextlib.asynccontextmanager
    async def take(self, caller: Caller) -> AsyncIterator[None]:
        """Take a slot of the process and one of the caller for the execution of an event."""
        while True:
            async with self._events:
                with contextlib.ExitStack() as slots:
                    if self._take(caller, slots):
                        yield
                        return
            await asyncio.sleep(SLOT_SECONDS)

    def _take(self, caller: Caller, slots: contextlib.ExitStack) -> bool:
        if self._concurrency.is_full:
            return False
        try:
            slots.enter_context(self._admission.slots()).take(caller)
        except RequestRejected:
            return False
        slots.enter_context(self._concurrency)
        return True


def _too_many_in_process() -> RequestRejected:
    return rejection(
        "Too many subscriptions are active (MAX_SUBSCRIPTIONS). Try again later.",
        code=ErrorCode.OVERLOADED,
        status=503,
        reason="max_subscriptions",
        retry_after=RETRY_AFTER,
    )


def _too_many_of_caller() -> RequestRejected:
    return rejection(
        "Too many of your subscriptions are active (MAX_SUBSCRIPTIONS_PER_CALLER). End one of them first.",
        code=ErrorCode.RATE_LIMITED,
        status=429,
        limit="MAX_SUBSCRIPTIONS_PER_CALLER",
        retry_after=RETRY_AFTER,
    )
