"""The only room that speaks HTTP to Stripe: one method per endpoint, one path for every request."""

from stripe_api.client import Call, Stripe, StripeClient
from stripe_api.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    PermissionDenied,
    RateLimitError,
    StripeError,
    TooManyCalls,
    nothing_there,
)
from stripe_api.objects import StripeList, StripeObject

__all__ = [
    "APIConnectionError",
    "APIError",
    "AuthenticationError",
    "Call",
    "CardError",
    "IdempotencyError",
    "InvalidRequestError",
    "PermissionDenied",
    "RateLimitError",
    "Stripe",
    "StripeClient",
    "StripeError",
    "StripeList",
    "StripeObject",
    "TooManyCalls",
    "nothing_there",
]
