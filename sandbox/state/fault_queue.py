"""Faults that tests add, in order, and how a fault counts down. Faults of requests and of deliveries share this."""

import re
from collections.abc import Callable
from dataclasses import Field, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import AfterValidator


class _Countable(Protocol):
    """A dataclass with `times`, None for no limit, and `id`, which is set when the fault is added."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def times(self) -> int | None: ...

    @property
    def id(self) -> int: ...


F = TypeVar("F", bound=_Countable)


def one_of(*values: str) -> AfterValidator:
    """Validates that a member has one of the values."""

    def check(value: str) -> str:
        if value not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return value

    return AfterValidator(check)


def checked_pattern(pattern: str) -> str:
    """Returns the pattern. Raises ValueError if it is not a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"must be a regular expression: {error}") from None
    return pattern


class FaultQueue(Generic[F]):
    """The pending faults, in the order in which they were added."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._pending: list[F] = []
        self._last_id = 0

    def add(self, fault: F) -> F:
        """Adds the fault and returns it with its id. Raises ValueError at the limit."""
        if len(self._pending) >= self._limit:
            raise ValueError(f"at most {self._limit} faults can be pending")
        self._last_id += 1
        added = replace(fault, id=self._last_id)
        self._pending.append(added)
        return added

    def pending(self) -> list[F]:
        """Returns the faults that are still to happen."""
        return list(self._pending)

    def clear(self) -> None:
        """Deletes all faults."""
        self._pending.clear()

    def take_first(self, matches: Callable[[F], bool]) -> F | None:
        """Returns the first fault that matches, and counts it."""
        for index, fault in enumerate(self._pending):
            if matches(fault):
                self._count(index, fault)
                return fault
        return None

    def _count(self, index: int, fault: F) -> None:
        if fault.times == 1:
            del self._pending[index]
        elif fault.times is not None:
            self._pending[index] = replace(fault, times=fault.times - 1)
