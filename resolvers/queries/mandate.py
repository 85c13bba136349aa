"""Reads a mandate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from resolvers.reads.lookahead import MandateSelection
from schema.setup_intents.mandate import Mandate

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(info: strawberry.Info[Any, None], id: str) -> Mandate | None:
    """The mandate, or None if it does not exist or the caller may not access it."""
    context: RequestContext = info.context
    json = await context.mandates.load(id, MandateSelection.of(info).expand)
    return Mandate(json) if json is not None else None
