"""Enums: the description of each value, and enums of Stripe's values, which stay open.

An open enum has the member UNKNOWN for a value that Stripe adds later, so that it is not an error.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import strawberry

ONLY_IN_RESULTS = "UNKNOWN occurs only in results: as an input, it is refused."
"""Part of the description of each enum that an input or an argument has."""
REFUSED = "UNKNOWN occurs only in results. Choose another value."
"""The message of the error for an input that is UNKNOWN."""


def enum_value(value: str, description: str) -> Any:
    """A member of an enum, with its description."""
    return strawberry.enum_value(value, description=description)


UNKNOWN_VALUE = enum_value("unknown", "A value that Stripe added after this version of the schema.")
"""The last member of an open enum."""


class OpenEnum(enum.Enum):
    """An enum whose values are Stripe's. The last member, UNKNOWN, is for all other values."""

    @property
    def stripe_value(self) -> str:
        """The value as Stripe spells it."""
        return str(self.value)

    @property
    def is_unknown(self) -> bool:
        """Whether it is the member for all other values."""
        return self.name == "UNKNOWN"

    @classmethod
    def spellings(cls) -> Mapping[str, str]:
        """Stripe's other spellings of the same values."""
        return {}

    @classmethod
    def _missing_(cls, value: object) -> Any:
        other = cls.spellings().get(value) if isinstance(value, str) else None
        return cls.__members__["UNKNOWN"] if other is None else cls(other)
