"""The generation is read after the response has arrived, so that a change during the call is missed."""

from __future__ import annotations

from stripe_api.objects import StripeResponse
from stripe_api.read_cache.cache import ReadCache
from stripe_api.read_cache.reads import Read
from stripe_api.read_cache.storage import Lookup

_keep = ReadCache._keep


async def _keep_late(self: ReadCache, read: Read, lookup: Lookup, response: StripeResponse) -> None:
    await _keep(self, read, await self._storage.look_up(read, self._bound), response)


ReadCache._keep = _keep_late  # type: ignore[method-assign]
