"""When a request is sent again, and after how long: the rule of Stripe's official libraries."""

from __future__ import annotations

import random
from collections.abc import Mapping

INITIAL_DELAY = 0.5
MAX_DELAY = 5.0


def response_allows_retry(status: int, headers: Mapping[str, str]) -> bool:
    """Stripe's own word where it gives one; else conflicts and failures of the server. A 429 alone is not retried."""
    word = headers.get("stripe-should-retry")
    if word in ("true", "false"):
        return word == "true"
    return status == 409 or status >= 500


def delay_before_retry(retry: int) -> float:
    """Seconds to wait before the nth retry, n from 1: doubling, capped, with jitter, never under the first delay."""
    return max(INITIAL_DELAY, min(INITIAL_DELAY * 2.0 ** (retry - 1), MAX_DELAY) * random.uniform(0.5, 1.0))
