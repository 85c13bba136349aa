"""Evicts the wallets that this service's own writes change, before the caller gets the result."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from stripe_api.errors import NotSent, TooManyCalls
from stripe_api.ids import name_in
from stripe_api.objects import StripeRequest, StripeResponse
from stripe_api.read_cache.cache import ReadCache
from stripe_api.read_cache.contents import NOTHING, contents_of
from stripe_api.read_cache.storage import CacheUnavailable


class OwnWrite(enum.Enum):
    """A write that Stripe reports by an event."""

    ATTACH = "attach"
    DETACH = "detach"


OnOwnWrite = Callable[[OwnWrite, str, str | None], None]
"""Receives each attach or detach that took effect: the ids of the payment method and of the connected account, if any.
"""

_REPORTED = {
    "/v1/payment_methods/{payment_method}/attach": OwnWrite.ATTACH,
    "/v1/payment_methods/{payment_method}/detach": OwnWrite.DETACH,
}
_WITHOUT_EFFECT = (
    "/v1/customer_sessions",
    "/v1/ephemeral_keys",
    "/v1/payment_intents",
    "/v1/payment_intents/{payment_intent}/cancel",
    "/v1/setup_intents",
    "/v1/setup_intents/{setup_intent}/cancel",
    "/v1/subscriptions/{subscription}",
)
"""Endpoints that change no wallet. An intent that is confirmed when it is created does.

A subscription's payment method is a member of the subscription, and subscriptions are not cached.
"""


@dataclass(frozen=True, slots=True)
class Write:
    """A POST. `wallet` is the only one that its caller can change, if any.

    `account` is the connected account, if any; the names of wallets and objects contain it.
    """

    request: StripeRequest
    wallet: str | None
    account: str | None = None

    @property
    def may_change_a_wallet(self) -> bool:
        """Whether it can change what a read of a wallet returns."""
        return self.request.path not in _WITHOUT_EFFECT or self.request.params.get("confirm") is True

    @property
    def wallets(self) -> frozenset[str]:
        """The wallets that it names."""
        named = map(self.request.params.get, ("customer", "customer_account"))
        return self._names(self.wallet, self.request.ids.get("customer"), *named)

    @property
    def objects(self) -> frozenset[str]:
        """The payment methods and intents that it names."""
        named = map(self.request.ids.get, ("payment_intent", "payment_method", "setup_intent"))
        return self._names(*named, self.request.params.get("payment_method"))

    def _names(self, *ids: object) -> frozenset[str]:
        return frozenset(name_in(self.account, id) for id in ids if isinstance(id, str))


class OwnWrites:
    """Observes this service's writes. `on_own_write` receives those that Stripe must report by an event."""

    def __init__(self, cache: ReadCache, on_own_write: OnOwnWrite | None = None) -> None:
        self._cache = cache
        self._on_own_write = on_own_write
        self._evicting: set[asyncio.Task[None]] = set()

    async def send(self, write: Write, send: Callable[[], Awaitable[StripeResponse]]) -> StripeResponse:
        """The response to a write. Its wallets are evicted before this returns or raises, even if it is cancelled."""
        try:
            response = await send()
        except BaseException as error:
            not_sent = isinstance(error, NotSent | TooManyCalls) and not error.after_lost_response
            if not not_sent:
                await self._evict(write, None)
            raise
        await self._evict(write, response)
        await self._report(write, response)
        return response

    async def evict(self, wallet: str, payment_method: str) -> None:
        """Evict a wallet in which a payment method was saved by a client of Stripe."""
        await self._cache.evict_written(frozenset({wallet}), frozenset({payment_method}))

    async def aclose(self) -> None:
        """Wait for evictions whose callers were cancelled."""
        await asyncio.gather(*self._evicting, return_exceptions=True)

    async def _report(self, write: Write, response: StripeResponse) -> None:
        kind = _REPORTED.get(write.request.path)
        # Stripe's replay of an earlier response changes nothing.
        if kind is None or self._on_own_write is None or response.replayed:
            return
        if kind is OwnWrite.DETACH or await self._is_new(response, write.account):
            self._on_own_write(kind, response["id"], write.account)

    async def _is_new(self, method: StripeResponse, account: str | None) -> bool:
        """Whether an attached payment method is not in the reverse index yet.

        Stripe accepts an attach to the customer that already has the payment method, and creates no event for it.
        """
        contents = contents_of(method.body, account)
        try:
            if contents is None or await self._cache.wallets_of(name_in(account, method["id"])):
                return False
        except CacheUnavailable:
            return False
        await self._cache.index(contents)
        return True

    async def _evict(self, write: Write, response: StripeResponse | None) -> None:
        contents = contents_of(response.body, write.account) if response is not None else None
        if not write.may_change_a_wallet:
            if contents is not None and contents.owners:
                await self._cache.index(contents)
            return
        wallets = write.wallets | (contents.wallets if contents is not None else NOTHING)
        # A separate task, so that it is completed even if the caller is cancelled.
        task = asyncio.get_running_loop().create_task(self._cache.evict_written(wallets, write.objects))
        self._evicting.add(task)
        task.add_done_callback(self._evicting.discard)
        await asyncio.shield(task)
