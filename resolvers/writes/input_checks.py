"""Checks that every mutation's input passes before the first REST call."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional, has_object_definition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors.exceptions import MutationRejected, invalid_input
from schema.errors import NotFoundError
from schema.open_enum import REFUSED, OpenEnum
from stripe_api import is_id

MAX_TEXT = 5000
_LIMITED = ("name", "phone", "line1", "line2", "city", "state", "postal_code", "country", "return_url")
"""Strings whose length Stripe limits."""
_IDS = ("payment_method_id", "setup_intent_id", "payment_intent_id", "confirmation_token_id")
"""Ids that only some REST calls of a mutation contain. A customer's id is checked by the first call, which has it."""


def check_input(input: Any) -> None:
    """Raises MutationRejected for a value that Stripe can't accept, or that has no object."""
    _check_values(input)
    for name in _IDS:
        id = getattr(input, name, None)
        if isinstance(id, str) and not is_id(id):
            raise MutationRejected(NotFoundError.at(to_camel_case(name)))


def check_one_payment_method(payment_method: str | None, confirmation_token: str | None) -> None:
    """Raises MutationRejected if both ids are given."""
    if payment_method is not None and confirmation_token is not None:
        raise invalid_input("confirmationTokenId", "Give paymentMethodId or confirmationTokenId, not both.")


def _check_values(input: Any, *, above: str = "") -> None:
    """Rejects UNKNOWN, a string that is too long, and an empty one in a nullable field.

    Stripe reads an empty string as "unset", and a form sends one for a field that was not filled in. Here, only an
    explicit null clears a value.
    """
    for field in input.__strawberry_definition__.fields:
        given = getattr(input, field.python_name)
        if given is None or given is strawberry.UNSET or type(given) is bool:
            continue
        for value in given if isinstance(given, list) else [given]:
            if problem := _problem(field, value):
                raise invalid_input(above + to_camel_case(field.python_name), problem)
            if not isinstance(value, str) and has_object_definition(value):
                _check_values(value, above=f"{above}{to_camel_case(field.python_name)}.")


def _problem(field: StrawberryField, value: Any) -> str | None:
    if isinstance(value, str):
        return _problem_of_text(field, value)
    return REFUSED if isinstance(value, OpenEnum) and value.is_unknown else None


def _problem_of_text(field: StrawberryField, text: str) -> str | None:
    if not text and isinstance(field.type, StrawberryOptional):
        return f"This value is empty. {_advice(field)}"
    if len(text) > MAX_TEXT and field.python_name in _LIMITED:
        return f"This value has {len(text)} characters. Use at most {MAX_TEXT}."
    return None


def _advice(field: StrawberryField) -> str:
    if field.default is strawberry.UNSET:
        return "Give a value, or null to clear it."
    return "Give a value, or omit it."
