"""Checks that every mutation's input passes before anything is sent."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional, has_object_definition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors import invalid_input

MAX_TEXT = 5000
_LIMITED = ("name", "phone", "line1", "line2", "city", "state", "postal_code", "country", "return_url")
"""Texts for which Stripe documents a limit."""


def check_values(input: Any, *, above: str = "") -> None:
    """Raises Refused for a text that is too long, and for an empty one in a nullable place of the input.

    Stripe takes an empty string as "unset", and a form sends one for a field that nobody filled in. Only an explicit
    null clears a value here.
    """
    for field in input.__strawberry_definition__.fields:
        value = getattr(input, field.python_name)
        path = above + to_camel_case(field.python_name)
        if value == "" and isinstance(field.type, StrawberryOptional):
            raise invalid_input(path, f"This value is empty. {_advice(field)}")
        if field.python_name in _LIMITED and isinstance(value, str) and len(value) > MAX_TEXT:
            raise invalid_input(path, f"This value has {len(value)} characters. Use at most {MAX_TEXT}.")
        if has_object_definition(value):
            check_values(value, above=f"{path}.")


def _advice(field: StrawberryField) -> str:
    if field.default is strawberry.UNSET:
        return "Give a value, or null to clear it."
    return "Give a value, or leave it out."
