"""The mutations: field, description, resolver."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers import customer, payment_method, setup_intent
from resolvers.errors import Refused, not_found, refusal
from resolvers.idempotency import client_key, is_made
from resolvers.inputs import check_values
from schema.errors import UserError
from schema.payloads import (
    AttachPaymentMethodPayload,
    CancelSetupIntentPayload,
    ConfirmSetupIntentPayload,
    CreateSetupIntentPayload,
    DetachPaymentMethodPayload,
    SetDefaultPaymentMethodPayload,
    UpdatePaymentMethodPayload,
)
from stripe_api import CardError, StripeError, is_id, release_frames

if TYPE_CHECKING:
    from resolvers.context import RequestContext


def _mutation(
    resolve: Callable[..., Awaitable[Any]], payload: type[Any], *, description: str, tries_card: bool = False
) -> Any:
    """A mutation field: gives the request its idempotency key, and turns a refusal into an entry of `errors`.

    `tries_card`: the mutation can tell whether a card is good, so its attempts and declines are counted.
    """

    @functools.wraps(resolve)
    async def run(info: strawberry.Info[Any, None], input: Any) -> Any:
        context: RequestContext = info.context
        try:
            context.stripe.begin_write()
            check_values(input)
            context.key_is_given = input.idempotency_key is not None
            input.idempotency_key = client_key(input.idempotency_key)
            context.selection_may_change = not is_made(input.idempotency_key)
            _check_ids(input)
            if tries_card:
                await context.cards.count()
            return await resolve(info, input)
        except Refused as refused:
            return payload(errors=[refused.error])
        except StripeError as error:
            error.idempotency_key = input.idempotency_key
            if isinstance(error, CardError) and not error.replayed:
                await context.cards.count_decline()
            refused_by_stripe = refusal(error, hide_others=context.own is not None)
            if refused_by_stripe is None or error.partly_done:
                raise
            release_frames(error)
            return payload(errors=[_located(refused_by_stripe, input)])

    return strawberry.mutation(resolver=run, description=description)


def _located(error: UserError, input: Any) -> UserError:
    """The error, without a path to a field that this input does not have."""
    fields = {to_camel_case(field.name) for field in dataclasses.fields(input)}
    if error.path is not None and error.path[1] not in fields:
        error.path = None
    return error


_OBJECTS = ("payment_method_id", "setup_intent_id")


def _check_ids(input: Any) -> None:
    """Raises Refused for an id that names nothing, before the first REST call.

    The customer's id is left to the first call, which always has it.
    """
    for name in _OBJECTS:
        id = getattr(input, name, None)
        if isinstance(id, str) and not is_id(id):
            raise Refused(not_found(name))


@strawberry.type(
    description="What can be changed. Fields are nullable: one that fails does not erase the answer of its neighbour."
)
class Mutation:
    attach_payment_method: AttachPaymentMethodPayload | None = _mutation(
        payment_method.attach,
        AttachPaymentMethodPayload,
        tries_card=True,
        description=(
            "Saves a payment method in a customer's wallet: POST /v1/payment_methods/:id/attach. Stripe recommends "
            "to save by a SetupIntent instead, which also prepares the method for payments while nobody is there."
        ),
    )
    detach_payment_method: DetachPaymentMethodPayload | None = _mutation(
        payment_method.detach,
        DetachPaymentMethodPayload,
        description=(
            "Takes a payment method out of its wallet: POST /v1/payment_methods/:id/detach. "
            "Final: a detached method can't be attached again."
        ),
    )
    update_payment_method: UpdatePaymentMethodPayload | None = _mutation(
        payment_method.update,
        UpdatePaymentMethodPayload,
        description="Changes what a saved method says: POST /v1/payment_methods/:id.",
    )
    set_default_payment_method: SetDefaultPaymentMethodPayload | None = _mutation(
        customer.set_default,
        SetDefaultPaymentMethodPayload,
        description=(
            "Chooses what invoices and subscriptions use: POST /v1/customers/:id with "
            "invoice_settings.default_payment_method."
        ),
    )
    create_setup_intent: CreateSetupIntentPayload | None = _mutation(
        setup_intent.create,
        CreateSetupIntentPayload,
        tries_card=True,
        description=(
            "Begins to save a payment method, the way that Stripe recommends: POST /v1/setup_intents. The customer's "
            "device then confirms with clientSecret."
        ),
    )
    confirm_setup_intent: ConfirmSetupIntentPayload | None = _mutation(
        setup_intent.confirm,
        ConfirmSetupIntentPayload,
        tries_card=True,
        description=(
            "Confirms from the service's side: POST /v1/setup_intents/:id/confirm. On success the method is in the "
            "wallet; REQUIRES_ACTION means that the customer has something to do first."
        ),
    )
    cancel_setup_intent: CancelSetupIntentPayload | None = _mutation(
        setup_intent.cancel,
        CancelSetupIntentPayload,
        description="Gives a SetupIntent up: POST /v1/setup_intents/:id/cancel.",
    )
