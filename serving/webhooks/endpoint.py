"""POST /webhooks/stripe: checks that a request comes from Stripe, and passes its bytes on.

A request without a current signature is rejected from its headers: its body is not read, nothing is logged per request,
and the shared store is not used. A flood of such requests therefore costs little.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from serving.telemetry import logs
from serving.webhooks.event_body import EventBodies
from serving.webhooks.event_outcome import EventOutcome
from serving.webhooks.signature import Refusal, WebhookRefused, check_signature, parse_signature

PATH = "/webhooks/stripe"

ReceiveEvent = Callable[[bytes], Awaitable[EventOutcome]]
"""Handles the bytes of an event that Stripe has signed."""

_STATUSES = {Refusal.TOO_SLOW: 408, Refusal.TOO_MANY: 429}
_TEXTS = {
    Refusal.NO_SIGNATURE: "The request has no Stripe-Signature header.",
    Refusal.MALFORMED_SIGNATURE: "The Stripe-Signature header is malformed.",
    Refusal.OLD_SIGNATURE: "The signature is too old. Compare the clocks.",
    Refusal.WRONG_SIGNATURE: "No signature matches STRIPE_WEBHOOK_SECRET.",
    Refusal.COMPRESSED: "Send the body without compression.",
    Refusal.TOO_LARGE: "The body is too large.",
    Refusal.TOO_SLOW: "The body took too long to arrive (BODY_TIMEOUT).",
    Refusal.TOO_MANY: "Too many request bodies are arriving slowly. Try again later.",
}

logger = logs.logger("attache.events")


class WebhookEndpoint:
    """The endpoint as an ASGI app. `secrets` are one signing secret, or two during its rotation.

    `timeout` is the maximum time until a body is complete, in seconds. `now` returns the Unix time. `count_refusal`
    counts rejected requests by their reason.
    """

    def __init__(
        self,
        receive_event: ReceiveEvent,
        *,
        secrets: Sequence[str],
        timeout: float,
        count_refusal: Callable[[Refusal], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._receive_event = receive_event
        self._secrets = [secret.encode() for secret in secrets]
        self._bodies = EventBodies(timeout=timeout)
        self._count_refusal = count_refusal
        self._now = now
        self._log = logs.RepeatedEvents(logger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._respond(scope, receive)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] != "POST":
            return PlainTextResponse("Send events with POST.", 405, {"Allow": "POST"})
        try:
            body = await self._verified_body(scope, receive)
        except WebhookRefused as refused:
            return self._refuse(refused.refusal)
        outcome = await self._receive_event(body)
        return PlainTextResponse(outcome.value, outcome.status)

    async def _verified_body(self, scope: Scope, receive: Receive) -> bytes:
        """The bytes that Stripe has signed. Raises WebhookRefused or ClientDisconnect."""
        headers = scope["headers"]
        signature = parse_signature([value for name, value in headers if name == b"stripe-signature"], self._now())
        body = await self._bodies.receive(headers, receive)
        check_signature(signature, body, self._secrets)
        return body

    def _refuse(self, refusal: Refusal) -> Response:
        self._count_refusal(refusal)
        self._log.log(logging.WARNING, "webhook request refused", {"reason": refusal.value})
        return PlainTextResponse(_TEXTS[refusal], _STATUSES.get(refusal, 400))

    def flush(self) -> None:
        """Log the refusals that were counted and not logged yet."""
        self._log.flush()
