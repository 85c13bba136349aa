"""Enums that mirror Stripe's words, and stay open: a word that Stripe adds tomorrow is data, never an error."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import strawberry

UNKNOWN = "A word of Stripe's that this schema does not know yet."


class OpenEnum(enum.Enum):
    """An enum whose values are Stripe's words. Its last member, UNKNOWN, stands for all other words."""

    @property
    def word(self) -> str:
        """Stripe's word."""
        return str(self.value)

    @classmethod
    def spellings(cls) -> Mapping[str, str]:
        """Other spellings that Stripe has of the words."""
        return {}

    @classmethod
    def _missing_(cls, value: object) -> Any:
        word = cls.spellings().get(value) if isinstance(value, str) else None
        return cls.__members__["UNKNOWN"] if word is None else cls(word)


def open_enum(name: str, description: str, words: Mapping[str, str]) -> Any:
    """An OpenEnum from Stripe's words with their descriptions, each word in upper case its member's name."""
    members = [(word.upper(), strawberry.enum_value(word, description=text)) for word, text in words.items()]
    members.append(("UNKNOWN", strawberry.enum_value("unknown", description=UNKNOWN)))
    cls: Any = enum.EnumMeta.__call__(OpenEnum, name, members, module=__name__)
    return strawberry.enum(cls, description=description)
