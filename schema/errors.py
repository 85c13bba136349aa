"""Refusals that a person or a program can act on, as types."""

from __future__ import annotations

import enum

import strawberry

from schema.payment_method import PaymentMethod


@strawberry.enum(description="What kind of refusal it is; each error type has its own.")
class UserErrorCode(enum.Enum):
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="No such object, or not the caller's.")
    ALREADY_ATTACHED = strawberry.enum_value("ALREADY_ATTACHED", description="Attached to another customer.")
    NOT_ATTACHED = strawberry.enum_value("NOT_ATTACHED", description="Attached to nobody.")
    NOT_REUSABLE = strawberry.enum_value("NOT_REUSABLE", description="Detached or used up: it works no more.")
    CARD_DECLINED = strawberry.enum_value("CARD_DECLINED", description="The issuer refused the card.")
    INVALID_INPUT = strawberry.enum_value("INVALID_INPUT", description="A value of the input can't be used.")
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="The customer has the same instrument already.")
    IN_USE = strawberry.enum_value("IN_USE", description="It is the default or pays a subscription.")
    DEFAULT_NOT_SET = strawberry.enum_value(
        "DEFAULT_NOT_SET", description="Attached, as the payload shows, but not known to be the default."
    )
    INVALID_STATE = strawberry.enum_value("INVALID_STATE", description="A SetupIntent that is past the step asked for.")
    IDEMPOTENCY_CONFLICT = strawberry.enum_value(
        "IDEMPOTENCY_CONFLICT", description="The idempotency key belongs to another request."
    )


@strawberry.interface(
    description=(
        "A refusal that a person or a program can act on. Faults of the service or of Stripe are top-level errors."
    )
)
class UserError:
    message: str = strawberry.field(description="What happened and what to do, for people.")
    code: UserErrorCode = strawberry.field(description="What happened, for programs.")
    path: list[str] | None = strawberry.field(
        default=None, description='Where in the input, for example ["input", "customerId"]. Null when nowhere in it.'
    )
    request_id: str | None = strawberry.field(
        default=None,
        description=(
            "Stripe's request id, for support. Null if Stripe was not asked, and in a customer's NotFoundError."
        ),
    )


@strawberry.type(description="No such object, or not the caller's: the two are told apart nowhere.")
class NotFoundError(UserError):
    pass


@strawberry.type(description="The payment method is attached to another customer.")
class AlreadyAttachedError(UserError):
    pass


@strawberry.type(description="The payment method is attached to nobody, so that it can't be detached.")
class NotAttachedError(UserError):
    pass


@strawberry.type(
    description="The payment method was detached, or used once without a customer: Stripe lets it be used no more."
)
class NotReusableError(UserError):
    pass


@strawberry.type(description="The card's issuer said no. The message may be shown to the card's holder.")
class CardDeclinedError(UserError):
    decline_code: str | None = strawberry.field(
        default=None, description="The issuer's reason in Stripe's word, for example insufficient_funds."
    )
    advice_code: str | None = strawberry.field(
        default=None, description="What to do next in Stripe's word, for example try_again_later."
    )


@strawberry.type(description="A value of the input can't be used. path says which, and message what to do.")
class InvalidInputError(UserError):
    pass


@strawberry.type(
    description=(
        "The payment method was attached, and the payload shows it, but nobody knows it to be the default: that "
        "failed, or its answer was lost, as message tells. "
        "The same request with the same idempotencyKey tries the rest again; so does setDefaultPaymentMethod."
    )
)
class DefaultNotSetError(UserError):
    pass


@strawberry.type(description="The customer has the same instrument already: same fingerprint and expiry.")
class DuplicatePaymentMethodError(UserError):
    existing: PaymentMethod = strawberry.field(description="The method that the customer has.")


@strawberry.type(description="The payment method is its customer's default, or pays a subscription.")
class PaymentMethodInUseError(UserError):
    is_default: bool = strawberry.field(
        description=(
            "Whether it is the default of invoices and subscriptions: the customer's default payment method or, where "
            "there is none, their legacy default source."
        )
    )
    active_subscription_count: int = strawberry.field(
        description=(
            "How many subscriptions it pays that are charged automatically and active, trialing, past due or unpaid."
        )
    )


@strawberry.type(description="The SetupIntent is past the step asked for, or not there yet; its status tells.")
class InvalidStateError(UserError):
    pass


@strawberry.type(description="The idempotency key was used before with other input.")
class IdempotencyConflictError(UserError):
    pass


USER_ERRORS = tuple(UserError.__subclasses__())
"""All error types, which no field names by itself."""
