"""The exceptions that resolvers raise.

    FieldError          a top-level error of the response, with a code, a message and further extensions
    MutationRejected    an entry of the payload's `errors`; the mutation was not sent to Stripe, or was undone
    WriteFailed         a mutation that failed at Stripe after one of its steps took effect

Errors of Stripe (`stripe_api.StripeError`) are raised as they are, and converted in one place for each boundary:
`stripe_refusals` for a payload's `errors`, `graphql_errors` for top-level errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.errors import InvalidInputError, UserError
from serving.graphql.error_codes import ErrorCode
from stripe_api import StripeError

COMPLETE_WITH_KEY = " A part took effect: send it again with this idempotencyKey to complete it."


class FieldError(Exception):
    """A top-level error: its code, its message and further extensions are written for the client.

    `failure_reason` is the word for logs and metrics, where it says more than the code.
    """

    def __init__(self, code: ErrorCode, message: str, *, failure_reason: str | None = None, **extensions: Any) -> None:
        super().__init__(message)
        self.code = code
        self.failure_reason = failure_reason
        self.extensions: Mapping[str, Any] = extensions


class MutationRejected(Exception):
    """The service itself rejects a mutation. `error` is the entry of the payload's `errors`."""

    def __init__(self, error: UserError) -> None:
        super().__init__(error.code.value)
        self.error = error


class WriteFailed(Exception):
    """Stripe failed in a mutation. `partly_done`: an earlier step took effect, and the same key completes the rest."""

    def __init__(self, error: StripeError, *, idempotency_key: str, partly_done: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.idempotency_key = idempotency_key
        self.partly_done = partly_done

    @property
    def failure_reason(self) -> str | None:
        """The reason of Stripe's error, for logs and metrics."""
        return self.error.failure_reason


def bad_user_input(message: str) -> FieldError:
    """An argument of a field is not accepted."""
    return FieldError(ErrorCode.BAD_USER_INPUT, message)


def no_such_entry(argument: str) -> FieldError:
    """A cursor names no entry of the list."""
    return bad_user_input(f"{argument}: there is no such entry in the list. Use a cursor of this list, or omit it.")


def forbidden(message: str) -> FieldError:
    """The caller may not use this part of the input."""
    return FieldError(ErrorCode.FORBIDDEN, message)


def not_done(code: ErrorCode, message: str, *, failure_reason: str, **extensions: Any) -> FieldError:
    """A mutation changed nothing, so that sending it again is safe."""
    message = f"{message} Nothing was changed: send the same request again."
    return FieldError(code, message, failure_reason=failure_reason, outcome="NOT_DONE", **extensions)


def not_read_before(field: str) -> FieldError:
    """A payload field for the state before the write, in a replay of a request that did not read that state."""
    return bad_user_input(
        f"{field} is not known: the first request with this idempotencyKey did not select it. The mutation itself "
        "took effect. Select the field in the first request."
    )


def partly_done(code: ErrorCode, message: str, *, failure_reason: str, idempotency_key: str) -> FieldError:
    """A part of a mutation was done."""
    extensions = {"outcome": "PARTIAL", "idempotencyKey": idempotency_key}
    return FieldError(code, message + COMPLETE_WITH_KEY, failure_reason=failure_reason, **extensions)


def invalid_input(field: str, message: str) -> MutationRejected:
    """A value of a mutation's input is not accepted. `field` is its name in the schema, with dots for nested ones."""
    return MutationRejected(InvalidInputError.at(field, message))
