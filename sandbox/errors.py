"""What Stripe says when it refuses, as exceptions that know their own status and body.

StripeError
├── ParameterError         400: the parameters themselves are wrong; an idempotency key does not remember it
├── MissingResource        404 for an id in the path, 400 for one in a parameter
├── AuthenticationError    401: no key, or none that works here
├── PermissionRefused      403: the key may not do this
├── IdempotencyError       400: a key reused with another request; 409: its first request still runs
└── CardError              402: the issuer said no
"""

from typing import Any

from sandbox.json_objects import Json


class StripeError(Exception):
    """A refusal. `details` are further members of the error object, such as `decline_code`."""

    type = "invalid_request_error"
    status = 400
    # Whether an idempotency key remembers this outcome.
    remembered = True

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.members: Json = {"code": code, "message": message, "param": param, **details}

    def about(self, **objects: Json) -> "StripeError":
        """Returns itself, now with the objects that it concerns."""
        self.members |= objects
        return self

    def told(self) -> Json:
        """Returns the error object; what is null is left out, as Stripe does."""
        members = {**self.members, "type": self.type}
        if self.code:
            members["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        return {name: members[name] for name in sorted(members) if members[name] is not None}

    def body(self, request_id: str, now: int) -> Json:
        """Returns the answer's body."""
        log = f"https://dashboard.stripe.com/test/logs/{request_id}?t={now}"
        return {"error": {**self.told(), "request_log_url": log}}


class ParameterError(StripeError):
    """The endpoint never began to run."""

    remembered = False


class MissingResource(StripeError):
    """An id names nothing."""

    def __init__(self, noun: str, id: str, param: str, *, status: int = 400) -> None:
        super().__init__(f"No such {noun}: '{id}'", code="resource_missing", param=param)
        self.status = status


class AuthenticationError(StripeError):
    """Wire type stays invalid_request_error: that is what v1 sends."""

    status = 401
    remembered = False


class PermissionRefused(StripeError):
    """The key is known, and not enough."""

    status = 403
    remembered = False


class IdempotencyError(StripeError):
    """A key is met again, and not by a retry of its own request."""

    type = "idempotency_error"
    remembered = False

    def __init__(self, message: str, *, status: int = 400, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.status = status


class CardError(StripeError):
    """Its message is fit for the cardholder's eyes."""

    type = "card_error"
    status = 402


class UnknownUrl(StripeError):
    """No endpoint has this path, or not with this method."""

    status = 404
    remembered = False

    def __init__(self, method: str, path: str) -> None:
        hint = " Remove the trailing slash, or give the id that is missing." if path.endswith("/") else ""
        super().__init__(f"Unrecognized request URL ({method}: {path}).{hint}")


class TooLarge(StripeError):
    """More was sent than this sandbox reads."""

    status = 413
    remembered = False


class Full(StripeError):
    """A collection holds all it may, so that a runaway client cannot eat the machine."""

    def __init__(self, noun: str, limit: int) -> None:
        super().__init__(f"This sandbox holds at most {limit} objects of the kind {noun}. Reset it to go on.")
