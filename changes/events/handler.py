"""Handles each event once: evict the wallets from the read cache, publish the changes, mark the event as seen.

A crash between two steps repeats only steps that are safe to repeat. The same event may be handled on two replicas at
the same moment: its subscribers then get the change twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from changes.change import ChangeKind, WalletChange
from changes.events.event import Event, event_of
from changes.events.state import EventState, ExpectedEvent, expected_event
from changes.events.wallet_cache import WalletCache
from changes.streams.stream import ChangeStream, StreamUnavailable
from serving.redis.store import StoreUnavailable
from serving.telemetry.event_record import WEBHOOK, EventObserver, EventRecord, observe
from serving.webhooks.event_outcome import EventOutcome
from stripe_api.ids import is_id, name_in
from stripe_api.json_decoding import decode_json
from stripe_api.read_cache.storage import CacheUnavailable

CAUSE = "event"
"""The cause of the evictions."""

_OWN = (ChangeKind.PAYMENT_METHOD_ATTACHED, ChangeKind.PAYMENT_METHOD_DETACHED)


class EventHandler:
    """Handles the events of one account and, with `connect`, of its connected accounts.

    `is_live`: it is in live mode. `now` returns the Unix time.
    """

    def __init__(
        self,
        *,
        is_live: bool,
        connect: bool = False,
        cache: WalletCache,
        stream: ChangeStream,
        state: EventState,
        observers: Sequence[EventObserver] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._is_live = is_live
        self._connect = connect
        self._cache = cache
        self._stream = stream
        self._state = state
        self._observers = observers
        self._now = now

    async def handle_body(self, body: bytes) -> EventOutcome:
        """Handle an event that Stripe sent and signed."""
        value = decode_json(body)
        if value is None:
            observe(self._observers, EventRecord(WEBHOOK, EventOutcome.NOT_JSON))
            return EventOutcome.NOT_JSON
        return await self.handle(value, WEBHOOK)

    async def handle(self, value: Any, source: str) -> EventOutcome:
        """Handle an event in decoded JSON."""
        event = event_of(value)
        if event is None:
            observe(self._observers, EventRecord(source, EventOutcome.MALFORMED))
            return EventOutcome.MALFORMED
        started = time.perf_counter()
        outcome, wallets = await self._outcome(event)
        record = EventRecord(
            source,
            outcome,
            id=event.id,
            type=event.type if event.kind is not None else None,
            wallets=len(wallets),
            delay=max(0.0, self._now() - event.created) if event.created is not None else None,
            seconds=time.perf_counter() - started,
            account=event.account,
        )
        observe(self._observers, record)
        return outcome

    async def _outcome(self, event: Event) -> tuple[EventOutcome, Collection[str]]:
        """The outcome, and the wallets that changed."""
        if event.is_live is not self._is_live or not self._concerns(event.account):
            return EventOutcome.OTHER_ACCOUNT, ()
        if event.kind is None:
            return EventOutcome.OTHER_TYPE, ()
        try:
            if await self._state.is_seen(name_in(event.account, event.id)):
                return EventOutcome.SEEN, ()
            wallets = await self._apply(event, event.kind)
        except (StoreUnavailable, CacheUnavailable, StreamUnavailable):
            return EventOutcome.UNAVAILABLE, ()
        return (EventOutcome.HANDLED if wallets else EventOutcome.NO_WALLET), wallets

    def _concerns(self, account: str | None) -> bool:
        return account is None or (self._connect and is_id(account))

    async def _apply(self, event: Event, kind: ChangeKind) -> Collection[str]:
        # The event may name no wallet. Even if none is found, reads in progress must not be stored.
        name = partial(name_in, event.account)
        objects = (name(event.payment_method),) if event.payment_method is not None else ()
        wallets = sorted(await self._cache.evict([*map(name, event.wallets)], CAUSE, objects))
        occurred_at = event.created if event.created is not None else int(self._now())
        for wallet in wallets:
            await self._stream.publish(WalletChange(wallet, kind, occurred_at, event.payment_method))
        await self._state.mark_seen(name(event.id), _expected_event(event))
        return wallets


def _expected_event(event: Event) -> ExpectedEvent | None:
    """The event of an attach or detach, which the service itself may have made. None for other events."""
    if event.kind not in _OWN or event.payment_method is None:
        return None
    return expected_event(event.type, event.payment_method, event.account)
