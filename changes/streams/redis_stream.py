"""The stream of changes in Valkey or Redis, which all replicas share.

One task per process reads the stream and passes the changes to the process's subscribers. After an outage, or when
changes were missed, it loads the stream again, and every subscriber gets a RESYNC.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from changes.change import ChangeKind, WalletChange
from changes.streams.fan_out import KEPT_CHANGES, FanOut
from changes.streams.stream import Entry, StreamUnavailable
from serving.redis.store import SharedStore, StoreUnavailable, failures
from serving.telemetry import logs

if TYPE_CHECKING:
    from redis.asyncio import Redis

logger = logs.logger("attache.changes")

STREAM = "{attache:changes}"
COUNTER = "{attache:changes}:number"
"""The number of the latest change. Both keys have the same hash tag, so that a cluster stores them on one node."""

EMPTY = "0-0"
"""The position before the first change."""

BLOCK_SECONDS = 1.0
"""Seconds for which the store waits for a change before it responds that there is none."""

RESPONSE_SECONDS = 1.0
"""Seconds for the response to arrive after that."""

READ_CHANGES = 500
"""Maximum number of changes in one response."""

RETRY_SECONDS = 0.5
"""Seconds after a failure before the stream is loaded again."""

LOAD_SECONDS = 2.0
"""Seconds that a new subscriber waits for the stream to be loaded."""

_PUBLISH = """
-- Appends a change with the next number. A gap between numbers shows readers that they missed a change.
-- KEYS: the stream, the counter. ARGV: the change, the maximum number of changes that are kept.
local number = redis.call('INCR', KEYS[2])
return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'number', number, 'change', ARGV[1])
"""


class RedisStream:
    """Implements ChangeStream. Positions are ids of the store's stream. The first subscriber makes it read."""

    def __init__(self, store: SharedStore) -> None:
        self._store = store
        self._append = store.client.register_script(_PUBLISH)
        self._fan_out = FanOut(EMPTY)
        self._number = 0
        self._position = EMPTY
        self._is_closed = False
        self._loaded = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def publish(self, change: WalletChange) -> None:
        """Append a change. Raises StreamUnavailable."""
        arguments: list[bytes | int] = [msgspec.json.encode(change), KEPT_CHANGES]
        try:
            await self._store.use(lambda: self._append(keys=[STREAM, COUNTER], args=arguments))
        except StoreUnavailable as error:
            raise StreamUnavailable(str(error)) from None

    @contextlib.asynccontextmanager
    async def subscribe(self, wallet: str, after: str | None) -> AsyncIterator[AsyncIterator[Entry]]:
        """The changes of a wallet: those after a position, then each new one. Raises StreamUnavailable."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                await self._loaded.wait()
        except TimeoutError:
            raise StreamUnavailable("the stream can't be read") from None
        with self._fan_out.subscribe(wallet, after) as subscriber:
            yield subscriber

    async def aclose(self) -> None:
        """Stop reading."""
        # redis-py can lose a cancellation; the loop then ends after BLOCK_SECONDS.
        self._is_closed = True
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        """Follow the stream, and load it again after each failure."""
        is_failing = False
        while not self._is_closed:
            try:
                async with self._store.waiting_client(BLOCK_SECONDS + RESPONSE_SECONDS) as client:
                    await self._load(client)
                    if is_failing:
                        logger.info("changes of wallets are received again")
                    is_failing = False
                    await self._follow(client)
            except failures() as error:
                self._loaded.clear()
                if not is_failing:
                    logger.warning("changes of wallets can't be received", error=type(error).__name__)
                is_failing = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _load(self, client: Redis) -> None:
        """Take over all changes that the store keeps."""
        async with client.pipeline(transaction=True) as commands:
            commands.xrange(STREAM)
            commands.get(COUNTER)
            found, number = await commands.execute()
        self._number = int(number or 0)
        self._position = found[-1][0].decode() if found else EMPTY
        # The position before the oldest kept change is known only if no change has been dropped.
        is_complete = not found or _number(found[0][1]) == 1
        entries = (_entry(id, fields) for id, fields in found)
        self._fan_out.restart(EMPTY if is_complete else "", [entry for entry in entries if entry is not None])
        self._loaded.set()

    async def _follow(self, client: Redis) -> None:
        """Pass on each new change. Returns when one was missed or can't be read."""
        while not self._is_closed:
            response: Any = await client.xread({STREAM: self._position}, READ_CHANGES, int(BLOCK_SECONDS * 1000))
            for id, fields in response[0][1] if response else ():
                entry = _entry(id, fields)
                if entry is None or _number(fields) != self._number + 1:
                    logger.warning("changes of wallets were missed")
                    return
                self._number += 1
                self._position = entry.position
                self._fan_out.add(entry)


class _Stored(msgspec.Struct):
    """A change in the store. Another version of the service may have written a kind that this version lacks."""

    wallet: str
    kind: str
    occurred_at: int
    payment_method: str | None = None


def _entry(id: bytes, fields: Mapping[bytes, bytes]) -> Entry | None:
    try:
        stored = msgspec.json.decode(fields.get(b"change", b""), type=_Stored)
    except msgspec.MsgspecError:
        return None
    kind = ChangeKind.__members__.get(stored.kind, ChangeKind.UNKNOWN)
    return Entry(id.decode(), WalletChange(stored.wallet, kind, stored.occurred_at, stored.payment_method))


def _number(fields: Mapping[bytes, bytes]) -> int:
    """The number of a change; 0 if it has none."""
    number = fields.get(b"number", b"")
    return int(number) if number.isdigit() else 0
