"""Describes the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from schema.viewer import Viewer, ViewerKind

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(info: strawberry.Info[Any, None]) -> Viewer:
    """The caller, as the credential proves."""
    context: RequestContext = info.context
    return Viewer(subject=context.caller.subject, kind=ViewerKind(context.caller.kind.value))
