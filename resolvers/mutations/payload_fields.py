"""The fields that every mutation's input and payload share."""

from __future__ import annotations

from typing import Any

import strawberry


def idempotency_key() -> Any:
    """The input field `idempotencyKey`."""
    return strawberry.field(
        default=None,
        description=(
            "Identifies this request for retries. The same key with the same input is executed once and gets the same "
            "result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key "
            "for this request."
        ),
    )


def errors() -> Any:
    """The payload field `errors`."""
    return strawberry.field(
        default_factory=list,
        description=(
            "Errors that the client or its user can correct. Empty if and only if the mutation did all that was asked."
        ),
    )
