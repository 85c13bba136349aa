"""Runs the coroutines of a plan. A plan creates one only for a resolver that returns an awaitable."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

Pending = list[Coroutine[Any, Any, None]]
"""Coroutines that still have to run. Each stores its result itself, and none raises."""


async def gather(pending: Pending) -> None:
    """Run all of them concurrently. One alone is awaited without a task, which would cost more than most values."""
    if len(pending) > 1:
        await asyncio.gather(*pending)
    elif pending:
        await pending[0]
