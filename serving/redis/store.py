"""The Valkey or Redis that replicas share: how it is used, how long a use may take, and when it is unavailable.

One policy holds for every use. A use waits for one of the places, so that a burst never needs more connections than
there are. Then it has USE_SECONDS, connecting included. The store is unavailable once it refuses, fails or lets such
a time pass, or after SLOW_USES slow uses in a row. From then on no request waits for it: it is probed in the
background, and available again after a fast answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from serving.http.connection_cause import connection_cause
from serving.settings.settings import Settings
from serving.telemetry.logs import logger as named

if TYPE_CHECKING:
    from redis.asyncio import Redis

logger = named("attache.shared")

PLACES = 50
"""Uses at once, and so the connections of one process to the store."""

PLACE_SECONDS = 2.0
"""How long a use waits for a place, at most. Waiting says nothing about the store."""

USE_SECONDS = 0.5
"""How long one use may take."""

SLOW_SECONDS = 0.25
"""A use that takes longer is slow."""

SLOW_USES = 3
"""So many slow uses in a row make the store unavailable."""

PROBE_SECONDS = 0.5
"""How often an unavailable store is probed."""

TICK = 0.02
"""How exactly the time of a use is measured, in seconds."""

T = TypeVar("T")


class StoreUnavailable(Exception):
    """The store can't be used now, for the reason given. What was asked of it may have been done all the same."""


class SharedStore:
    """The client of the store. Use it on one event loop."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import BlockingConnectionPool, Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        # The limits are this class's own: see `_limited`. One retry, because a kept connection may have been closed.
        self.pool = BlockingConnectionPool.from_url(
            url, max_connections=PLACES, timeout=None, socket_timeout=None, retry=Retry(NoBackoff(), 1)
        )
        self.client: Redis = Redis(connection_pool=self.pool)
        self._places = asyncio.Semaphore(PLACES)
        self._stopwatch = _Stopwatch()
        self._slow_uses = 0
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_unavailable(self) -> bool:
        """Whether it failed or was slow, and has not answered a probe since."""
        return self._probing is not None

    async def use(self, question: Callable[[], Awaitable[T]], *, deadline: float | None = None) -> T:
        """The store's answer. Raises StoreUnavailable, and does so at once while the store is known to be so."""
        async with self._place(deadline):
            try:
                async with self._stopwatch.limited(USE_SECONDS) as used:
                    answer = await question()
            except _failures() as error:
                self._failed(type(error).__name__, connection_cause(error))
                raise StoreUnavailable(type(error).__name__) from None
            self._answered(slowly=used.spent >= SLOW_SECONDS)
            return answer

    async def ask(self, question: Callable[[], Awaitable[T]], otherwise: Callable[[], Awaitable[T]]) -> T:
        """The store's answer; that of `otherwise` while the store is unavailable."""
        try:
            return await self.use(question)
        except StoreUnavailable:
            return await otherwise()

    def script(self, text: str) -> Callable[[Sequence[str], Sequence[str | int]], Awaitable[Any]]:
        """A Lua script, to be run with its keys and arguments; the answer is None while the store is unavailable."""
        run = self.client.register_script(text)
        return lambda keys, arguments: self.ask(lambda: run(keys=keys, args=arguments), _nothing)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        await self.client.aclose()
        await self.pool.aclose()

    @contextlib.asynccontextmanager
    async def _place(self, deadline: float | None) -> AsyncIterator[None]:
        self._refuse_if_unavailable()
        until = asyncio.get_running_loop().time() + PLACE_SECONDS
        try:
            async with asyncio.timeout_at(until if deadline is None else min(until, deadline)):
                await self._places.acquire()
        except TimeoutError:
            raise StoreUnavailable("no connection was free in time") from None
        try:
            self._refuse_if_unavailable()
            yield
        finally:
            self._places.release()

    def _refuse_if_unavailable(self) -> None:
        if self.is_unavailable:
            raise StoreUnavailable("it failed lately")

    def _answered(self, *, slowly: bool) -> None:
        self._slow_uses = self._slow_uses + 1 if slowly else 0
        if self._slow_uses >= SLOW_USES:
            self._failed("slow")

    def _failed(self, why: str, reason: str | None = None) -> None:
        if self._probing is None:
            logger.warning("the shared store is unavailable", why=why, reason=reason)
            self._probing = asyncio.get_running_loop().create_task(self._probe())

    async def _probe(self) -> None:
        while not await self._answers_fast():
            pass
        self._slow_uses = 0
        self._probing = None
        logger.info("the shared store is available again")

    async def _answers_fast(self) -> bool:
        await asyncio.sleep(PROBE_SECONDS)
        try:
            # The first may have to connect.
            async with self._stopwatch.limited(USE_SECONDS):
                await self.client.ping()
            async with self._stopwatch.limited(SLOW_SECONDS):
                await self.client.ping()
        except _failures():
            return False
        return True


@dataclass(eq=False, slots=True)
class _Use:
    """Something whose time is limited. `spent` is the time that it has had."""

    scope: asyncio.Timeout
    limit: float
    spent: float = 0.0

    def advance(self, seconds: float) -> None:
        if self.spent < self.limit <= self.spent + seconds:
            self.scope.reschedule(asyncio.get_running_loop().time())
        self.spent += seconds


class _Stopwatch:
    """Limits how long something may take, in time that the event loop had.

    While the loop is busy or the process is stopped, nothing that comes in can be read. The later a tick comes, the
    less it counts, so that a burst of requests does not make the store look slow.
    """

    def __init__(self) -> None:
        self._uses: set[_Use] = set()
        self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def limited(self, seconds: float) -> AsyncIterator[_Use]:
        """Raises TimeoutError when what is done in it takes longer."""
        async with asyncio.timeout(None) as scope:
            use = _Use(scope, seconds)
            self._uses.add(use)
            self._arm()
            try:
                yield use
            finally:
                self._uses.discard(use)

    def _arm(self) -> None:
        if self._timer is None and self._uses:
            loop = asyncio.get_running_loop()
            self._last = loop.time()
            self._timer = loop.call_later(TICK, self._tick)

    def _tick(self) -> None:
        seconds = TICK * min(1.0, TICK / (asyncio.get_running_loop().time() - self._last))
        for use in self._uses:
            use.advance(seconds)
        self._timer = None
        self._arm()


def _failures() -> tuple[type[Exception], ...]:
    from redis.exceptions import RedisError

    return RedisError, OSError, TimeoutError


def shared_store(settings: Settings) -> SharedStore | None:
    """The store of the settings, if they name one."""
    return SharedStore(settings.redis_url.get_secret_value()) if settings.redis_url is not None else None


async def _nothing() -> None:
    return None
