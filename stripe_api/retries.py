"""The retry rule of Stripe's official libraries: which responses are retried, and after which delay."""

from __future__ import annotations

import random
from collections.abc import Mapping

INITIAL_DELAY = 0.5
MAX_DELAY = 5.0


def response_allows_retry(status: int, headers: Mapping[str, str]) -> bool:
    """The Stripe-Should-Retry header if present. Otherwise true for conflicts and server errors, but not for a 429."""
    header = headers.get("stripe-should-retry")
    if header in ("true", "false"):
        return header == "true"
    return status == 409 or status >= 500


def delay_before_retry(retry: int) -> float:
    """Seconds before the nth retry, n from 1: exponential backoff with a maximum, jitter and a minimum."""
    return max(INITIAL_DELAY, min(INITIAL_DELAY * 2.0 ** (retry - 1), MAX_DELAY) * random.uniform(0.5, 1.0))
