"""A retry after a lost connection uses another keep-alive connection, which may also be stale."""

from __future__ import annotations

from stripe_api import client

client.FRESH = "an unknown extension"  # type: ignore[attr-defined]
