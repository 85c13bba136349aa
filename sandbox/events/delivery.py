"""A delivery of one event to one webhook endpoint: its request, its attempts and its status."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.events.delivery_faults import DeliveryFault
from sandbox.events.signature import signature_header
from sandbox.objects.webhooks.event import Event
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint

_HEADERS = {
    "accept": "*/*; q=0.5, application/xml",
    "cache-control": "no-cache",
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A POST request to a webhook endpoint."""

    url: str
    headers: Mapping[str, str]
    body: bytes


Status = Literal["pending", "succeeded", "failed", "canceled", "lost"]

# Sends the request and returns the status of the response. It follows no redirect, and may raise any exception.
Deliver = Callable[[WebhookRequest], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: the status of the response, or the error without one."""

    time: int
    status: int | None = None
    error: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the endpoint accepted the event. A redirect is a failure."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(slots=True, eq=False)
class Delivery:
    """One event on its way to one endpoint. `seq` is its position in the order of creation."""

    seq: int
    event: Event
    endpoint: WebhookEndpoint
    fault: DeliveryFault | None = None
    # The number of the delivery that a fault duplicated. Only the original counts for the event.
    copy_of: int | None = None
    status: Status = "pending"
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def is_pending(self) -> bool:
        """Whether further attempts will be made."""
        return self.status == "pending"

    def request(self, timestamp: int, now: float) -> WebhookRequest:
        """Returns the signed request of an attempt. Each attempt has its own signature.

        `timestamp` is the signature's time in seconds. `now`, by the sandbox's clock, decides which secrets sign.
        """
        version = self.endpoint.body["api_version"] or self.event.body["api_version"]
        # Indented like Stripe's, so that a receiver that verifies anything but the raw bytes fails.
        body = json.dumps({**self.event.body, "api_version": version}, ensure_ascii=False, indent=2).encode()
        signature = signature_header(self.endpoint.secrets.live(now), body, timestamp)
        return WebhookRequest(self.endpoint.url, {**_HEADERS, "stripe-signature": signature}, body)

    def summary(self) -> Mapping[str, Any]:
        """Returns the delivery as the control routes show it, without the endpoint's secret."""
        return {
            "seq": self.seq,
            "event": self.event.id,
            "type": self.event.type,
            "webhook_endpoint": self.endpoint.id,
            "url": self.endpoint.url,
            "status": self.status,
            "fault": self.fault.kind if self.fault else None,
            "copy_of": self.copy_of,
            "attempts": [
                {"time": attempt.time, "status": attempt.status, "error": attempt.error} for attempt in self.attempts
            ],
        }
