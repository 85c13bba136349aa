"""The checks of a confirmation that SetupIntents and PaymentIntents share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors.exceptions import invalid_input
from resolvers.errors.stripe_refusals import RETURN_URL_REQUIRED
from stripe_api import StripeObject
from stripe_api.form import Value


class Confirmation(Protocol):
    """The members of an input on which redirects depend."""

    confirmation_token_id: strawberry.ID | None
    return_url: str | None


class Creation(Confirmation, Protocol):
    """The input of a mutation that creates an intent, and may confirm it."""

    confirm: bool


def check_only_with_confirm(input: Creation, names: Sequence[str]) -> None:
    """Raises MutationRejected for an input field that has no meaning without `confirm`."""
    for name in names:
        if not input.confirm and getattr(input, name) not in (None, False):
            field = to_camel_case(name)
            raise invalid_input(field, f"Give {field} only with confirm. Without confirm, omit it.")


def check_return_url(intent: StripeObject | None, input: Confirmation) -> None:
    """Raises MutationRejected, as Stripe would, if the intent allows redirects and there is no URL to return to.

    `intent` is None if it was not read: then Stripe alone checks.
    """
    if intent is not None and not _may_have_url(input) and _may_redirect(intent):
        raise invalid_input("returnUrl", RETURN_URL_REQUIRED)


def dashboard_types(input: Creation) -> dict[str, Value | None]:
    """Stripe's parameters for the types of payment methods that are on in the Dashboard.

    Those that redirect are not allowed if there is no URL to return to.
    """
    methods: dict[str, Value | None] = {"enabled": True}
    if input.confirm and not _may_have_url(input):
        methods["allow_redirects"] = "never"
    return {"automatic_payment_methods": methods}


def _may_have_url(input: Confirmation) -> bool:
    # A ConfirmationToken may contain the URL.
    return input.return_url is not None or input.confirmation_token_id is not None


def _may_redirect(intent: StripeObject) -> bool:
    methods = intent.get("automatic_payment_methods")
    return isinstance(methods, dict) and methods.get("enabled") is True and methods.get("allow_redirects") != "never"
