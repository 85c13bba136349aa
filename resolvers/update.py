"""Updating a payment method: left out means unchanged, null clears, and the form encoding says so to Stripe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from resolvers import expansion
from resolvers.errors import FORBIDDEN, Fault, invalid_input
from resolvers.idempotency import keys
from resolvers.selection import Selection
from schema.connection import AllowRedisplay
from schema.payloads import (
    AddressInput,
    BillingDetailsInput,
    CardUpdateInput,
    UpdatePaymentMethodInput,
    UpdatePaymentMethodPayload,
)
from schema.payment_method import PaymentMethod
from stripe_api.form import Value

if TYPE_CHECKING:
    from resolvers.context import RequestContext

UNSET = ""
"""What Stripe takes for null."""

Params = dict[str, Value | None]


async def update(info: strawberry.Info[Any, None], input: UpdatePaymentMethodInput) -> UpdatePaymentMethodPayload:
    """POST /v1/payment_methods/{payment_method}."""
    context: RequestContext = info.context
    params = parameters(input)
    if params["metadata"] is not None and context.hides("metadata"):
        raise Fault(FORBIDDEN, "metadata is for services; leave it out.")
    await context.prove_payment_method(input.payment_method_id)
    selection = Selection.of(info).below("UpdatePaymentMethodPayload", "paymentMethod")
    json = await context.stripe.payment_methods.update(
        input.payment_method_id,
        params,
        expand=sorted(expansion.of_payment_method(selection)),
        idempotency_key=keys(context.caller, "updatePaymentMethod", input.idempotency_key)("update"),
    )
    context.forget_reads()
    return UpdatePaymentMethodPayload(payment_method=PaymentMethod(json))


def parameters(input: UpdatePaymentMethodInput) -> Params:
    """The input as Stripe's parameters. Raises Refused for a value that can't be sent."""
    return {
        "allow_redisplay": _allow_redisplay(input.allow_redisplay),
        "billing_details": _billing_details(input.billing_details),
        "card": _card(input.card),
        "metadata": _metadata(input.metadata),
    }


def _given(value: Any) -> bool:
    return value is not strawberry.UNSET


def _members(input: Any, names: tuple[str, ...]) -> Params:
    """The members that were given; null as Stripe's empty string."""
    values = {name: getattr(input, name) for name in names}
    return {name: UNSET if value is None else value for name, value in values.items() if _given(value)}


def _allow_redisplay(value: AllowRedisplay | None) -> Value | None:
    if not _given(value):
        return None
    if value is None:
        return "unspecified"
    if value.name == "UNKNOWN":
        raise invalid_input("allowRedisplay", "UNKNOWN can't be set.")
    return value.word


_BILLING_DETAILS = ("name", "email", "phone")
_ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")


def _billing_details(input: BillingDetailsInput | None) -> Value | None:
    if not _given(input):
        return None
    if input is None:
        return dict.fromkeys((*_BILLING_DETAILS, "address", "tax_id"), UNSET)
    members = _members(input, _BILLING_DETAILS)
    if _given(input.address):
        members["address"] = _address(input.address)
    return members


def _address(input: AddressInput | None) -> Value:
    return UNSET if input is None else _members(input, _ADDRESS)


def _card(input: CardUpdateInput | None) -> Value | None:
    if not _given(input):
        return None
    if input is None:
        raise invalid_input("card", "A card can't be cleared.")
    members: Params = {}
    for name, field in (("exp_month", "expMonth"), ("exp_year", "expYear")):
        value = getattr(input, name)
        if value is None:
            raise invalid_input(f"card.{field}", "A card's expiry can't be cleared.")
        if _given(value):
            members[name] = value
    if _given(input.preferred_network):
        members["networks"] = {"preferred": _network(input)}
    return members


def _network(input: CardUpdateInput) -> str:
    if input.preferred_network is None:
        return UNSET
    if input.preferred_network.name == "UNKNOWN":
        raise invalid_input("card.preferredNetwork", "UNKNOWN can't be set.")
    return input.preferred_network.word


def _metadata(value: Any) -> Value | None:
    if not _given(value):
        return None
    if value is None:
        return UNSET
    if not isinstance(value, dict):
        raise invalid_input("metadata", "Metadata is an object of strings.")
    return {_metadata_name(name): _metadata_value(item) for name, item in value.items()} or None


def _metadata_name(name: str) -> str:
    if not name or "[" in name or "]" in name:
        raise invalid_input("metadata", "A name in metadata is not empty and has no square brackets.")
    return name


def _metadata_value(value: Any) -> str:
    if value is None:
        return UNSET
    if not isinstance(value, str) or not value:
        raise invalid_input(
            "metadata", "A value in metadata is a string that is not empty, or null to take the name out."
        )
    return value
