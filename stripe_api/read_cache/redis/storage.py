"""Cached responses in Valkey or Redis, for all replicas: one round trip for a lookup, one to store.

Each use has a short time limit, after which the read goes to Stripe. Then lookups pause, so that few reads wait for a
store that hangs. Renewing generations has the store's own, longer limit.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec

from stripe_api.objects import StripeResponse
from stripe_api.read_cache.contents import Contents
from stripe_api.read_cache.reads import Read
from stripe_api.read_cache.storage import CacheUnavailable, Hit, Lookup
from stripe_api.response import parse_response

USE_SECONDS = 0.05
"""The time limit of a lookup, and of storing a response."""

PAUSE_SECONDS = 1.0
"""Seconds without lookups after one that failed. Then one lookup tries again."""

KEPT_SECONDS = 60.0
"""Seconds that a generation is kept in addition to the lifetime of responses. A slower read is not stored."""

MAX_FIELDS = 50
"""Maximum number of responses per wallet. Each page size and cursor has its own."""

Argument = str | int | bytes
Run = Callable[[Sequence[str], Sequence[Argument]], Awaitable[Any]]
"""Runs a script with its keys and arguments. Returns None if the store is unavailable."""


class Scripts(Protocol):
    """Registers a script in the store. `within` is its time limit in seconds; None for the store's own limit.

    `always`: it is sent even if the store is known to be unavailable.
    """

    def __call__(self, text: str, *, within: float | None = None, always: bool = False) -> Run: ...


class Cipher(Protocol):
    """See `encryption`."""

    def seal(self, value: bytes, context: bytes) -> bytes: ...

    def open(self, stored: bytes, context: bytes) -> bytes | None: ...


class RedisStorage:
    """See `Storage`. `seconds` is the maximum lifetime of a response.

    `namespace` separates the responses of different accounts, modes and versions of Stripe's API. Generations have
    none, so that a change evicts the responses of all of them, for example while replicas are updated.
    """

    def __init__(self, script: Scripts, *, namespace: str, seconds: float, cipher: Cipher) -> None:
        self._look_up = script(_script("look_up"), within=USE_SECONDS)
        self._check = script(_script("check"), within=USE_SECONDS)
        self._store = script(_script("store"), within=USE_SECONDS)
        self._index = script(_script("index"), within=USE_SECONDS)
        self._renew = script(_script("renew"))
        self._renew_again = script(_script("renew"), always=True)
        self._find_owners = script(_script("owners"))
        self._namespace = namespace
        self._cipher = cipher
        self._keep = round((seconds + KEPT_SECONDS) * 1000)
        self._keep_owners = 2 * self._keep
        self._paused_until = 0.0

    @property
    def bytes(self) -> int:
        """See `Storage`."""
        return 0

    def clear(self) -> None:
        """See `Storage`."""

    async def look_up(self, read: Read, max_age: float) -> Lookup:
        """See `Storage`."""
        field = self._field(read)
        arguments = (*_named(read), field, _token(), self._keep, round(max_age * 1000))
        found = await self._use_briefly(self._look_up, arguments)
        now, evicted_at, stamp, unassigned, names, read_at, stored = found
        tokens = stamp.decode(), unassigned.decode()
        lookup = Lookup(frozenset(names.decode().split()), *tokens, now / 1000, evicted_at / 1000)
        body = self._cipher.open(stored, _context(field, lookup.stamp, read_at)) if stored else None
        if body is None:
            return lookup
        response = parse_response(200, httpx.Headers(), body, write=False)
        return replace(lookup, response=response, read_at=read_at / 1000)

    async def ages(self, hits: Sequence[Hit], max_age: float) -> Sequence[float] | None:
        """See `Storage`."""
        arguments: list[Argument] = [round(max_age * 1000)]
        for hit in hits:
            arguments += [*_named(hit.read), self._field(hit.read), hit.stamp, round(hit.read_at * 1000)]
        now = await self._use_briefly(self._check, arguments)
        return [now / 1000 - hit.read_at for hit in hits] if now else None

    async def store(
        self, read: Read, lookup: Lookup, response: StripeResponse, contents: Contents, seconds: float
    ) -> None:
        """See `Storage`."""
        field, read_at = self._field(read), round(lookup.at * 1000)
        times = read_at, read_at + round(seconds * 1000), self._keep, self._keep_owners
        sealed = self._cipher.seal(response.body, _context(field, lookup.stamp, read_at))
        place: list[Argument] = [*_named(read), field, lookup.stamp]
        arguments = [*place, *times, MAX_FIELDS, sealed, lookup.unassigned, *_owners(contents)]
        await self._use_briefly(self._store, arguments)

    async def index(self, contents: Contents) -> None:
        """See `Storage`."""
        await self._use_briefly(self._index, (self._keep_owners, *_owners(contents)))

    async def renew(
        self, wallets: Collection[str], objects: Collection[str], *, again: bool = False
    ) -> Collection[str]:
        """See `Storage`."""
        ids = [part for name in wallets for part in ("wallet", name)]
        ids += [part for id in objects for part in ("object", id)]
        renewed = await _use(self._renew_again if again else self._renew, (_token(), self._keep, *ids))
        return [name.decode() for name in renewed]

    async def wallets_of(self, method: str) -> Collection[str]:
        """See `Storage`."""
        return [name.decode() for name in await _use(self._find_owners, (method,))]

    async def _use_briefly(self, run: Run, arguments: Sequence[Argument]) -> Any:
        now = asyncio.get_running_loop().time()
        if now < self._paused_until:
            raise CacheUnavailable
        if self._paused_until:
            # Until this use has succeeded, others don't wait for the store.
            self._paused_until = now + PAUSE_SECONDS
        try:
            result = await _use(run, arguments)
        except CacheUnavailable:
            self._paused_until = now + PAUSE_SECONDS
            raise
        self._paused_until = 0.0
        return result

    def _field(self, read: Read) -> str:
        """The name of a response in the hash of its wallet. It reveals neither the account nor the parameters."""
        return hashlib.sha256(msgspec.json.encode([self._namespace, read.key])).hexdigest()[:32]


async def _use(run: Run, arguments: Sequence[Argument]) -> Any:
    result = await run((), (PREFIX, *arguments))
    if result is None:
        raise CacheUnavailable
    return result


PREFIX = "attache:cache:"


def _script(name: str) -> str:
    return "".join(Path(__file__).with_name(f"{one}.lua").read_text() for one in ("wallets", name))


def _named(read: Read) -> tuple[str, str]:
    return read.wallet or "", read.method or ""


def _owners(contents: Contents) -> list[str]:
    return [part for id, names in contents.owners.items() for part in (id, " ".join(sorted(names)))]


def _context(field: str, stamp: str, read_at: int) -> bytes:
    return f"{field}|{stamp}|{read_at}".encode()


def _token() -> str:
    return secrets.token_hex(8)
