"""The customer in a mutation's payload."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from resolvers.errors.exceptions import FieldError
from resolvers.queries import customer
from resolvers.reads.lookahead import CustomerSelection
from resolvers.references import id_of
from schema.customer import Customer
from stripe_api import StripeError, is_account

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def payload_customer(context: RequestContext, reference: Any, selection: CustomerSelection) -> Customer | None:
    """The customer after the write; None if not selected. A failure of its reads is an error of this field alone.

    An error in place of the reference is the field's error.
    """
    if isinstance(reference, FieldError):
        return reference  # type: ignore[return-value]  # GraphQL reports an exception value as the field's error.
    id, own = id_of(reference), context.access.own
    if id is None or not selection.is_selected:
        return None
    context.prime_customer(reference)
    if own is not None and is_account(own):
        id = own  # A mutation of this caller is for its own Account.
    try:
        if not selection.needs_object:
            found = customer.from_id(context, reference)
            return await found if isinstance(found, Awaitable) else found
        return await customer.retrieve_selected(context, id, selection)
    except StripeError as error:  # The write took effect: its payload must not be lost with this field.
        return error  # type: ignore[return-value]  # GraphQL reports an exception value as the field's error.
