"""Live wallets: Stripe's events come in, evict cached reads, and reach subscribers."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING

import httpx
from starlette.types import ASGIApp

import upstream
from changes.event_handler import EventHandler
from changes.event_state import EventState, EventStateInProcess
from changes.redis_event_state import RedisEventState
from changes.stream import ChangeStream
from changes.wallet_cache import WalletCache
from serving.redis.store import SharedStore
from serving.settings.settings import Settings
from serving.telemetry.event_log_lines import EventLog
from serving.telemetry.event_record import EventObserver
from serving.telemetry.metrics import Metrics
from serving.webhooks.endpoint import PATH, WebhookEndpoint

if TYPE_CHECKING:
    from sandbox import Sandbox, WebhookRequest
    from serving.telemetry.traces import Traces

EMBEDDED_URL = f"http://localhost{PATH}"
"""The address of the service for the embedded sandbox, which sends its events in process."""


def webhook_secrets(settings: Settings) -> Sequence[str]:
    """The signing secrets, or a new one for the embedded sandbox."""
    return settings.webhook_secrets or (f"whsec_{secrets.token_hex(32)}",)


class LiveWallets:
    """The parts that receive events. `running` must be entered while the service runs."""

    def __init__(
        self,
        settings: Settings,
        signing_secrets: Sequence[str],
        *,
        cache: WalletCache,
        stream: ChangeStream,
        store: SharedStore | None,
        metrics: Metrics,
        traces: Traces | None,
    ) -> None:
        self._log = EventLog()
        observers: Sequence[EventObserver] = (metrics.events, self._log)
        self.handler = EventHandler(
            is_live=settings.is_live,
            cache=cache,
            stream=stream,
            state=_state(settings, store),
            observers=observers if traces is None else (traces, *observers),
        )
        self._endpoint = WebhookEndpoint(
            self.handler.handle_body,
            secrets=signing_secrets,
            timeout=settings.body_timeout,
            count_refusal=metrics.events.webhook_refused,
        )
        self._has_endpoint = settings.event_source == "webhook"

    @property
    def endpoints(self) -> Mapping[str, ASGIApp]:
        """The webhook endpoint by its path, if events come in by webhook."""
        return {PATH: self._endpoint} if self._has_endpoint else {}

    async def deliver(self, request: WebhookRequest) -> int:
        """Send a webhook request of the embedded sandbox to the endpoint. Returns the status of the response."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self._endpoint)) as client:
            response = await client.post(request.url, content=request.body, headers=dict(request.headers))
        return response.status_code

    @contextlib.asynccontextmanager
    async def running(self, sandbox: Sandbox | None) -> AsyncIterator[None]:
        """Receive events until the context ends."""
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self._flush)
            if sandbox is not None:
                await stack.enter_async_context(sandbox.webhooks.running())
            yield

    def _flush(self) -> None:
        self._endpoint.flush()
        self._log.flush()


def _state(settings: Settings, store: SharedStore | None) -> EventState:
    return EventStateInProcess() if store is None else RedisEventState(store, upstream.api_key(settings))
