"""The only room that speaks HTTP to Stripe: one method per endpoint, one path for every request."""

from stripe_api.client import Call, Stripe, StripeClient
from stripe_api.errors import (
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
    release_frames,
)
from stripe_api.ids import is_id, nothing_there
from stripe_api.objects import Answer, StripeList, StripeObject
from stripe_api.rate_limiting.guard import Care, Snapshot

__all__ = [
    "APIConnectionError",
    "APIError",
    "Answer",
    "AuthenticationError",
    "Call",
    "CallerLimitReached",
    "CardError",
    "Care",
    "IdempotencyError",
    "InvalidRequestError",
    "NotSent",
    "Overloaded",
    "PermissionDenied",
    "RateLimitError",
    "Snapshot",
    "Stripe",
    "StripeClient",
    "StripeError",
    "StripeList",
    "StripeObject",
    "TooManyCalls",
    "is_id",
    "nothing_there",
    "release_frames",
]
