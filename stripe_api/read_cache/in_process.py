"""Cached responses in this process's memory, bounded in bytes: the least recently used wallets are dropped."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from cachetools import LRUCache

from stripe_api.objects import StripeResponse
from stripe_api.read_cache.contents import NOTHING, Contents
from stripe_api.read_cache.reads import Key, Read
from stripe_api.read_cache.storage import Hit, Lookup

WALLET_BYTES = 700
"""Memory of a wallet without responses, in bytes."""

RESPONSE_BYTES = 1100
MEMBER_BYTES = 120
"""Memory of a response and of each of its members, in addition to its body."""

OWNER_BYTES = 300
"""Memory of an entry of the reverse index."""


@dataclass(frozen=True, slots=True)
class _Entry:
    response: StripeResponse
    stamp: str
    read_at: float
    expires_at: float


@dataclass(slots=True)
class _Wallet:
    """All that is kept of a wallet. It is dropped as a whole, so that the index is complete for what is cached."""

    generation: str
    evicted_at: float = -math.inf
    entries: dict[Key, _Entry] = field(default_factory=dict)
    indexed: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """Its memory in bytes."""
        entries = sum([_size(entry.response) for entry in self.entries.values()])
        return WALLET_BYTES + OWNER_BYTES * len(self.indexed) + entries

    def drop_entries(self, now: float, max_bytes: int) -> None:
        """Drop the expired entries, and the oldest ones while all together are larger than `max_bytes`."""
        for key in [key for key, entry in self.entries.items() if entry.expires_at <= now]:
            del self.entries[key]
        while self.entries and self.size > max_bytes:
            del self.entries[next(iter(self.entries))]


class _Wallets(LRUCache[str, _Wallet]):
    """The wallets by id. `on_drop` is called for each that is dropped because of the bound."""

    def __init__(self, max_bytes: int, on_drop: Callable[[str, _Wallet], None]) -> None:
        super().__init__(max_bytes, getsizeof=lambda wallet: wallet.size)
        self._on_drop = on_drop

    def popitem(self) -> tuple[str, _Wallet]:
        """Remove the least recently used wallet."""
        name, wallet = super().popitem()
        self._on_drop(name, wallet)
        return name, wallet


class InProcessStorage:
    """See `Storage`. It is always available."""

    def __init__(self, max_bytes: int) -> None:
        self._owners: dict[str, set[str]] = {}
        self._wallets = _Wallets(max_bytes, self._forget)
        self._max_wallet_bytes = max_bytes // 4
        self._unassigned = ""

    @property
    def bytes(self) -> int:
        """The estimated memory of all that is kept."""
        return int(self._wallets.currsize)

    def clear(self) -> None:
        """See `Storage`."""
        self._wallets.clear()

    async def look_up(self, read: Read, max_age: float) -> Lookup:
        """See `Storage`."""
        now = _now()
        names = self._names(read)
        wallets = [self._wallet(name) for name in names]
        stamp = _stamp(wallets)
        evicted_at = max((wallet.evicted_at for wallet in wallets), default=-math.inf)
        entry = wallets[0].entries.get(read.key) if wallets else None
        if entry is None or entry.stamp != stamp or now >= min(entry.expires_at, entry.read_at + max_age):
            return Lookup(frozenset(names), stamp, self._unassigned, now, evicted_at)
        found = entry.response.unread()
        return Lookup(frozenset(names), stamp, self._unassigned, now, evicted_at, found, entry.read_at)

    async def ages(self, hits: Sequence[Hit], max_age: float) -> Sequence[float] | None:
        """See `Storage`."""
        found = [await self.look_up(hit.read, max_age) for hit in hits]
        return [one.age for one in found] if all(map(_is_same, found, hits)) else None

    async def store(
        self, read: Read, lookup: Lookup, response: StripeResponse, contents: Contents, seconds: float
    ) -> None:
        """See `Storage`."""
        self._add_owners(contents)
        names = self._names(read)
        wallets = [self._wallet(name) for name in names]
        if not wallets or lookup.stamp != _stamp(wallets) or lookup.unassigned != self._unassigned:
            return
        wallet = wallets[0]
        previous = wallet.entries.get(read.key)
        if previous is None or previous.stamp != lookup.stamp or previous.read_at <= lookup.at:
            wallet.entries[read.key] = _Entry(response.unread(), lookup.stamp, lookup.at, lookup.at + seconds)
            wallet.drop_entries(_now(), self._max_wallet_bytes)
            self._wallets[names[0]] = wallet

    async def index(self, contents: Contents) -> None:
        """See `Storage`."""
        self._add_owners(contents)

    async def renew(
        self, wallets: Collection[str], objects: Collection[str], *, again: bool = False
    ) -> Collection[str]:
        """See `Storage`."""
        names = {*wallets}.union(*(self._owners.get(id, ()) for id in (*wallets, *objects)))
        if not names:
            self._unassigned = _token()
        for name in names:
            wallet = self._wallet(name)
            wallet.generation, wallet.evicted_at = _token(), _now()
            wallet.entries.clear()
            self._wallets[name] = wallet
        return names

    async def wallets_of(self, method: str) -> Collection[str]:
        """See `Storage`."""
        return frozenset(self._owners.get(method, ()))

    def _names(self, read: Read) -> list[str]:
        """The wallets that the read depends on. The first is the one whose entries contain its response."""
        owners = self._owners.get(read.wallet or read.method or "", NOTHING)
        if read.wallet is None:
            return sorted(owners)
        return [read.wallet, *sorted(owners - {read.wallet})] if owners else [read.wallet]

    def _wallet(self, name: str) -> _Wallet:
        wallet = self._wallets.get(name)
        if wallet is None:
            wallet = self._wallets[name] = _Wallet(_token())
        return wallet

    def _add_owners(self, contents: Contents) -> None:
        for name in contents.wallets:
            wallet = self._wallet(name)
            ids = {id for id, names in contents.owners.items() if name in names} - wallet.indexed
            if ids:
                wallet.indexed |= ids
                for id in ids:
                    self._owners.setdefault(id, set()).add(name)
                self._wallets[name] = wallet

    def _forget(self, name: str, wallet: _Wallet) -> None:
        """Remove a dropped wallet from the reverse index."""
        for id in wallet.indexed:
            owners = self._owners.get(id, set())
            owners.discard(name)
            if not owners:
                self._owners.pop(id, None)


def _is_same(found: Lookup, hit: Hit) -> bool:
    return found.response is not None and (found.stamp, found.read_at) == (hit.stamp, hit.read_at)


def _stamp(wallets: Sequence[_Wallet]) -> str:
    return ",".join([wallet.generation for wallet in wallets])


def _size(response: StripeResponse) -> int:
    return RESPONSE_BYTES + MEMBER_BYTES * len(response) + len(response.body)


def _token() -> str:
    return secrets.token_hex(8)


def _now() -> float:
    return asyncio.get_running_loop().time()
