"""A cache and a stream that keep what they are asked to do, and the handler of events over them."""

from __future__ import annotations

from changes.events.handler import EventHandler
from changes.events.state import EventStateInProcess
from changes.streams.stream import StreamUnavailable
from stripe_api.read_cache.storage import CacheUnavailable


class Cache:
    """Keeps evictions. `index` has the wallets of payment methods."""

    def __init__(self, log):
        self.index: dict[str, set[str]] = {}
        self.bounds: list[float] = []
        self.is_unavailable = False
        self._log = log

    async def evict(self, wallets, cause, objects=()):
        if self.is_unavailable:
            raise CacheUnavailable
        evicted = {*wallets}.union(*(self.index.get(id, ()) for id in objects))
        self._log.append(("evict", sorted(evicted)))
        return evicted

    def set_bound(self, seconds):
        self.bounds.append(seconds)


class Stream:
    """Keeps changes."""

    def __init__(self, log):
        self.changes = []
        self.is_unavailable = False
        self._log = log

    async def publish(self, change):
        if self.is_unavailable:
            raise StreamUnavailable
        self.changes.append(change)
        self._log.append(("publish", change.wallet, change.kind.value))

    async def aclose(self):
        pass


class World:
    """`log` has the steps in their order; `records` are those of the observers."""

    def __init__(self, *, is_live=False, state=None):
        self.log: list[tuple] = []
        self.records = []
        self.cache, self.stream = Cache(self.log), Stream(self.log)
        self.state = state or EventStateInProcess()
        self.handler = EventHandler(
            is_live=is_live, cache=self.cache, stream=self.stream, state=self.state, observers=[self]
        )

    def event_handled(self, record):
        self.records.append(record)

    async def handle(self, value):
        return await self.handler.handle(value, "webhook")
