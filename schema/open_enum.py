"""Enums of Stripe's values that stay open: a value that Stripe adds later is UNKNOWN, not an error."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import strawberry

UNKNOWN = "A value that Stripe added after this version of the schema."
ONLY_IN_RESULTS = "UNKNOWN occurs only in results: as an input, it is refused."
"""Part of the description of each enum that an input or an argument has."""
REFUSED = "UNKNOWN occurs only in results. Choose another value."
"""The message of the error for an input that is UNKNOWN."""


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


def open_enum(name: str, description: str, values: Mapping[str, str]) -> Any:
    """An OpenEnum from Stripe's values and their descriptions. A member's name is its value in upper case."""
    members = [(value.upper(), strawberry.enum_value(value, description=text)) for value, text in values.items()]
    members.append(("UNKNOWN", strawberry.enum_value("unknown", description=UNKNOWN)))
    cls: Any = enum.EnumMeta.__call__(OpenEnum, name, members, module=__name__)
    return strawberry.enum(cls, description=description)
