"""Any object by its id: a known prefix names its type, and any other id is a customer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import customer, payment_method, setup_intent
from resolvers.errors import bad_user_input
from resolvers.loaders import settled
from resolvers.selection import Selection
from schema.node import Node

if TYPE_CHECKING:
    from resolvers.context import RequestContext

MAX_NODES = 100

_RETRIEVE = {
    "pm_": payment_method.retrieve_selected,
    "seti_": setup_intent.retrieve_selected,
    # Legacy cards and sources can be read as payment methods.
    "card_": payment_method.retrieve_selected,
    "src_": payment_method.retrieve_selected,
}


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Stripe's id of the object.")],
) -> Node | None:
    """The object; None when there is none, or none that the caller may see."""
    return await _find(info.context, id, Selection.of(info))


async def retrieve_many(
    info: strawberry.Info[Any, None],
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Stripe's ids, 100 at most.")],
) -> list[Node | None]:
    """The objects in the order asked; None in the place of each that is missing or not the caller's."""
    if len(ids) > MAX_NODES:
        raise bad_user_input(f"ids: at most {MAX_NODES} at once.")
    selection = Selection.of(info)
    found = await settled(*(_find(info.context, id, selection) for id in ids))
    return found  # type: ignore[return-value]  # an exception is the error of its own place


async def _find(context: RequestContext, id: str, selection: Selection) -> Node | None:
    # An account may choose its customers' ids, so that they need no prefix.
    find = next((find for prefix, find in _RETRIEVE.items() if id.startswith(prefix)), customer.retrieve_selected)
    return await find(context, id, selection)
