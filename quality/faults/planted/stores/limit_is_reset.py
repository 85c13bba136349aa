"""A store that lost its state grants a whole second's calls at once."""

from __future__ import annotations

from stripe_api.rate_limiting import redis_slots

redis_slots._CONSTANTS["CLOSED_MS"] = 0
