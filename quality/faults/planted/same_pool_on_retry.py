"""A retry after a lost connection takes another kept connection, which may be as stale."""

from __future__ import annotations

from stripe_api import client

client.FRESH = "nothing that the transport knows"  # type: ignore[attr-defined]
