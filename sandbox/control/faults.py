"""Faults that the sandbox has been told to commit, and which of them a request meets."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count

BEFORE = (
    "conflict",
    "delay",
    "drop_before",
    "error_before",
    "huge",
    "lock_timeout",
    "no_content",
    "not_json",
    "permission",
    "rate_limit",
    "redirect",
    "stall",
    "unavailable",
)
AFTER = ("drop_after", "error_after", "truncate", "wrong_content_type")
FORGET = "forget_idempotency"
KINDS = (*BEFORE, *AFTER, FORGET)
METHODS = ("*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
# Kinds that send a response of their own, which an idempotency key can store.
_RESPONDING = tuple(
    kind for kind in KINDS if kind not in ("delay", "drop_after", "drop_before", "stall", "truncate", FORGET)
)
# Members that only some kinds have; every kind has the others.
_KINDS_WITH: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("delay", "late", "work"), (*BEFORE, *AFTER)),
    "reason": ("rate_limit",),
    "size": ("huge",),
    "stored": _RESPONDING,
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("kind", "method", "path", "reason"), (str,)),
    **dict.fromkeys(("late", "stored"), (bool,)),
    "delay": (int, float),
    "size": (int,),
    "times": (int, type(None)),
    "work": (bool, type(None)),
}
REASONS = ("global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific")
LONGEST_DELAY = 3600
LARGEST_BODY = 256 * 1024 * 1024
_JSON_NAMES = {bool: "boolean", float: "number", int: "integer", str: "string", type(None): "null"}

_numbers = count(1)


@dataclass(slots=True)
class Fault:
    """One misbehaviour, met by the next `times` requests that fit `method` and `path`, a regular expression.

    `times` None means for ever. `work` says whether the request is carried out all the same; None leaves that to the
    kind. `delay` seconds pass before the work, or after it when `late`. `stored` has the idempotency key remember the
    fault's own answer in place of the true one. `size` is that of a huge body, `reason` that of a rate limit.
    """

    kind: str
    method: str = "*"
    path: str = ""
    times: int | None = 1
    delay: float = 0.0
    late: bool = False
    work: bool | None = None
    stored: bool = False
    size: int = 1_000_000
    reason: str = "global-rate"
    id: int = field(default_factory=lambda: next(_numbers))

    def __post_init__(self) -> None:
        self._check_types()
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if self.method.upper() not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}")
        if self.times is not None and self.times < 1:
            raise ValueError("times must be a whole number of at least 1, or null for ever")
        if not 0 <= self.delay <= LONGEST_DELAY or not 0 <= self.size <= LARGEST_BODY:
            raise ValueError(f"delay may be 0 to {LONGEST_DELAY} seconds, size 0 to {LARGEST_BODY} bytes")
        if self.reason not in REASONS:
            raise ValueError(f"reason must be one of {', '.join(REASONS)}")
        self._check_path()

    def _check_types(self) -> None:
        for name, types in _TYPES.items():
            if type(getattr(self, name)) not in types:
                raise ValueError(f"{name} must be of type {' or '.join(_JSON_NAMES[one] for one in types)}")

    def _check_path(self) -> None:
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path is no regular expression: {error}") from None

    @property
    def does_work(self) -> bool:
        """Whether the request has its effect in spite of the fault."""
        return self.kind in (*AFTER, "delay") if self.work is None else self.work

    def meets(self, method: str, path: str) -> bool:
        """Returns whether a request runs into this fault."""
        return self.method.upper() in ("*", method) and re.search(self.path, path) is not None


def check_combination(fault: Fault, given: Collection[str]) -> None:
    """Raises ValueError where the members that were given have no effect together."""
    for name in given:
        if fault.kind not in _KINDS_WITH.get(name, KINDS):
            raise ValueError(f"{name} has no effect with {fault.kind}: leave it out")
    for name, needs_delay in (("late", fault.late), ("kind delay", fault.kind == "delay")):
        if needs_delay and not fault.delay:
            raise ValueError(f"{name} needs a delay: give its seconds")
    if fault.stored and not fault.does_work:
        raise ValueError("stored needs the work to be done: give work as true")


class Faults:
    """The faults that wait, in the order in which they were added."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Returns the fault, now waiting. Raises ValueError when too many are."""
        if len(self._waiting) >= self._limit:
            raise ValueError(f"At most {self._limit} faults can wait.")
        self._waiting.append(fault)
        return fault

    def waiting(self) -> list[Fault]:
        """Returns those that have not come to pass as often as they were to."""
        return list(self._waiting)

    def clear(self) -> None:
        """Takes all of them back."""
        self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Returns the first fault that the request meets, and counts that it came to pass."""
        return self._first(method, path, forgetting=False)

    def forgets(self, method: str, path: str) -> bool:
        """Returns whether this request's idempotency key is to be forgotten, and counts that it was."""
        return self._first(method, path, forgetting=True) is not None

    def _first(self, method: str, path: str, *, forgetting: bool) -> Fault | None:
        for fault in self._waiting:
            if (fault.kind == FORGET) == forgetting and fault.meets(method, path):
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._waiting.remove(fault)
