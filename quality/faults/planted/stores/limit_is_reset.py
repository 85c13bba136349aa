"""A store without state immediately allows a full second's calls."""

from __future__ import annotations

from stripe_api.rate_limiting import redis_slots

redis_slots._CONSTANTS["CLOSED_MS"] = 0
