"""A slow store never counts as unavailable."""

from __future__ import annotations

from serving.redis import store

store.SLOW_USES = 1_000_000
