"""Faults of deliveries: what a network or Stripe may do to an event on its way."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandbox.state.fault_queue import FaultQueue, checked_pattern, one_of

KINDS = ("delay", "duplicate", "lose", "reorder", "second_event")
# How long `reorder` waits for the next delivery.
REORDER_SECONDS = 1.0
# The kinds for which these members have an effect. All other members apply to every kind.
_KINDS_BY_MEMBER: Mapping[str, tuple[str, ...]] = {"delay": ("delay", "reorder"), "copies": ("duplicate",)}


@dataclass(frozen=True, slots=True, config=ConfigDict(strict=True))
class DeliveryFault:
    """A fault for the next `times` deliveries of events whose type matches the pattern `type`.

    `times` None means all further deliveries. `delay` seconds pass before the first attempt; with the kind `reorder`
    at most so many. `copies` further deliveries of the event are sent at the same time.
    """

    kind: Annotated[str, one_of(*KINDS)]
    type: Annotated[str, AfterValidator(checked_pattern)] = ""
    times: Annotated[int, Field(ge=1)] | None = 1
    delay: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 0.0
    copies: Annotated[int, Field(ge=1, le=100)] = 1
    # Set when the fault is added to a queue.
    id: int = 0


def check_members(fault: DeliveryFault, given: Collection[str]) -> None:
    """Raises ValueError if a member that was given has no effect on this fault."""
    for name in given:
        if fault.kind not in _KINDS_BY_MEMBER.get(name, KINDS):
            raise ValueError(f"{name} has no effect with {fault.kind}: leave it out")
    if fault.kind == "delay" and not fault.delay:
        raise ValueError("kind delay needs a delay: give its seconds")


class DeliveryFaultQueue(FaultQueue[DeliveryFault]):
    """The faults that deliveries will get, in the order in which they were added."""

    def take(self, type: str) -> DeliveryFault | None:
        """Returns the first fault that applies to an event of that type, and counts it."""
        return self.take_first(lambda fault: re.search(fault.type, type) is not None)
