"""Faults for the REST calls of a scenario, drawn from its seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum


class Work(Enum):
    """Whether the sandbox gets the request."""

    NEVER = "never"
    NOW = "now"
    LATE = "late"  # after the service has given up waiting


class Reply(Enum):
    """The reply that the service gets."""

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
    CRASH = "crash"  # none, because the process that sent the request is killed


@dataclass(frozen=True)
class Fault:
    """A fault for one try of one REST call, with `delay` seconds before the work, or before the reply if `after`."""

    work: Work = Work.NOW
    reply: Reply = Reply.TRUE
    delay: float = 0.0
    after: bool = False
    status: int = 0

    def __str__(self) -> str:
        delay = f"{self.delay:.2f}s" if self.delay else ""
        return " ".join(filter(None, (self.name, delay)))

    @property
    def name(self) -> str:
        """The kind of the fault, without its delay."""
        return f"{self.work.value}/{self.reply.value} {self.status or ''}".strip()


NONE = Fault()
REFUSALS = (400, 402)
"""Only for new requests. As replies to a repeated request, they would be false, and no client could detect that."""

_LOST = (Reply.STALL, Reply.RESET, Reply.CLOSE, Reply.HALF_HEAD, Reply.HALF_BODY, Reply.NOT_JSON, Reply.OTHER_JSON)
_BEFORE = (Reply.STALL, Reply.RESET, Reply.CLOSE, Reply.NOT_HTTP, Reply.NOT_JSON)
_STATUSES = (401, 403, 409, 423, 429, 429, 500, 502, 503, 504)
"""423 stands for Stripe's lock_timeout, a 429 that says that it should be tried again."""


def _one(draw: random.Random) -> Fault:
    kind = draw.random()
    if kind < 0.3:
        return Fault(Work.NOW, draw.choice(_LOST))
    if kind < 0.45:
        return Fault(Work.NEVER, draw.choice(_BEFORE))
    if kind < 0.6:
        return Fault(Work.NEVER, Reply.STATUS, status=draw.choice(_STATUSES))
    if kind < 0.68:
        return Fault(Work.NOW, Reply.STATUS, status=draw.choice((500, 502, 503, 504)))
    if kind < 0.74:
        return Fault(Work.NEVER, Reply.STATUS, status=draw.choice(REFUSALS))
    if kind < 0.82:
        return Fault(Work.LATE, Reply.STALL, delay=draw.uniform(0, 1))
    if kind < 0.92:
        return Fault(delay=draw.uniform(0.05, 1.5), after=draw.random() < 0.5)
    return Fault(reply=draw.choice((Reply.DRIP, Reply.WRONG_TYPE)), delay=draw.uniform(0.05, 1.5))


def draw_crash_plan(draw: random.Random) -> list[Fault]:
    """The process crashes before or after the work of one of its first calls, and usually meets no other fault."""
    crash = Fault(draw.choice((Work.NEVER, Work.NOW)), Reply.CRASH)
    later = draw_plan(draw) if draw.random() < 0.3 else []
    return [*[NONE] * draw.randint(0, 5), crash, *later]


def draw_plan(draw: random.Random) -> list[Fault]:
    """One fault for each try, in the order in which they come; later tries meet none."""
    if draw.random() < 0.35:
        return [_one(draw)] * draw.randint(2, 6)
    return [_one(draw) if draw.random() < 0.75 else NONE for _ in range(draw.randint(1, 7))]
