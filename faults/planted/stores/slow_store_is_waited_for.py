"""A slow store never counts as unavailable."""

from __future__ import annotations

from serving import shared

shared.SLOW_USES = 1_000_000
