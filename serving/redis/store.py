"""The shared store, Valkey or Redis: its connections, timeouts and health.

Each command waits for a free connection, and then has a timeout of USE_SECONDS, including the time to connect. After a
failure, a timeout, or SLOW_USES slow commands in a row over SLOW_PERIOD, the store is unavailable, and commands fail
immediately. It is probed in the background, and is available again after a fast response.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from serving.http.connection_cause import connection_cause
from serving.settings.settings import Settings
from serving.telemetry import logs

if TYPE_CHECKING:
    from redis.asyncio import Redis

logger = logs.logger("attache.shared")

MAX_CONNECTIONS = 50
"""Maximum number of concurrent commands per process, and so of connections."""

POOL_TIMEOUT = 2.0
"""Maximum seconds to wait for a free connection. A long wait does not make the store unavailable."""

USE_SECONDS = 0.5
"""Timeout of one command, in seconds."""

SLOW_SECONDS = 0.25
"""A command that takes longer is slow."""

SLOW_USES = 3
"""Number of consecutive slow commands after which the store is unavailable."""

SLOW_PERIOD = 0.5
"""Minimum seconds that these slow commands span. Commands that end together may be slow because of a busy machine."""

PROBE_SECONDS = 0.5
"""How often an unavailable store is probed."""

TICK = 0.02
"""Resolution of the time of a command, in seconds."""

EFFECT = "attaches with a duplicate policy are rejected; each replica counts rates and calls on its own"

T = TypeVar("T")


class StoreUnavailable(Exception):
    """The store can't be used. The message is the reason. The command may have been executed."""


class SharedStore:
    """The client of the store, for one event loop."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import BlockingConnectionPool, Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        # `_Stopwatch` implements the timeouts. One retry, because an idle connection may have been closed.
        self._url = url
        self.pool = BlockingConnectionPool.from_url(
            url, max_connections=MAX_CONNECTIONS, timeout=None, socket_timeout=None, retry=Retry(NoBackoff(), 1)
        )
        self.client: Redis = Redis(connection_pool=self.pool)
        self._connections = asyncio.Semaphore(MAX_CONNECTIONS)
        self._stopwatch = _Stopwatch()
        self._slow_uses = 0
        self._slow_since = 0.0
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_unavailable(self) -> bool:
        """Whether the store failed or was slow, and no probe has succeeded since."""
        return self._probing is not None

    async def use(
        self,
        command: Callable[[], Awaitable[T]],
        *,
        deadline: float | None = None,
        within: float | None = None,
        always: bool = False,
    ) -> T:
        """The response of the store. Raises StoreUnavailable.

        While the store is known to be unavailable, the command is sent only with `always`. `within` is a time limit in
        seconds, shorter than USE_SECONDS. A command that exceeds it does not make the store unavailable.
        """
        if within is not None:
            deadline = asyncio.get_running_loop().time() + within
        async with self._connection(deadline, always=always):
            try:
                async with self._stopwatch.limited(within or USE_SECONDS) as used:
                    response = await command()
            except failures() as error:
                if within is None or not isinstance(error, TimeoutError):
                    self._failed(connection_cause(error))
                raise StoreUnavailable(type(error).__name__) from None
            self._record_success(is_slow=used.spent >= SLOW_SECONDS)
            return response

    async def ask(
        self,
        command: Callable[[], Awaitable[T]],
        otherwise: Callable[[], Awaitable[T]],
        *,
        within: float | None = None,
        always: bool = False,
    ) -> T:
        """The response of the store, or the result of `otherwise` if the store is unavailable. See `use`."""
        try:
            return await self.use(command, within=within, always=always)
        except StoreUnavailable:
            return await otherwise()

    def script(
        self, text: str, *, within: float | None = None, always: bool = False
    ) -> Callable[[Sequence[str], Sequence[str | int | bytes]], Awaitable[Any]]:
        """A function that runs a Lua script with keys and arguments. It returns None if the store is unavailable.

        `within` and `always`: see `use`.
        """
        script = self.client.register_script(text)

        def run(keys: Sequence[str], arguments: Sequence[str | int | bytes]) -> Awaitable[Any]:
            return self.ask(lambda: script(keys=keys, args=arguments), _nothing, within=within, always=always)

        return run

    def waiting_client(self, timeout: float) -> Redis:
        """A new client for commands that wait up to `timeout` seconds. It does not retry, and the caller closes it."""
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        return Redis.from_url(
            self._url, socket_timeout=timeout, socket_connect_timeout=USE_SECONDS, retry=Retry(NoBackoff(), 0)
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        await self.client.aclose()
        await self.pool.aclose()

    @contextlib.asynccontextmanager
    async def _connection(self, deadline: float | None, *, always: bool) -> AsyncIterator[None]:
        if not always:
            self._check_available()
        until = asyncio.get_running_loop().time() + POOL_TIMEOUT
        try:
            async with asyncio.timeout_at(until if deadline is None else min(until, deadline)):
                await self._connections.acquire()
        except TimeoutError:
            raise StoreUnavailable("no connection was free in time") from None
        try:
            if not always:
                self._check_available()
            yield
        finally:
            self._connections.release()

    def _check_available(self) -> None:
        if self.is_unavailable:
            raise StoreUnavailable("it failed recently")

    def _record_success(self, *, is_slow: bool) -> None:
        if not is_slow:
            self._slow_uses = 0
            return
        now = asyncio.get_running_loop().time()
        if not self._slow_uses:
            self._slow_since = now
        self._slow_uses += 1
        if self._slow_uses >= SLOW_USES and now - self._slow_since >= SLOW_PERIOD:
            self._failed("slow")

    def _failed(self, reason: str) -> None:
        if self._probing is None:
            logger.warning("the shared store is unavailable", reason=reason, effect=EFFECT)
            self._probing = asyncio.get_running_loop().create_task(self._probe())

    async def _probe(self) -> None:
        while not await self._responds_fast():
            pass
        self._slow_uses = 0
        self._probing = None
        logger.info("the shared store is available again")

    async def _responds_fast(self) -> bool:
        await asyncio.sleep(PROBE_SECONDS)
        try:
            # The first ping may have to connect.
            async with self._stopwatch.limited(USE_SECONDS):
                await self.client.ping()
            async with self._stopwatch.limited(SLOW_SECONDS):
                await self.client.ping()
        except failures():
            return False
        return True


@dataclass(eq=False, slots=True)
class _Use:
    """A command with its time limit, and the time that it has taken so far."""

    scope: asyncio.Timeout
    limit: float
    spent: float = 0.0

    def advance(self, seconds: float) -> None:
        if self.spent < self.limit <= self.spent + seconds:
            self.scope.reschedule(asyncio.get_running_loop().time())
        self.spent += seconds


class _Stopwatch:
    """Limits the time of commands, not counting the time when the event loop was busy.

    While the loop is busy or the process is stopped, responses can't be read. A late tick therefore counts less, so
    that a burst of requests does not make the store look slow.
    """

    def __init__(self) -> None:
        self._uses: set[_Use] = set()
        self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def limited(self, seconds: float) -> AsyncIterator[_Use]:
        """Raises TimeoutError if the block takes longer."""
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


def failures() -> tuple[type[Exception], ...]:
    """The exceptions of a store that fails or does not respond in time."""
    from redis.exceptions import RedisError

    return RedisError, OSError, TimeoutError


def shared_store(settings: Settings) -> SharedStore | None:
    """The store at REDIS_URL; None if it is not set."""
    return SharedStore(settings.redis_url.get_secret_value()) if settings.redis_url is not None else None


async def _nothing() -> None:
    return None
