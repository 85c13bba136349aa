"""Whether a later checkout may show a payment method again: set by an update, after the step that saves it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from resolvers.writes.write import Write
from schema.connection import AllowRedisplay
from schema.errors import AllowRedisplayNotSetError, UserError
from stripe_api import StripeError, StripeObject

logger = logging.getLogger("attache.errors")


async def update(
    write: Write, id: str, value: AllowRedisplay, expand: Sequence[str]
) -> tuple[StripeObject | None, list[UserError]]:
    """The updated payment method, or the error that is added to the result of the step that saved it."""
    params, key = {"allow_redisplay": value.stripe_value}, write.key("allow redisplay")
    try:
        # `send` would drop the customer that an earlier step returned.
        method = await write.context.stripe.payment_methods.update(id, params, expand=expand, idempotency_key=key)
    except StripeError as error:  # The payment method is saved, so the error is added to its result.
        logger.warning("Saved, but allow_redisplay was not set: %r", error)
        return None, [not_set(error)]
    return method, []


def not_set(error: StripeError | None = None) -> UserError:
    """The error for a payment method that is saved, or will be, without the value."""
    return AllowRedisplayNotSetError.at("allowRedisplay", request_id=error.request_id if error is not None else None)
