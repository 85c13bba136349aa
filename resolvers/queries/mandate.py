"""Reads a mandate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resolvers.reads.lookahead import MandateSelection
from schema.setup_intents.mandate import Mandate

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve_selected(context: RequestContext, id: str, selection: MandateSelection) -> Mandate | None:
    """The mandate, with the objects that the selection needs; None if there is none that the caller may access."""
    json = await context.mandates.load(id, selection.expand)
    return Mandate(json) if json is not None else None
