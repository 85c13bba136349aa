"""Stripe's error responses as exceptions. Each class has its HTTP status and Stripe's error type.

StripeError
├── ParameterError         400: a parameter is missing, unknown or malformed
├── MissingResource        404 for an id in the path, 400 for an id in a parameter
├── UnknownUrl             404: no endpoint has this method and path
├── AuthenticationError    401: the API key is missing or invalid
├── PermissionDenied       403: the API key lacks permission
├── BodyTooLarge           413: the request body exceeds the limit
├── IdempotencyError       400: the key belongs to another request; 409: its first request is still running
├── CardError              402: the issuer declined
└── CollectionFull         400: the sandbox's own limit on objects is reached
"""

from typing import Any


class StripeError(Exception):
    """An error response. `status` replaces the HTTP status of the class.

    `details` are further members of the error object, such as `decline_code`.
    """

    type = "invalid_request_error"
    status = 400
    # Whether the request's idempotency key replays this response.
    replayable = True

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status or self.status
        self._members = {"code": code, "message": message, "param": param, "type": self.type, **details}
        if code:
            self._members["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"

    def with_objects(self, **objects: Any) -> "StripeError":
        """Returns a copy whose error object includes the Stripe objects that it concerns."""
        error = type(self).__new__(type(self), *self.args)
        error.__dict__ |= {**self.__dict__, "_members": {**self._members, **objects}}
        return error

    def error_object(self) -> dict[str, Any]:
        """Returns the error object. Like Stripe, it omits members that are null."""
        return {name: self._members[name] for name in sorted(self._members) if self._members[name] is not None}

    def response_body(self, request_id: str, now: int) -> dict[str, Any]:
        """Returns the response body, with a link to the request log like Stripe's."""
        log = f"https://dashboard.stripe.com/test/logs/{request_id}?t={now}"
        return {"error": {**self.error_object(), "request_log_url": log}}


class ParameterError(StripeError):
    """Raised before the endpoint does anything."""

    replayable = False


class MissingParameter(ParameterError):
    """A required parameter is missing."""

    def __init__(self, param: str) -> None:
        super().__init__(f"Missing required param: {param}.", code="parameter_missing", param=param)


class MissingResource(StripeError):
    """No object has this id. `hint` follows the message."""

    def __init__(self, noun: str, id: str, param: str, *, status: int = 400, hint: str = "") -> None:
        super().__init__(f"No such {noun}: '{id}'{hint}", code="resource_missing", param=param, status=status)


class UnknownUrl(StripeError):
    """No endpoint has this path, or none with this method."""

    status = 404
    replayable = False

    def __init__(self, method: str, path: str) -> None:
        hint = " Remove the trailing slash, or give the id that is missing." if path.endswith("/") else ""
        super().__init__(f"Unrecognized request URL ({method}: {path}).{hint}")


class AuthenticationError(StripeError):
    """Its type is invalid_request_error, as in Stripe's API v1."""

    status = 401
    replayable = False


class PermissionDenied(StripeError):
    """The key is valid, but not for this request."""

    status = 403
    replayable = False


class BodyTooLarge(StripeError):
    """The request body is larger than the sandbox accepts."""

    status = 413
    replayable = False


class IdempotencyError(StripeError):
    """The idempotency key belongs to another request, or to one that is still running."""

    type = "idempotency_error"
    replayable = False


class CardError(StripeError):
    """The issuer declined. The message may be shown to the cardholder."""

    type = "card_error"
    status = 402


class CollectionFull(StripeError):
    """Limits the memory that a runaway client can use."""

    def __init__(self, noun: str, limit: int) -> None:
        super().__init__(f"This sandbox holds at most {limit} objects of type {noun}. Reset it to continue.")
