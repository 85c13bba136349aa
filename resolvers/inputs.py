"""Checks that every mutation's input passes before anything is sent."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types.base import has_object_definition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors import invalid_input


def refuse_empty_values(input: Any, *, above: str = "") -> None:
    """Raises Refused for an empty string anywhere in the input.

    Stripe takes an empty string as "unset", and a form sends one for a field that nobody filled in. Only an explicit
    null clears a value here.
    """
    for field in input.__strawberry_definition__.fields:
        value = getattr(input, field.python_name)
        path = above + to_camel_case(field.python_name)
        if value == "":
            raise invalid_input(path, f"This value is empty. {_advice(field)}")
        if has_object_definition(value):
            refuse_empty_values(value, above=f"{path}.")


def _advice(field: StrawberryField) -> str:
    if field.default is strawberry.UNSET:
        return "Give a value, or null to clear it."
    return "Give a value, or leave it out." if field.default is None else "Give a value."
