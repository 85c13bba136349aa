"""The record of one call to Stripe, for logs, metrics and traces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stripe_api.errors import UnusableBody
from stripe_api.failures.failure_reasons import Reason
from stripe_api.rate_limiting.waiting_queue import Urgency


@dataclass(slots=True)
class CallRecord:
    """One call to Stripe with all its attempts. Only the session and the client write it, until the call has ended.

    `endpoint` is the method and path, as in Stripe's reference. `replayed`: Stripe repeated the stored response to an
    earlier request with the same idempotency key. `rate_limited` is the number of attempts with status 429. `reason` is
    the reason of a failure, and None if the response is for the client. `retry_reason` is the reason of the last retry.
    `setting` is the name of the setting whose limit kept the call or its retry from being sent.
    `account` is the connected account that it is made for, if any.
    `body` has facts about the unusable body of a success. `started` is a time of time.perf_counter. A call with 0
    `tries` was not sent.
    """

    endpoint: str
    started: float
    urgency: Urgency = Urgency.READ
    tries: int = 0
    status: int | None = None
    request_id: str | None = None
    replayed: bool = False
    rate_limited: int = 0
    reason: Reason | None = None
    retry_reason: Reason | None = None
    setting: str | None = None
    body: UnusableBody | None = None
    seconds: float = 0.0
    account: str | None = None


OnCall = Callable[[CallRecord], None]
"""Receives the record of each call when the call has ended."""
