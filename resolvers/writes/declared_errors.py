"""The user errors that each mutation declares: its description lists them, and every payload is compared with them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from schema.errors import IdempotencyConflictError, InvalidInputError, NotFoundError, UserError

logger = logging.getLogger("attache.undeclared_errors")

_OF_EVERY_MUTATION = (InvalidInputError, NotFoundError, IdempotencyConflictError)
ERRORS = "errors"
"""The key of the declared errors in the `metadata` of a mutation's field."""

Declared = tuple[type[UserError], ...]


def declared(errors: Sequence[type[UserError]]) -> Declared:
    """All errors of a mutation: those that every mutation has, and its own."""
    return (*_OF_EVERY_MUTATION, *errors)


def described(description: str, errors: Declared) -> str:
    """A mutation's description, with the names of its errors."""
    return f"{description} Possible errors: {', '.join(error.__name__ for error in errors)}."


def compare(mutation: str, payload: Any, errors: Declared) -> None:
    """Log an error of the payload that the mutation does not declare. Clients still receive it; tests fail."""
    for error in payload.errors:
        if type(error) not in errors:
            logger.error("%s returned %s, which its @mutation does not declare", mutation, type(error).__name__)
