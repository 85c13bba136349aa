"""Reads any object by id. A known prefix determines the type; any other id is a customer's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import strawberry

from resolvers.errors.exceptions import bad_user_input
from resolvers.queries import billing_subscription, customer, mandate, payment_intent, payment_method, setup_intent
from resolvers.reads.dataloaders import all_settled
from schema.list_size import ListSize
from schema.node import Node

NODES_SIZE = ListSize(("ids",), maximum=100)

_BY_PREFIX: Mapping[str, Callable[..., Awaitable[Node | None]]] = {
    # Legacy cards and sources can be read as payment methods.
    **dict.fromkeys(("pm_", "card_", "src_"), payment_method.retrieve),
    "seti_": setup_intent.retrieve,
    "pi_": payment_intent.retrieve,
    "sub_": billing_subscription.retrieve,
    "mandate_": mandate.retrieve,
}


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Stripe's id of the object.")],
) -> Node | None:
    """The object, or None if it does not exist or the caller may not access it."""
    return await _retrieve(info, id)


async def retrieve_many(
    info: strawberry.Info[Any, None],
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Stripe's ids, at most 100.")],
) -> list[Node | None]:
    """The objects in the order of `ids`; None for each that the caller may not access or that does not exist."""
    if len(ids) > NODES_SIZE.maximum:
        raise bad_user_input(f"ids: at most {NODES_SIZE.maximum} at once.")
    found = await all_settled(*(_retrieve(info, id) for id in ids))
    return found  # type: ignore[return-value]  # An exception in the list is the error of that entry.


def _retrieve(info: strawberry.Info[Any, None], id: strawberry.ID) -> Awaitable[Node | None]:
    found = (retrieve for prefix, retrieve in _BY_PREFIX.items() if id.startswith(prefix))
    # An account may choose its customers' ids, so they need no prefix.
    return next(found, customer.retrieve)(info, id)
