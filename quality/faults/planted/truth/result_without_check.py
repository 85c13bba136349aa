"""A remembered result is sent without a check that its reads are still valid."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stripe_api.read_cache.cache import ReadCache, ReadSource
from stripe_api.read_cache.storage import Hit


async def _repeat_always(self: ReadCache, hits: Sequence[Hit], on_read: Callable[[ReadSource], None]) -> bool:
    return True


ReadCache.repeat = _repeat_always  # type: ignore[method-assign]
