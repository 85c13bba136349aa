"""A SetupIntent: the recommended way to save a payment method."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.context import link
from schema.customer import Customer
from schema.hidden_fields import metadata
from schema.node import Node
from schema.open_enum import ONLY_IN_RESULTS, UNKNOWN_VALUE, OpenEnum, enum_value
from schema.payment_methods.payment_method import PaymentMethod
from schema.reading import member, stripe_type
from schema.scalars import JSON
from schema.setup_intents.mandate import Mandate
from schema.setup_intents.next_action import NextAction
from schema.setup_intents.setup_error import SetupError


@strawberry.enum(description="The status of a SetupIntent.")
class SetupIntentStatus(OpenEnum):
    CANCELED = enum_value("canceled", "It was canceled. Create a new SetupIntent to try again.")
    PROCESSING = enum_value("processing", "The bank is processing it. Query it again later.")
    REQUIRES_ACTION = enum_value(
        "requires_action", "The customer must act, for example for 3-D Secure. nextAction has the details."
    )
    REQUIRES_CONFIRMATION = enum_value("requires_confirmation", "It has a payment method, and must be confirmed.")
    REQUIRES_PAYMENT_METHOD = enum_value(
        "requires_payment_method", "It needs a payment method, or another one after a failed attempt."
    )
    SUCCEEDED = enum_value("succeeded", "It succeeded: the payment method is saved.")
    UNKNOWN = UNKNOWN_VALUE


@strawberry.enum(
    description=(
        "The intended use of a saved payment method. It determines the authentication that the bank requires now. "
        f"{ONLY_IN_RESULTS}"
    )
)
class SetupIntentUsage(OpenEnum):
    OFF_SESSION = enum_value("off_session", "Payments with and without the customer present.")
    ON_SESSION = enum_value("on_session", "Only payments while the customer is present.")
    UNKNOWN = UNKNOWN_VALUE


@stripe_type(
    "The process of saving a payment method, including the authentication that its bank requires. The service "
    "creates it, and the customer's own device confirms it with clientSecret. On success, Stripe attaches the "
    "payment method to the customer."
)
class SetupIntent(Node):
    client_secret: str | None = member(
        "The secret with which the customer's own device confirms the SetupIntent. Send it to no one else, and "
        "never log or store it. Null if Stripe sends none."
    )
    created: datetime = member("When the SetupIntent was created.")
    livemode: bool = member("Whether the SetupIntent exists in live mode. False in test mode and in the sandbox.")
    status: SetupIntentStatus = member("The status.")
    usage: SetupIntentUsage = member("The intended use of the payment method.")
    last_setup_error: SetupError | None = member("Why the last attempt failed. Null if none failed.")
    next_action: NextAction | None = member("The action that the customer must take. Null if none is required.")
    cancellation_reason: str | None = member(
        "Why it was canceled: abandoned, duplicate or requested_by_customer. Null if it is not canceled, or if no "
        "reason was given."
    )
    customer_account: strawberry.ID | None = member(
        "Id of the Account that represents the customer, acct_… Null unless Accounts v2 is used."
    )
    description: str | None = member("A text that describes it. Null if there is none.")
    metadata: JSON = metadata("Key-value pairs of strings that the Stripe account's owner attached to it.")
    payment_method_types: list[str] = member(
        "Stripe's names of the types of payment methods that it accepts, for example card and sepa_debit."
    )
    customer: Customer | None = link(
        lambda links: links.customer_of,
        "The customer that the payment method will be attached to. Null if there is none, or if the customer is "
        "deleted.",
    )
    payment_method: PaymentMethod | None = link(
        lambda links: links.payment_method_of,
        "The payment method being saved. Null if there is none yet, or if it no longer exists.",
    )
    mandate: Mandate | None = link(
        lambda links: links.mandate_of,
        "The customer's agreement to debits. Null if the payment method needs none, such as a card, or before success.",
    )
