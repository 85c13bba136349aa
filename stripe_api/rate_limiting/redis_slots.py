"""The slots that all replicas share in Valkey or Redis: one round trip of one Lua script for all concurrent requests.

Each limit has a sorted set of the calls that hold its slots, with their expiry times, and a hash with its state after
429s. A store that is new or has lost its data grants no slots for CLOSED seconds, because it does not have the calls
that are in flight.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stripe_api.rate_limiting.rate_limit import MAX_PAUSE, RECOVERY, WINDOW
from stripe_api.rate_limiting.scheduler import Slot
from stripe_api.rate_limiting.waiting_queue import Urgency, Waiter

Batch = Sequence[tuple[Waiter, Slot]]
"""Waiting calls, and the slots that they have in this process."""

Run = Callable[[Sequence[str], Sequence[str | int]], Awaitable[Sequence[int] | None]]
"""Runs a script with its keys and arguments. Returns None while the store is unavailable."""

HOLD = 5.0
"""Seconds after which a slot expires if its replica has not reported a response, for example after a crash."""

CLOSED = 1.25
"""Seconds without calls after the store's state was lost: one window, and the time of a request to Stripe."""

_CONSTANTS = {
    "RECOVERY": RECOVERY,
    "WINDOW_MS": round(WINDOW * 1000),
    "HOLD_MS": round(HOLD * 1000),
    "CLOSED_MS": round(CLOSED * 1000),
    "POLL_MS": 100,  # A slot is requested again after this time, because it may be released earlier than expected.
    "YIELD_MS": 50,
    "BUSY_MS": 2000,
    "MEMORY_SECONDS": 60,
}


@cache
def script_text(name: str) -> str:
    """The Lua script of this name, with the constants and `limit_state.lua` before it."""
    constants = "".join(f"local {constant} = {value}\n" for constant, value in _CONSTANTS.items())
    return constants + "".join(Path(__file__).with_name(f"{one}.lua").read_text() for one in ("limit_state", name))


@dataclass(frozen=True, slots=True)
class NoSlot:
    """The limit of this endpoint has no slot; None is the limit of all calls. Try again after `wait` seconds."""

    endpoint: str | None
    wait: float


@dataclass(frozen=True, slots=True)
class TakenSlots:
    """The results in the order of the requests: None for a slot. `busy` of the `replicas` are requesting slots."""

    replicas: int
    busy: int
    results: Sequence[NoSlot | None]


class RedisSlots:
    """The slots of all replicas that use the same Stripe account. `script` registers a script in the store.

    `account` is the API key. `connected` is the connected account whose slots these are, if any.
    """

    def __init__(
        self,
        script: Callable[[str], Run],
        *,
        account: str,
        connected: str | None,
        per_second: int | None,
        per_endpoint: int | None,
    ) -> None:
        self._take = script(script_text("take_slots"))
        self._slow_down = script(script_text("slow_down"))
        self._replica = uuid.uuid4().hex
        self._limits = [per_second or 0, per_endpoint or 0]
        # Whether the store has lost its data is known for all connected accounts together.
        store = f"attache:calls:{{{hashlib.sha256(account.encode()).hexdigest()[:16]}}}"
        self._prefix = store if connected is None else f"{store}:{connected}"
        self._born = f"{store}:born"

    async def take(self, batch: Batch, ended: Sequence[tuple[Slot, float]], now: float) -> TakenSlots | None:
        """Take a slot in the store for each call of the batch. None while the store is unavailable.

        `ended` are the slots of calls that ended since, with the times of their ends. Waiting writes of other replicas
        go before reads.
        """
        slots = [slot for _, slot in batch] + [slot for slot, _ in ended]
        endpoints = list(dict.fromkeys(slot.limit.name for slot in slots))
        number = {endpoint: at for at, endpoint in enumerate(endpoints, start=2)}
        keys = [f"{self._prefix}:replicas", f"{self._prefix}:writes", self._born]
        keys += [key for endpoint in (None, *endpoints) for key in self._keys(endpoint)]
        arguments: list[str | int] = [self._replica, *self._limits, len(ended)]
        for slot, at in ended:
            arguments += [number[slot.limit.name], self._name(slot), round((now - at) * 1000)]
        for waiter, slot in batch:
            arguments += [number[slot.limit.name], self._name(slot), int(waiter.urgency is Urgency.READ)]
        returned = await self._take(keys, arguments)
        return None if returned is None else _parse(returned, endpoints)

    async def slow_down(self, endpoint: str | None, pause: float) -> None:
        """Lower the limit of all replicas after a 429, and pause for so many seconds."""
        limit = self._limits[0 if endpoint is None else 1]
        await self._slow_down([self._keys(endpoint)[1]], [round(min(pause, MAX_PAUSE) * 1000), limit])

    def _name(self, slot: Slot) -> str:
        return f"{self._replica}:{slot.number}"

    def _keys(self, endpoint: str | None) -> tuple[str, str]:
        suffix = "all" if endpoint is None else f"of:{endpoint}"
        return f"{self._prefix}:slots:{suffix}", f"{self._prefix}:slowed:{suffix}"


def _parse(returned: Sequence[int], endpoints: Sequence[str]) -> TakenSlots:
    replicas, busy, *rest = returned
    pairs = zip(rest[::2], rest[1::2], strict=True)
    results = [NoSlot(endpoints[full - 2] if full > 1 else None, ms / 1000) if full else None for full, ms in pairs]
    return TakenSlots(replicas, max(1, busy), results)
