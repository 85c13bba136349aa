"""The customer's agreement to debits: the input, and Stripe's parameter `mandate_data`."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import strawberry

from resolvers.errors.exceptions import forbidden, invalid_input
from resolvers.writes import shared_fields
from resolvers.writes.input_checks import MAX_TEXT
from stripe_api.form import Value

if TYPE_CHECKING:
    from resolvers.context import RequestContext


@strawberry.input(description="The customer's agreement on a website or in an app.")
class OnlineAcceptanceInput:
    ip_address: str = shared_fields.required(
        "The address of the customer's device, IPv4 or IPv6. For a CUSTOMER, the service uses the address that the "
        "request came from instead."
    )
    user_agent: str = shared_fields.required(
        "The user agent of the customer's browser or app. For a CUSTOMER, the service uses the User-Agent of "
        "the request instead."
    )


@strawberry.input(description="The customer's agreement outside of the internet, for example on paper.")
class OfflineAcceptanceInput:
    accepted_at: datetime = shared_fields.required("When the customer agreed.")


@strawberry.input(
    one_of=True,
    description=(
        "How the customer agreed to debits from their account. For a CUSTOMER only online, and only if the operator "
        "allows it; FORBIDDEN otherwise."
    ),
)
class MandateInput:
    online: OnlineAcceptanceInput | None = shared_fields.optional(
        "The customer agreed on a website or in an app, just before this request.", default=strawberry.UNSET
    )
    offline: OfflineAcceptanceInput | None = shared_fields.optional(
        "The customer agreed in another way, for example on paper.", default=strawberry.UNSET
    )


def mandate() -> Any:
    """The input field `mandate`."""
    return shared_fields.optional(
        "The customer's agreement to debits. Bank debits such as SEPA require it, and cards don't need it. Null has "
        "the same meaning as omitting it."
    )


def mandate_data(context: RequestContext, mandate: MandateInput | None) -> Value | None:
    """Stripe's parameter. Raises MutationRejected for a value that is not accepted, or FORBIDDEN."""
    if mandate is None:
        return None
    online, offline = mandate.online or None, mandate.offline or None
    if context.access.own is not None:
        online, offline = _of_request(context, online), None
    if offline is not None:
        return {"customer_acceptance": {"type": "offline", "accepted_at": int(offline.accepted_at.timestamp())}}
    assert online is not None
    _check(online)
    device: Value = {"ip_address": online.ip_address, "user_agent": online.user_agent}
    return {"customer_acceptance": {"type": "online", "online": device}}


def _of_request(context: RequestContext, online: OnlineAcceptanceInput | None) -> OnlineAcceptanceInput:
    """The acceptance with the device that sent the request: a customer's input does not prove which one it was."""
    if context.device is None:
        raise forbidden(
            "A customer can't give a mandate here. Omit it, and confirm on the customer's device with clientSecret."
        )
    if online is None:
        raise forbidden("A customer can only agree online. Give mandate.online.")
    return OnlineAcceptanceInput(ip_address=context.device.address, user_agent=context.device.user_agent)


def _check(online: OnlineAcceptanceInput) -> None:
    try:
        ipaddress.ip_address(online.ip_address)
    except ValueError:
        message = "This is not an IP address. Give the one of the customer's device, for example 203.0.113.7."
        raise invalid_input("mandate.online.ipAddress", message) from None
    if not 0 < len(online.user_agent) <= MAX_TEXT:
        message = f"Give the user agent of the customer's device, with at most {MAX_TEXT} characters."
        raise invalid_input("mandate.online.userAgent", message)
