"""Where cached responses, generations and the reverse index are kept: the interface of both storages.

Each wallet has a generation, a random token. A stamp is made of the generations of all wallets that a response depends
on. A response is valid while its stamp is that of the current generations. Tokens are random and not counters: a
counter that is lost and starts again would make outdated responses valid.

A change of a payment method whose wallet is unknown renews a separate token, `unassigned`. Stored responses are in the
reverse index, so only reads in progress can contain that payment method. They are then not stored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from stripe_api.objects import StripeResponse
from stripe_api.read_cache.contents import Contents
from stripe_api.read_cache.reads import Read

LAG_SECONDS = 10.0
"""Seconds after an eviction in which Stripe may still return the state before the change."""

LIFE_AFTER_EVICTION = 5.0
"""Seconds for which a response that was read during that time is valid."""


class CacheUnavailable(Exception):
    """The storage can't be used now."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The result of a lookup, before a possible call to Stripe. Times are in seconds of the storage's clock.

    `wallets` are those that the response depends on; without any, it can't be stored. `unassigned` is the token of the
    last change of an unknown wallet. `evicted_at` is the time of the latest eviction of one of the wallets. `response`
    is the cached response, read at `read_at`, if there is a valid one.
    """

    wallets: frozenset[str]
    stamp: str
    unassigned: str
    at: float
    evicted_at: float
    response: StripeResponse | None = None
    read_at: float = 0.0

    @property
    def age(self) -> float:
        """The age of the response in seconds."""
        return self.at - self.read_at

    def seconds(self, longest: float) -> float:
        """How long a response that is read now is valid. `longest` applies if there was no recent eviction."""
        return min(longest, LIFE_AFTER_EVICTION) if self.at - self.evicted_at < LAG_SECONDS else longest


@dataclass(frozen=True, slots=True)
class Hit:
    """A read that got a cached response. The response's stamp and the time at which it was read identify it."""

    read: Read
    stamp: str
    read_at: float


class Storage(Protocol):
    """Keeps responses. Each method raises CacheUnavailable."""

    @property
    def bytes(self) -> int:
        """The size of what this process keeps."""

    def clear(self) -> None:
        """Drop all that this process keeps."""

    async def look_up(self, read: Read, max_age: float) -> Lookup:
        """The generations of the wallets that a read depends on, and its cached response.

        Creates generations that don't exist. `max_age` is the maximum age of a response, in seconds.
        """

    async def ages(self, hits: Sequence[Hit], max_age: float) -> Sequence[float] | None:
        """The ages of the responses in seconds. None if `look_up` would not return each of them now."""

    async def store(
        self, read: Read, lookup: Lookup, response: StripeResponse, contents: Contents, seconds: float
    ) -> None:
        """Index the contents of a response, and keep it for `seconds` if nothing has changed since the lookup."""

    async def index(self, contents: Contents) -> None:
        """Keep the owners of the contents in the reverse index."""

    async def renew(
        self, wallets: Collection[str], objects: Collection[str], *, again: bool = False
    ) -> Collection[str]:
        """Give new generations to these wallets, and to those of the payment methods and intents `objects`.

        Returns all of these wallets. If there are none, `unassigned` is renewed. `again`: an attempt has failed, so the
        storage is used even if it is known to be unavailable.
        """

    async def wallets_of(self, method: str) -> Collection[str]:
        """The wallets of a payment method, if a response that contains it was stored."""
