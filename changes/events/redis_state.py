"""The state of received events that replicas share in Valkey or Redis."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from changes.events.state import NEVER, RETURNED_SECONDS, SEEN_SECONDS, EventTimes, ExpectedEvent
from serving.redis.store import SharedStore

_SWEPT, _ARRIVED, _MISSED = "swept", "arrived:", "missed:"
"""Fields of the hash of times."""


class RedisEventState:
    """The state of one Stripe account, of which `account` is the API key. `now` returns the Unix time.

    Keys, below `attache:events:<digest of the account>`: `seen:<event>` and `returned:<type>:<payment method>` expire;
    `times` is a hash; `lease` belongs to the replica that may sweep.
    """

    def __init__(self, store: SharedStore, account: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        self._prefix = f"attache:events:{hashlib.sha256(account.encode()).hexdigest()[:16]}"
        self._replica = uuid.uuid4().hex

    async def is_seen(self, id: str) -> bool:
        """See `EventState`."""
        return bool(await self._store.use(lambda: self._store.client.exists(self._key("seen", id))))

    async def mark_seen(self, id: str, event: ExpectedEvent | None) -> None:
        """See `EventState`."""

        async def mark() -> None:
            async with self._store.client.pipeline(transaction=True) as commands:
                commands.set(self._key("seen", id), 1, ex=SEEN_SECONDS)
                if event is not None:
                    commands.set(self._returned_key(event), 1, ex=RETURNED_SECONDS)
                    commands.hset(self._key("times"), f"{_ARRIVED}{event.type}", repr(self._now()))
                await commands.execute()

        await self._store.use(mark)

    async def has_returned(self, event: ExpectedEvent) -> bool:
        """See `EventState`."""
        return bool(await self._store.use(lambda: self._store.client.exists(self._returned_key(event))))

    async def record_miss(self, type: str) -> None:
        """See `EventState`."""
        await self._record_time(f"{_MISSED}{type}", self._now())

    async def times(self) -> EventTimes:
        """See `EventState`."""
        read = await self._store.use(lambda: self._execute("HGETALL"))
        found = {name.decode(): float(value) for name, value in read.items()}
        return EventTimes(found.get(_SWEPT, NEVER), _with_prefix(found, _ARRIVED), _with_prefix(found, _MISSED))

    async def take_lease(self, seconds: float) -> bool:
        """See `EventState`."""
        lease, milliseconds = self._key("lease"), int(seconds * 1000)
        take = partial(self._store.client.set, lease, self._replica, nx=True, px=milliseconds)
        return bool(await self._store.use(take))

    async def record_sweep(self, until: float) -> None:
        """See `EventState`."""
        await self._record_time(_SWEPT, until)

    async def _record_time(self, field: str, at: float) -> None:
        await self._store.use(lambda: self._execute("HSET", field, repr(at)))

    def _execute(self, command: str, *arguments: str) -> Awaitable[Any]:
        """Run a command on the hash of times. The client's own methods are annotated for both of its variants."""
        run: Callable[..., Awaitable[Any]] = self._store.client.execute_command
        return run(command, self._key("times"), *arguments)

    def _returned_key(self, event: ExpectedEvent) -> str:
        return self._key("returned", event.type, event.payment_method)

    def _key(self, *names: str) -> str:
        return ":".join((self._prefix, *names))


def _with_prefix(times: Mapping[str, float], prefix: str) -> Mapping[str, float]:
    return {name.removeprefix(prefix): at for name, at in times.items() if name.startswith(prefix)}
