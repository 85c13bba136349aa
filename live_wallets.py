"""Live wallets: receives Stripe's events, which evict cached reads and reach subscribers."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import httpx
from starlette.types import ASGIApp

import upstream
from changes.events.canary import Canary
from changes.events.handler import EventHandler
from changes.events.redis_state import RedisEventState
from changes.events.state import EventState, EventStateInProcess
from changes.events.sweep import Schedule, Sweep
from changes.events.wallet_cache import NoCache, WalletCache
from changes.streams.stream import ChangeStream
from serving.auth.development_tokens import sandbox_tokens
from serving.redis.store import SharedStore
from serving.settings.settings import Settings
from serving.telemetry.event_log_lines import EventLog
from serving.telemetry.event_record import EventObserver
from serving.telemetry.metrics import definitions as table
from serving.telemetry.metrics.metrics import Metrics
from serving.webhooks.endpoint import PATH, WebhookEndpoint
from stripe_api import StripeClient, StripeSession
from stripe_api.read_cache.cache import ReadCache

if TYPE_CHECKING:
    from sandbox import Sandbox, WebhookRequest
    from serving.telemetry.traces import Traces

EMBEDDED_URL = f"http://localhost{PATH}"
"""The address of the service for the embedded sandbox, which sends its events in process."""

SWEEP_SECONDS = 60.0
"""Seconds between two sweeps of the events that no webhook delivered."""


class LiveWallets:
    """The parts that receive events. `running` must be entered while the service runs."""

    def __init__(
        self,
        settings: Settings,
        *,
        cache: WalletCache | None,
        stream: ChangeStream,
        store: SharedStore | None,
        metrics: Metrics,
        traces: Traces | None,
    ) -> None:
        self._source = settings.event_source
        polls = self._source == "poll"
        self._schedule = Schedule(settings.events_poll_interval if polls else SWEEP_SECONDS, reads_all=polls)
        self._state = _state(settings, store)
        self._metrics = metrics
        if settings.receives_events:
            metrics.collect_all(self._canary_values)
        self._log = EventLog()
        observers: Sequence[EventObserver] = (metrics.events, self._log)
        self.handler = EventHandler(
            is_live=settings.is_live,
            connect=settings.auth_account_claim is not None,
            cache=cache or NoCache(),
            stream=stream,
            state=self._state,
            observers=observers if traces is None else (traces, *observers),
        )
        self.canary = Canary(self._state, cache or NoCache(), sweep_interval=self._schedule.interval)
        self.secrets = settings.webhook_secrets or (f"whsec_{secrets.token_hex(32)}",)
        """The signing secrets, or a new one for the embedded sandbox."""
        self._endpoint = WebhookEndpoint(
            self.handler.handle_body,
            secrets=self.secrets,
            timeout=settings.body_timeout,
            count_refusal=metrics.events.webhook_refused,
        )

    @property
    def endpoints(self) -> Mapping[str, ASGIApp]:
        """The webhook endpoint by its path, if Stripe sends events to it."""
        return {PATH: self._endpoint} if self._source == "webhook" else {}

    async def deliver(self, request: WebhookRequest) -> int:
        """Send a webhook request of the embedded sandbox to the endpoint. Returns the status of the response."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self._endpoint)) as client:
            response = await client.post(request.url, content=request.body, headers=dict(request.headers))
        return response.status_code

    @contextlib.asynccontextmanager
    async def running(self, stripe: StripeClient, sandbox: Sandbox | None) -> AsyncIterator[None]:
        """Receive events until the context ends."""
        try:
            if self._source == "none":
                yield
                return
            async with contextlib.AsyncExitStack() as stack:
                if sandbox is not None:
                    await stack.enter_async_context(sandbox.webhooks.running())
                await stack.enter_async_context(_running(self._sweep(stripe).run, self.canary.run))
                yield
        finally:
            self._endpoint.flush()
            self._log.flush()

    def _sweep(self, stripe: StripeClient) -> Sweep:
        def session(deadline: float) -> StripeSession:
            return stripe.session(deadline=deadline, on_call=self._metrics.operations.count_call)

        count_failure = self._metrics.events.sweep_failed
        return Sweep(self._schedule, session, self.handler, self._state, count_failure=count_failure)

    def _canary_values(self) -> Mapping[table.Metric, float]:
        return {
            table.SWEEP_AGE: self.canary.sweep_age,
            table.EVENTS_MISSING: self.canary.state.events_are_missing,
            table.CANARY_MISSES: self.canary.misses,
        }


def create_embedded_sandbox(settings: Settings, live: LiveWallets, cache: ReadCache | None) -> Sandbox:
    """A sandbox that sends its events to the webhook endpoint in process, and clears the cache when it is reset."""
    # Imported only when it is used.
    from sandbox import create_sandbox

    return create_sandbox(
        public_url=settings.base_url,
        deliver=live.deliver,
        forward_to=EMBEDDED_URL if live.endpoints else None,
        webhook_secret=live.secrets[0],
        on_reset=cache.clear if cache is not None else None,
        create_token=sandbox_tokens(settings),
    )


def _state(settings: Settings, store: SharedStore | None) -> EventState:
    # Each process has an embedded sandbox of its own, with its own events.
    if store is None or settings.uses_sandbox:
        return EventStateInProcess()
    return RedisEventState(store, upstream.api_key(settings))


@contextlib.asynccontextmanager
async def _running(*works: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Runs tasks until the context ends."""
    tasks = [asyncio.ensure_future(work()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
