"""Reads any object by id. A known prefix determines the type; any other id is a customer's."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.errors.exceptions import bad_user_input
from resolvers.queries import billing_subscription, customer, mandate, payment_intent, payment_method, setup_intent
from resolvers.reads.dataloaders import all_settled
from resolvers.reads.lookahead import (
    CustomerSelection,
    MandateSelection,
    PaymentIntentSelection,
    PaymentMethodSelection,
    SetupIntentSelection,
    SubscriptionSelection,
)
from schema.context import Info
from schema.list_size import ListSize
from schema.node import Node

if TYPE_CHECKING:
    from resolvers.context import RequestContext

NODES_SIZE = ListSize(("ids",), maximum=100)

# Legacy cards and sources can be read as payment methods.
_PAYMENT_METHOD_PREFIXES = ("pm_", "card_", "src_")


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Stripe's id of the object.")],
) -> Node | None:
    """The object; None if there is none that the caller may access."""
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


def _retrieve(info: Info, id: str) -> Awaitable[Node | None]:
    context: RequestContext = info.context  # type: ignore[assignment]
    if id.startswith(_PAYMENT_METHOD_PREFIXES):
        return payment_method.retrieve_selected(context, id, PaymentMethodSelection.of(info))
    if id.startswith("seti_"):
        return setup_intent.retrieve_selected(context, id, SetupIntentSelection.of(info))
    if id.startswith("pi_"):
        return payment_intent.retrieve_selected(context, id, PaymentIntentSelection.of(info))
    if id.startswith("sub_"):
        return billing_subscription.retrieve_selected(context, id, SubscriptionSelection.of(info))
    if id.startswith("mandate_"):
        return mandate.retrieve_selected(context, id, MandateSelection.of(info))
    # An account may choose its customers' ids, so they need no prefix.
    return customer.retrieve_selected(context, id, CustomerSelection.of(info))
