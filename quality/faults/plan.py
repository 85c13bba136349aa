"""Fault plans: the faults for the REST calls of a scenario, drawn from its seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum


class Delivery(Enum):
    """Whether and when the proxy forwards the request to the sandbox."""

    NEVER = "never"
    NOW = "now"
    LATE = "late"  # after the service has given up waiting


class Reply(Enum):
    """The response that the proxy sends to the service."""

    TRUE = "true"
    STALL = "stall"
    RESET = "reset"
    CLOSE = "close"
    HALF_HEAD = "half head"
    HALF_BODY = "half body"
    DRIP = "drip"
    WRONG_TYPE = "wrong type"
    NOT_JSON = "not json"
    OTHER_JSON = "other json"
    NOT_HTTP = "not http"
    STATUS = "status"
    LARGE_ERROR = "large error"
    TOO_LONG = "too long"
    CUT_JSON = "cut json"
    GARBAGE = "garbage"
    BROKEN_GZIP = "broken gzip"
    CRASH = "crash"  # no response: the process that sent the request is killed


@dataclass(frozen=True)
class Fault:
    """A fault for one try of a REST call.

    The proxy waits for `delay` seconds before it forwards the request, or before the reply if `after`.
    """

    delivery: Delivery = Delivery.NOW
    reply: Reply = Reply.TRUE
    delay: float = 0.0
    after: bool = False
    status: int = 0

    def __str__(self) -> str:
        delay = f"{self.delay:.2f}s" if self.delay else ""
        return " ".join(filter(None, (self.name, delay)))

    @property
    def name(self) -> str:
        """The fault without its delay."""
        return f"{self.delivery.value}/{self.reply.value} {self.status or ''}".strip()


NONE = Fault()
REFUSALS = (400, 402)
"""Only for new requests. If Stripe has executed a request, it does not refuse its repetition."""

_LOST = (Reply.STALL, Reply.RESET, Reply.CLOSE, Reply.HALF_HEAD, Reply.HALF_BODY, Reply.NOT_JSON, Reply.OTHER_JSON)
_BEFORE = (Reply.STALL, Reply.RESET, Reply.CLOSE, Reply.NOT_HTTP, Reply.NOT_JSON)
_STATUSES = (401, 403, 409, 423, 429, 429, 500, 502, 503, 504)
"""423 stands for Stripe's lock_timeout: a 429 with `Stripe-Should-Retry: true`."""


def _draw_fault(rng: random.Random) -> Fault:
    kind = rng.random()
    if kind < 0.3:
        return Fault(Delivery.NOW, rng.choice(_LOST))
    if kind < 0.45:
        return Fault(Delivery.NEVER, rng.choice(_BEFORE))
    if kind < 0.6:
        return Fault(Delivery.NEVER, Reply.STATUS, status=rng.choice(_STATUSES))
    if kind < 0.68:
        return Fault(Delivery.NOW, Reply.STATUS, status=rng.choice((500, 502, 503, 504)))
    if kind < 0.74:
        return Fault(Delivery.NEVER, Reply.STATUS, status=rng.choice(REFUSALS))
    if kind < 0.82:
        return Fault(Delivery.LATE, Reply.STALL, delay=rng.uniform(0, 1))
    if kind < 0.92:
        return Fault(delay=rng.uniform(0.05, 1.5), after=rng.random() < 0.5)
    return Fault(reply=rng.choice((Reply.DRIP, Reply.WRONG_TYPE)), delay=rng.uniform(0.05, 1.5))


def draw_crash_plan(rng: random.Random) -> list[Fault]:
    """A crash before or after the execution of one of the first six calls, usually without other faults."""
    crash = Fault(rng.choice((Delivery.NEVER, Delivery.NOW)), Reply.CRASH)
    later = draw_plan(rng) if rng.random() < 0.3 else []
    return [*[NONE] * rng.randint(0, 5), crash, *later]


def draw_plan(rng: random.Random) -> list[Fault]:
    """The faults of the first tries, in order. Later tries have none."""
    if rng.random() < 0.35:
        return [_draw_fault(rng)] * rng.randint(2, 6)
    return [_draw_fault(rng) if rng.random() < 0.75 else NONE for _ in range(rng.randint(1, 7))]
