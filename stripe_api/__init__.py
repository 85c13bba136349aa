"""The only package that sends requests to Stripe: one method per endpoint, one client for all requests."""

from stripe_api.call_record import CallRecord
from stripe_api.client import StripeClient
from stripe_api.errors import (
    AccountInaccessible,
    APIConnectionError,
    APIError,
    AuthenticationError,
    CallerLimitReached,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    NotSent,
    Overloaded,
    PermissionDenied,
    RateLimitError,
    StripeError,
    TooManyCalls,
)
from stripe_api.failures.tracebacks import release_frames
from stripe_api.ids import is_account, is_id, name_in, no_such_object
from stripe_api.objects import StripeList, StripeObject, StripeResponse
from stripe_api.session import StripeSession

__all__ = [
    "APIConnectionError",
    "APIError",
    "AccountInaccessible",
    "AuthenticationError",
    "CallRecord",
    "CallerLimitReached",
    "CardError",
    "IdempotencyError",
    "InvalidRequestError",
    "NotSent",
    "Overloaded",
    "PermissionDenied",
    "RateLimitError",
    "StripeClient",
    "StripeError",
    "StripeList",
    "StripeObject",
    "StripeResponse",
    "StripeSession",
    "TooManyCalls",
    "is_account",
    "is_id",
    "name_in",
    "no_such_object",
    "release_frames",
]
