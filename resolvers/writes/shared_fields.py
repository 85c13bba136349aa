"""Fields of the mutations' inputs and payloads."""

from __future__ import annotations

from typing import Any

import strawberry


def required(description: str) -> Any:
    """An input field that must be given."""
    return strawberry.field(description=description)


def optional(description: str, *, default: Any = None) -> Any:
    """An input field that may be omitted. With the default None, it may also be null, which means the same."""
    return strawberry.field(default=default, description=description)


def idempotency_key(*, required: str = "") -> Any:
    """The input field `idempotencyKey`. `required` says when, if at all."""
    return optional(
        "Identifies this request for retries. The same key with the same input is executed once and gets the same "
        f"result, also after a lost response. 1 to 255 characters. {required}If null or omitted, the service generates "
        "a key for this request."
    )


def customer_id(*, but: str = "") -> Any:
    """The input field `customerId`."""
    return optional(
        f"Id of the customer, cus_… If this and customerAccountId are null or omitted, the caller's own customer. Only "
        f"a service, or any caller of the sandbox, may name a customer other than its own{but}."
    )


def customer_account_id() -> Any:
    """The input field `customerAccountId`."""
    return optional("Id of the Account that represents the customer, acct_… Used instead of customerId.")


def confirmation_token_id(*, only: str = "") -> Any:
    """The input field `confirmationTokenId`. `only` says when it can be used, if not always."""
    return optional(
        "Id of a ConfirmationToken, ctoken_…, that the customer's device created. It contains the payment method, and "
        f"may contain returnUrl and mandate. {only}Used instead of paymentMethodId."
    )


def return_url() -> Any:
    """The input field `returnUrl` of a confirmation."""
    return optional(
        "The URL that the bank's page sends the customer back to. Null has the same meaning as omitting it."
    )


def result(description: str) -> Any:
    """A payload field, which a rejected mutation leaves null."""
    return strawberry.field(default=None, description=f"{description} Null if the mutation was rejected.")


def errors() -> Any:
    """The payload field `errors`."""
    description = (
        "Errors that the client or its user can correct. Empty if and only if the mutation succeeded completely."
    )
    return strawberry.field(default_factory=list, description=description)
