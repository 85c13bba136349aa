"""User errors and their messages. A person or a program can act on each of them.

Adding an error: one code, one class with its `error_code` and `default_message`.
"""

from __future__ import annotations

import enum
from typing import Any, Self

import strawberry

from schema.open_enum import enum_value
from schema.payment_methods.payment_method import PaymentMethod


@strawberry.enum(description="The kind of user error. Each error type has one code.")
class UserErrorCode(enum.Enum):
    NOT_FOUND = enum_value("NOT_FOUND", "The object does not exist, or the caller may not access it.")
    ALREADY_ATTACHED = enum_value("ALREADY_ATTACHED", "The payment method is attached to another customer.")
    NOT_ATTACHED = enum_value("NOT_ATTACHED", "The payment method is not attached to a customer.")
    NOT_REUSABLE = enum_value("NOT_REUSABLE", "The payment method was detached or used up, and can't be used again.")
    NOT_SAVEABLE = enum_value("NOT_SAVEABLE", "Stripe does not allow payment methods of this type to be saved.")
    CARD_DECLINED = enum_value("CARD_DECLINED", "The issuer declined the card.")
    DECLINED = enum_value("DECLINED", "A bank or a provider declined the payment method, which is not a card.")
    INVALID_INPUT = enum_value("INVALID_INPUT", "A value in the input is not accepted.")
    DUPLICATE = enum_value("DUPLICATE", "The customer already has the same card or account.")
    IN_USE = enum_value("IN_USE", "The payment method is the customer's default, or pays for a subscription.")
    DEFAULT_NOT_SET = enum_value("DEFAULT_NOT_SET", "The payment method is saved, but not confirmed as the default.")
    SUBSCRIPTIONS_NOT_MOVED = enum_value(
        "SUBSCRIPTIONS_NOT_MOVED", "The payment method is saved, but subscriptions were not confirmed to use it."
    )
    ALLOW_REDISPLAY_NOT_SET = enum_value(
        "ALLOW_REDISPLAY_NOT_SET", "The payment method was saved, but allowRedisplay was not set."
    )
    VERIFICATION_FAILED = enum_value(
        "VERIFICATION_FAILED", "The bank account could not be verified with small deposits."
    )
    INVALID_STATE = enum_value(
        "INVALID_STATE", "The status of the SetupIntent or PaymentIntent does not allow this step."
    )
    IDEMPOTENCY_CONFLICT = enum_value("IDEMPOTENCY_CONFLICT", "The idempotency key was already used with other input.")


@strawberry.interface(
    description=(
        "An error that a person or a program can act on. Failures of the service or of Stripe are top-level errors."
    )
)
class UserError:
    message: str = strawberry.field(
        description="A human-readable explanation in English, with advice on how to proceed."
    )
    code: UserErrorCode = strawberry.field(description="The kind of error.")
    path: list[str] | None = strawberry.field(
        default=None,
        description='The input field, for example ["input", "customerId"]. Null if the error concerns no single field.',
    )
    request_id: str | None = strawberry.field(
        default=None,
        description=(
            "Stripe's request id, for support. Null if Stripe was not called, and in a NotFoundError for a CUSTOMER."
        ),
    )

    @classmethod
    def at(cls, field: str | None, message: str | None = None, **details: Any) -> Self:
        """The error at an input field, as in `card.expMonth`, with the type's own code."""
        path = ["input", *field.split(".")] if field is not None else None
        return cls(message=message or cls.default_message, code=cls.error_code, path=path, **details)  # type: ignore[attr-defined]


@strawberry.type(
    description="The object does not exist, or the caller may not access it. Clients can't distinguish the two cases."
)
class NotFoundError(UserError):
    error_code = UserErrorCode.NOT_FOUND
    default_message = "No object has this id, or it is not yours."


@strawberry.type(description="The payment method is attached to another customer.")
class AlreadyAttachedError(UserError):
    error_code = UserErrorCode.ALREADY_ATTACHED
    default_message = "This payment method is attached to another customer. Use another payment method."


@strawberry.type(description="The payment method is not attached to a customer, as this mutation requires.")
class NotAttachedError(UserError):
    error_code = UserErrorCode.NOT_ATTACHED
    default_message = "This payment method is not attached to a customer. Attach it first."


@strawberry.type(
    description=(
        "The payment method was detached, or was used once without a customer. Stripe does not allow it to be used "
        "again."
    )
)
class NotReusableError(UserError):
    error_code = UserErrorCode.NOT_REUSABLE
    default_message = "This payment method was detached or used up, and can't be used again. Ask for a new one."


@strawberry.type(
    description="Stripe does not allow payment methods of this type to be saved, for example eps and most vouchers."
)
class NotSaveableError(UserError):
    error_code = UserErrorCode.NOT_SAVEABLE
    default_message = (
        "Payment methods of this type can't be saved. Use a payment method of another type, for example a card."
    )


@strawberry.type(description="The issuer declined the card. The message may be shown to the cardholder.")
class CardDeclinedError(UserError):
    error_code = UserErrorCode.CARD_DECLINED
    default_message = "The card was declined."

    decline_code: str | None = strawberry.field(
        default=None,
        description="Stripe's code for the issuer's reason, for example insufficient_funds. Null if not given.",
    )
    advice_code: str | None = strawberry.field(
        default=None,
        description="Stripe's code for what to do next, for example try_again_later. Null if not given.",
    )


@strawberry.type(
    description=(
        "A bank or a provider such as PayPal declined the payment method. Declined cards are CardDeclinedError. The "
        "message may be shown to the customer."
    )
)
class DeclinedError(UserError):
    error_code = UserErrorCode.DECLINED
    default_message = "The payment method was declined. Use another payment method."

    decline_code: str | None = strawberry.field(
        default=None,
        description="Stripe's code for the reason, for example payment_method_provider_decline. Null if not given.",
    )


@strawberry.type(description="A value in the input is not accepted. path names the field; message says what to do.")
class InvalidInputError(UserError):
    error_code = UserErrorCode.INVALID_INPUT
    default_message = "Stripe does not accept this value. Change it or omit it."


@strawberry.type(
    description=(
        "The payment method is saved, but it was not confirmed as the default: that step failed, its response was "
        "lost, or it waits for subscriptions that were not moved. To complete it, send the same request with the same "
        "idempotencyKey, or use setDefaultPaymentMethod."
    )
)
class DefaultNotSetError(UserError):
    error_code = UserErrorCode.DEFAULT_NOT_SET
    default_message = (
        "The payment method was saved, but it was not made the default. Send the same request again to complete it."
    )
    unknown_outcome_message = (
        "The payment method was saved, but whether it is the default is not known. "
        "Send the same request again to complete it."
    )


@strawberry.type(
    description=(
        "The payment method is saved, but some subscriptions were not confirmed to use it: Stripe refused the change, "
        "or its response was lost. The steps that follow were not done: no default was set, and no replaced payment "
        "method was detached. To complete it, send the same request with the same idempotencyKey."
    )
)
class SubscriptionsNotMovedError(UserError):
    error_code = UserErrorCode.SUBSCRIPTIONS_NOT_MOVED
    default_message = (
        "The payment method is saved, but some subscriptions still use their previous one. "
        "Send the same request again to complete it."
    )
    unknown_outcome_message = (
        "The payment method is saved, but whether all subscriptions use it is not known. "
        "Send the same request again to complete it."
    )

    subscription_ids: list[strawberry.ID] = strawberry.field(
        description="Ids of the subscriptions that were not confirmed to use it, sub_…"
    )


@strawberry.type(
    description=(
        "The customer already has the same card or account: same fingerprint, and for a card the same expiry date."
    )
)
class DuplicatePaymentMethodError(UserError):
    error_code = UserErrorCode.DUPLICATE
    default_message = "The customer already has this card or account."

    existing: PaymentMethod = strawberry.field(description="The payment method that the customer already has.")


@strawberry.type(description="The payment method is the customer's default, or pays for a subscription.")
class PaymentMethodInUseError(UserError):
    error_code = UserErrorCode.IN_USE
    default_message = (
        "This payment method is in use. Choose another default or another method for the subscriptions first."
    )

    is_default: bool = strawberry.field(
        description=(
            "Whether the payment method is the default for invoices and subscriptions: the customer's default payment"
            " method or, if the customer has none, the legacy default source."
        )
    )
    active_subscription_count: int = strawberry.field(
        description=(
            "The number of subscriptions that the payment method pays for. Counted are those that are charged "
            "automatically and are active, trialing, past due or unpaid."
        )
    )


@strawberry.type(
    description=(
        "The rest of the mutation took effect, and the payload contains it, but allowRedisplay was not set: that step "
        "failed, its response was lost, or the customer must act first. Set it with updatePaymentMethod, after the "
        "payment method is saved."
    )
)
class AllowRedisplayNotSetError(UserError):
    error_code = UserErrorCode.ALLOW_REDISPLAY_NOT_SET
    default_message = (
        "The value of allowRedisplay was not set. Set it with updatePaymentMethod once the payment method is saved."
    )


@strawberry.enum(description="Why a bank account could not be verified with small deposits.")
class VerificationFailure(enum.Enum):
    MISMATCH = enum_value("MISMATCH", "The amounts or the code don't match the deposits. The customer can try again.")
    NOT_SENT = enum_value("NOT_SENT", "The deposits could not be sent. The SetupIntent needs another payment method.")
    ATTEMPTS_EXCEEDED = enum_value(
        "ATTEMPTS_EXCEEDED", "All tries were used. The SetupIntent needs another payment method."
    )
    TIMEOUT = enum_value("TIMEOUT", "The time to verify is over. The SetupIntent needs another payment method.")


@strawberry.type(description="The bank account could not be verified with small deposits.")
class VerificationFailedError(UserError):
    error_code = UserErrorCode.VERIFICATION_FAILED
    default_message = "The bank account could not be verified with small deposits."

    reason: VerificationFailure = strawberry.field(description="Why.")
    attempts_remaining: int | None = strawberry.field(
        default=None, description="The number of tries that are left. Null if Stripe does not say."
    )


@strawberry.type(
    description=(
        "The status of the SetupIntent or PaymentIntent does not allow this step. Query status to see the next step. A "
        "PaymentIntent may be paid or processing: don't create another one before you know."
    )
)
class InvalidStateError(UserError):
    error_code = UserErrorCode.INVALID_STATE
    default_message = "The intent's status does not allow this step. Read the status to see which step is next."


@strawberry.type(description="The idempotency key was already used with other input.")
class IdempotencyConflictError(UserError):
    error_code = UserErrorCode.IDEMPOTENCY_CONFLICT
    default_message = "This idempotency key was used with other input. Use a new key."


USER_ERRORS = tuple(UserError.__subclasses__())
"""All error types. The schema lists them, because no field names them."""
