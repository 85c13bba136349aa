"""A PaymentIntent: a payment, which may also save its payment method."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.context import link
from schema.customer import Customer
from schema.hidden_fields import metadata
from schema.node import Node
from schema.open_enum import UNKNOWN_VALUE, OpenEnum, enum_value
from schema.payment_methods.payment_method import PaymentMethod
from schema.reading import member, stripe_type
from schema.scalars import JSON
from schema.setup_intents.next_action import NextAction
from schema.setup_intents.setup_error import SetupError
from schema.setup_intents.setup_intent import SetupIntentUsage


@strawberry.enum(description="The status of a PaymentIntent.")
class PaymentIntentStatus(OpenEnum):
    CANCELED = enum_value("canceled", "It was canceled. Nothing is paid.")
    PROCESSING = enum_value(
        "processing",
        "The bank is processing the payment, for example a debit, which takes days. Query it again "
        "later. Don't deliver yet, and don't pay again.",
    )
    REQUIRES_ACTION = enum_value(
        "requires_action", "The customer must act, for example for 3-D Secure. nextAction has the details."
    )
    REQUIRES_CAPTURE = enum_value(
        "requires_capture", "The amount is authorized, and must be captured. This service does not capture."
    )
    REQUIRES_CONFIRMATION = enum_value("requires_confirmation", "It has a payment method, and must be confirmed.")
    REQUIRES_PAYMENT_METHOD = enum_value(
        "requires_payment_method", "It needs a payment method, or another one after a failed attempt. Nothing is paid."
    )
    SUCCEEDED = enum_value("succeeded", "It is paid.")
    UNKNOWN = UNKNOWN_VALUE


@stripe_type(
    "A payment, including the authentication that the bank requires. The shop's server creates it, and the "
    "customer's own device confirms it with clientSecret. With setupFutureUsage, Stripe attaches the payment "
    "method to the customer when the payment succeeds."
)
class PaymentIntent(Node):
    client_secret: str | None = member(
        "The secret with which the customer's own device confirms the PaymentIntent. Send it to no one else, and "
        "never log or store it. Null if Stripe sends none."
    )
    amount: int = member("The amount to pay, in the currency's smallest unit: 1099 is 10.99 USD, and 1099 JPY.")
    amount_received: int = member(
        "The amount that was paid, in the currency's smallest unit. 0 until the payment succeeds."
    )
    currency: str = member("The currency's code of ISO 4217 in lower case, for example usd.")
    created: datetime = member("When the PaymentIntent was created.")
    customer_account: strawberry.ID | None = member(
        "Id of the Account that represents the customer, acct_… Null unless Accounts v2 is used."
    )
    description: str | None = member("A text that describes it. Null if there is none.")
    last_payment_error: SetupError | None = member("Why the last attempt failed. Null if none failed.")
    livemode: bool = member("Whether the PaymentIntent exists in live mode. False in test mode and in the sandbox.")
    metadata: JSON = metadata("Key-value pairs of strings that the Stripe account's owner attached to it.")
    next_action: NextAction | None = member("The action that the customer must take. Null if none is required.")
    setup_future_usage: SetupIntentUsage | None = member(
        "The later payments that the payment method is saved for. Null if it is not saved."
    )
    status: PaymentIntentStatus = member("The status.")
    customer: Customer | None = link(
        lambda links: links.customer_of, "The customer that pays. Null if there is none, or if the customer is deleted."
    )
    payment_method: PaymentMethod | None = link(
        lambda links: links.payment_method_of,
        "The payment method that pays. Null if there is none yet, after a failed attempt, or if it no longer exists.",
    )
