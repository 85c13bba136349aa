"""updatePaymentMethod: an omitted field is left unchanged. Null clears a field; Stripe expects an empty string."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors.exceptions import forbidden, invalid_input
from resolvers.errors.stripe_refusals import COUNTRY_CODE_REQUIRED, NETWORK_UNAVAILABLE
from resolvers.reads.lookahead import PaymentMethodSelection
from resolvers.reads.selection import Below, Selection
from resolvers.references import member_at
from resolvers.writes import shared_fields
from resolvers.writes.metadata import metadata_parameter
from resolvers.writes.write import Write, mutation
from schema.connection import AllowRedisplay
from schema.errors import InvalidInputError, NotAttachedError, UserError
from schema.payment_methods.card import CardBrand
from schema.payment_methods.payment_method import PaymentMethod
from schema.scalars import JSON
from stripe_api import StripeObject
from stripe_api.form import Value

UNSET = ""
"""Stripe reads an empty string as null."""

Params = dict[str, Value | None]

_UNCHANGED = "An omitted field stays as it is, null clears it, and an empty string is rejected."


def _optional(description: str) -> Any:
    return shared_fields.optional(description, default=strawberry.UNSET)


@strawberry.input(description=f"A postal address. {_UNCHANGED}")
class AddressInput:
    line1: str | None = _optional("Street address, post-office box or company.")
    line2: str | None = _optional("Apartment, suite, unit or building.")
    city: str | None = _optional("City, district, suburb, town or village.")
    state: str | None = _optional("State, county, province or region.")
    postal_code: str | None = _optional("ZIP or postal code.")
    country: str | None = _optional("Two-letter country code (ISO 3166-1 alpha-2), for example US.")


@strawberry.input(description=f"The payer's details. {_UNCHANGED}")
class BillingDetailsInput:
    name: str | None = _optional("Full name.")
    email: str | None = _optional("Email address.")
    phone: str | None = _optional("Phone number, including the extension.")
    address: AddressInput | None = _optional("Billing address. Null clears the whole address.")


@strawberry.input(description="The parts of a card that can change. An omitted field is left unchanged.")
class CardUpdateInput:
    exp_month: int | None = _optional("Expiry month, 1 to 12. Can't be cleared.")
    exp_year: int | None = _optional("Expiry year, four digits. Can't be cleared.")
    preferred_network: CardBrand | None = _optional(
        "For a co-branded card, the network that the cardholder prefers: one of networks.available. Null clears it."
    )


@strawberry.input(description=f"The changes to a saved payment method. {_UNCHANGED}")
class UpdatePaymentMethodInput:
    payment_method_id: strawberry.ID = shared_fields.required("Id of the payment method, pm_…")
    allow_redisplay: AllowRedisplay | None = _optional(
        "Whether a later checkout may show the payment method again. Null sets UNSPECIFIED."
    )
    billing_details: BillingDetailsInput | None = _optional(
        "The payer's details. Null clears all of them: name, email, phone, address and taxId."
    )
    card: CardUpdateInput | None = _optional("The parts of a card that can change. Can't be cleared.")
    metadata: JSON | None = _optional(
        "An object of strings, which is merged into the existing metadata. A key with the value null is removed; null "
        "for the whole object removes all keys. An empty string as a value is rejected."
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of updating a payment method.")
class UpdatePaymentMethodPayload:
    payment_method: PaymentMethod | None = shared_fields.result("The payment method after the update.")
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=UpdatePaymentMethodPayload):
    payment_method = Below(lambda: PaymentMethodSelection)


@mutation("Updates a saved payment method: POST /v1/payment_methods/:id.", errors=(NotAttachedError,))
async def update(write: Write, input: UpdatePaymentMethodInput) -> UpdatePaymentMethodPayload:
    context = write.context
    params = parameters(input)
    if params["metadata"] is not None and context.hides("metadata"):
        raise forbidden("Only services can set metadata. Omit it.")
    await context.access.prove_payment_method(input.payment_method_id)
    json = await write.send(
        "update",
        context.stripe.payment_methods.update,
        input.payment_method_id,
        params,
        expand=write.expand(write.selection(_Selection).payment_method),
    )
    return UpdatePaymentMethodPayload(payment_method=PaymentMethod(json), errors=_rejected_network(input, json))


def parameters(input: UpdatePaymentMethodInput) -> Params:
    """The input as Stripe's parameters. Raises MutationRejected for a value that can't be sent."""
    return {
        "allow_redisplay": _allow_redisplay(input.allow_redisplay),
        "billing_details": _billing_details(input.billing_details),
        "card": _card(input.card),
        "metadata": metadata_parameter(input.metadata) if _given(input.metadata) else None,
    }


def _given(value: Any) -> bool:
    return value is not strawberry.UNSET


def _members(input: Any) -> Params:
    """The fields that the input contains; null as an empty string."""
    values = {field.name: getattr(input, field.name) for field in dataclasses.fields(input)}
    return {name: UNSET if value is None else value for name, value in values.items() if _given(value)}


def _allow_redisplay(value: AllowRedisplay | None) -> Value | None:
    if not _given(value):
        return None
    return "unspecified" if value is None else value.stripe_value


_COUNTRY = re.compile(r"[A-Za-z]{2}")


def _billing_details(input: BillingDetailsInput | None) -> Value | None:
    if not _given(input):
        return None
    if input is None:
        return dict.fromkeys(("name", "email", "phone", "address", "tax_id"), UNSET)
    members = _members(input)
    if isinstance(input.address, AddressInput):
        members["address"] = _address(input.address)
    return members


def _address(input: AddressInput) -> Value:
    if isinstance(input.country, str) and not _COUNTRY.fullmatch(input.country):
        raise invalid_input("billingDetails.address.country", COUNTRY_CODE_REQUIRED)
    return _members(input)


_EXPIRY: Mapping[str, tuple[int, int]] = {"exp_month": (1, 12), "exp_year": (1000, 9999)}
"""The ranges of the numbers in a card's expiry date."""


def _card(input: CardUpdateInput | None) -> Value | None:
    if not _given(input):
        return None
    if input is None:
        raise invalid_input("card", "A card can't be cleared.")
    members: Params = {}
    for name, (low, high) in _EXPIRY.items():
        value, field = getattr(input, name), f"card.{to_camel_case(name)}"
        if value is None:
            raise invalid_input(field, "A card's expiry can't be cleared.")
        if _given(value) and not low <= value <= high:
            raise invalid_input(field, f"Give a number from {low} to {high}.")
        if _given(value):
            members[name] = value
    if _given(input.preferred_network):
        members["networks"] = {"preferred": _network(input)}
    return members


def _network(input: CardUpdateInput) -> str:
    if input.preferred_network is None:
        return UNSET
    if input.preferred_network.name not in _PREFERABLE:
        raise invalid_input(_NETWORK, f"Stripe lets only these be preferred: {', '.join(_PREFERABLE)}. Choose one.")
    return input.preferred_network.stripe_value


def _rejected_network(input: UpdatePaymentMethodInput, json: StripeObject) -> list[UserError]:
    """The error for a network on which the card does not run. Stripe may store it as an invalid preference."""
    requested = isinstance(input.card, CardUpdateInput) and _given(input.card.preferred_network)
    rejected = requested and member_at(json, "card", "networks", "preferred") == "invalid_preference"
    return [InvalidInputError.at(_NETWORK, NETWORK_UNAVAILABLE)] if rejected else []


_NETWORK = "card.preferredNetwork"
_PREFERABLE = ("CARTES_BANCAIRES", "MASTERCARD", "VISA")
