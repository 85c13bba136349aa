"""What replicas share through Valkey or Redis; while it is away, each goes on by itself, by rule."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from serving.logs import logger as named
from serving.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

logger = named("attache.shared")

PAUSE_SECONDS = 2.0
"""How long a store that failed is not asked again."""

TIMEOUT_SECONDS = 0.5

T = TypeVar("T")


class SharedStore:
    """A connection to the store that is given up fast, and taken up again when the store returns."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        from redis.asyncio import Redis

        self.client: Redis = Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, decode_responses=False
        )
        self._clock = clock
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        """Whether it failed when it was last asked."""
        return bool(self._away_until)

    async def ask(self, question: Callable[[], Awaitable[T]], otherwise: Callable[[], Awaitable[T]]) -> T:
        """The store's answer; that of `otherwise` while the store is away."""
        from redis.exceptions import RedisError

        if self._clock() < self._away_until:
            return await otherwise()
        try:
            answer = await question()
        except (RedisError, OSError) as error:
            self._went_away(error)
            return await otherwise()
        if self._away_until:
            self._away_until = 0.0
            logger.info("the shared store is back")
        return answer

    def script(self, text: str) -> Callable[[Sequence[str], Sequence[str | int]], Awaitable[Any]]:
        """A Lua script, to be run with its keys and arguments; the answer is None while the store is away."""
        run = self.client.register_script(text)
        return lambda keys, arguments: self.ask(lambda: run(keys=keys, args=arguments), _nothing)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    def _went_away(self, error: Exception) -> None:
        if not self._away_until:
            logger.warning("the shared store is away: each replica goes on by itself", why=type(error).__name__)
        self._away_until = self._clock() + PAUSE_SECONDS


def shared_store(settings: Settings) -> SharedStore | None:
    """The store of the settings, if they name one."""
    return SharedStore(settings.redis_url.get_secret_value()) if settings.redis_url is not None else None


async def _nothing() -> None:
    return None
