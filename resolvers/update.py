"""Updating a payment method: left out means unchanged, null clears, and the form encoding says so to Stripe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import strawberry

from resolvers import expansion
from resolvers.errors import COUNTRY, FORBIDDEN, UNAVAILABLE_NETWORK, Fault, Refused, invalid_input
from resolvers.idempotency import keys
from resolvers.selection import Selection
from schema.connection import AllowRedisplay
from schema.errors import UserError
from schema.payloads import (
    AddressInput,
    BillingDetailsInput,
    CardUpdateInput,
    UpdatePaymentMethodInput,
    UpdatePaymentMethodPayload,
)
from schema.payment_method import PaymentMethod
from stripe_api import StripeObject
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
        expand=context.expand_of_write(expansion.of_payment_method(selection), expansion.ALL_OF_PAYMENT_METHOD),
        idempotency_key=keys(context.caller, "updatePaymentMethod", input.idempotency_key)("update"),
    )
    context.forget_reads()
    return UpdatePaymentMethodPayload(payment_method=PaymentMethod(json), errors=_refused_network(input, json))


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
_COUNTRY = re.compile(r"[A-Za-z]{2}")
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
    if input is None:
        return UNSET
    if isinstance(input.country, str) and not _COUNTRY.fullmatch(input.country):
        raise invalid_input("billingDetails.address.country", COUNTRY)
    return _members(input, _ADDRESS)


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
            members[name] = _in_range(value, field)
    if _given(input.preferred_network):
        members["networks"] = {"preferred": _network(input)}
    return members


def _in_range(value: int, field: str) -> int:
    low, high = _EXPIRY_RANGES[field]
    if not low <= value <= high:
        raise invalid_input(f"card.{field}", f"Give a number from {low} to {high}.")
    return value


_EXPIRY_RANGES = {"expMonth": (1, 12), "expYear": (1000, 9999)}


def _network(input: CardUpdateInput) -> str:
    if input.preferred_network is None:
        return UNSET
    if input.preferred_network.name not in _PREFERABLE:
        raise invalid_input(_NETWORK, f"Stripe lets only these be preferred: {', '.join(_PREFERABLE)}. Choose one.")
    return input.preferred_network.word


def _refused_network(input: UpdatePaymentMethodInput, json: StripeObject) -> list[UserError]:
    """The error for a network on which the card does not run, which Stripe may store as an invalid preference."""
    card = json.get("card")
    networks = card.get("networks") if isinstance(card, dict) else None
    preferred = networks.get("preferred") if isinstance(networks, dict) else None
    asked = input.card is not None and _given(input.card) and _given(input.card.preferred_network)
    return [invalid_input(_NETWORK, UNAVAILABLE_NETWORK).error] if asked and preferred == "invalid_preference" else []


_NETWORK = "card.preferredNetwork"
_PREFERABLE = ("CARTES_BANCAIRES", "MASTERCARD", "VISA")
_MAX_KEYS, _MAX_KEY, _MAX_VALUE = 50, 40, 500


def _metadata(value: Any) -> Value | None:
    if not _given(value):
        return None
    if value is None:
        return UNSET
    if not isinstance(value, dict):
        raise _invalid_metadata("Metadata is an object of strings. Send one, or null to remove all keys.")
    kept = sum(item is not None for item in value.values())
    if kept > _MAX_KEYS:
        raise _invalid_metadata(f"Metadata can have at most {_MAX_KEYS} keys. This has {kept}: send fewer.")
    return {_metadata_key(key): _metadata_value(key, item) for key, item in value.items()} or None


def _metadata_key(key: str) -> str:
    if not key:
        raise _invalid_metadata("A metadata key must not be empty. Name it.")
    if "[" in key or "]" in key:
        raise _invalid_metadata(f'The metadata key "{_shortened(key)}" has square brackets. Use a key without them.')
    if len(key) > _MAX_KEY:
        raise _invalid_metadata(
            f'The metadata key "{_shortened(key)}" has {len(key)} characters. Use at most {_MAX_KEY}.'
        )
    return key


def _metadata_value(key: str, value: Any) -> str:
    if value is None:
        return UNSET
    if not isinstance(value, str) or not value:
        raise _invalid_metadata(
            f'The value of the metadata key "{key}" must be a string that is not empty, or null to remove the key.'
        )
    if len(value) > _MAX_VALUE:
        raise _invalid_metadata(
            f'The value of the metadata key "{key}" has {len(value)} characters. Use at most {_MAX_VALUE}.'
        )
    return value


def _invalid_metadata(message: str) -> Refused:
    return invalid_input("metadata", message)


def _shortened(key: str) -> str:
    return key if len(key) <= _MAX_KEY else f"{key[:_MAX_KEY]}…"
