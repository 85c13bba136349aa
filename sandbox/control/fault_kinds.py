"""Faults that tests add, and which of them the next request gets."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandbox.state.fault_queue import FaultQueue, checked_pattern, one_of

# Kinds that replace the request, and kinds that replace the response to an executed request.
BEFORE = (
    *("conflict", "delay", "drop_before", "error_before", "huge", "lock_timeout", "no_content", "not_json"),
    *("permission", "rate_limit", "redirect", "stall", "unavailable"),
)
AFTER = ("drop_after", "error_after", "truncate", "wrong_content_type")
FORGET_IDEMPOTENCY = "forget_idempotency"
KINDS = (*BEFORE, *AFTER, FORGET_IDEMPOTENCY)
METHODS = ("*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
REASONS = ("global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific")
_WITHOUT_RESPONSE = ("delay", "drop_after", "drop_before", "stall", "truncate", FORGET_IDEMPOTENCY)
# The kinds on which a member has an effect. The other members have one on every kind.
_KINDS_BY_MEMBER: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("delay", "late", "work"), (*BEFORE, *AFTER)),
    "reason": ("rate_limit",),
    "size": ("huge",),
    # An idempotency key can store a fault's response only if it has one.
    "stored": tuple(kind for kind in KINDS if kind not in _WITHOUT_RESPONSE),
}


@dataclass(frozen=True, slots=True, config=ConfigDict(strict=True))
class Fault:
    """A fault for the next `times` requests whose method is `method` and whose path matches the pattern `path`.

    `times` None means all further requests. `work` says whether the request is still executed; None leaves it to the
    kind. `delay` seconds pass before the request is executed, or after it if `late`. `stored` stores the fault's own
    response with the idempotency key. `size` is that of a huge body, `reason` that of a rate limit.
    """

    kind: Annotated[str, one_of(*KINDS)]
    method: Annotated[str, AfterValidator(str.upper), one_of(*METHODS)] = "*"
    path: Annotated[str, AfterValidator(checked_pattern)] = ""
    times: Annotated[int, Field(ge=1)] | None = 1
    delay: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 0.0
    late: bool = False
    work: bool | None = None
    stored: bool = False
    size: Annotated[int, Field(ge=0, le=256 * 1024 * 1024)] = 1_000_000
    reason: Annotated[str, one_of(*REASONS)] = "global-rate"
    # Set when the fault is added to a queue.
    id: int = 0

    @property
    def executes_request(self) -> bool:
        """Whether the request is executed despite the fault."""
        return self.kind in (*AFTER, "delay") if self.work is None else self.work

    def matches(self, method: str, path: str) -> bool:
        """Returns whether the fault applies to the request."""
        return self.method in ("*", method) and re.search(self.path, path) is not None


def check_members(fault: Fault, given: Collection[str]) -> None:
    """Raises ValueError if a member that was given has no effect on this fault."""
    for name in given:
        if fault.kind not in _KINDS_BY_MEMBER.get(name, KINDS):
            raise ValueError(f"{name} has no effect with {fault.kind}: leave it out")
    for name, needs_delay in (("late", fault.late), ("kind delay", fault.kind == "delay")):
        if needs_delay and not fault.delay:
            raise ValueError(f"{name} needs a delay: give its seconds")
    if fault.stored and not fault.executes_request:
        raise ValueError("stored needs an executed request: set work to true")


class RequestFaultQueue(FaultQueue[Fault]):
    """The faults that requests will get, in the order in which they were added."""

    def take(self, method: str, path: str) -> Fault | None:
        """Returns the first fault that applies to the request, and counts it."""
        return self.take_first(lambda fault: fault.kind != FORGET_IDEMPOTENCY and fault.matches(method, path))

    def take_forget_idempotency(self, method: str, path: str) -> bool:
        """Returns whether the request's idempotency key is to be deleted afterwards, and counts that fault."""
        matches = self.take_first(lambda fault: fault.kind == FORGET_IDEMPOTENCY and fault.matches(method, path))
        return matches is not None
