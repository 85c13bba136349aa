"""The action that a customer must take before a payment method is saved or pays, for example on the bank's page."""

from __future__ import annotations

from datetime import datetime

from schema.reading import View, computed, member, stripe_type
from schema.scalars import JSON


@stripe_type("The verification of a bank account by one or two small deposits, which Stripe has sent to it.")
class MicrodepositVerification(View):
    arrival_date: datetime = member("When the deposits are expected on the bank account.")
    hosted_verification_url: str = member(
        "The URL of Stripe's page on which the customer verifies the bank account. The URL is a secret: send it to "
        "the customer only. verifyMicrodeposits does the same without that page."
    )
    microdeposit_type: str = member(
        "What the customer reads on the bank statement: amounts (two amounts) or descriptor_code (a code). unknown "
        "if Stripe sends none.",
        absent="unknown",
    )


@stripe_type(
    "The action that the customer must take before the payment method can be saved or pay. It is for the "
    "customer's own device: some of its values are secrets of this one setup or payment."
)
class NextAction(View):
    type: str = member(
        "Stripe's name of the action, for example redirect_to_url, verify_with_microdeposits or use_stripe_sdk. "
        "For a type without a field here, Stripe's client libraries take json.",
        absent="unknown",
    )
    redirect_to_url: str | None = member(
        "The URL to send the customer to, for example the bank's page. Set if type is redirect_to_url.",
        path=("redirect_to_url", "url"),
    )
    return_url: str | None = member(
        "The URL that the page at redirectToUrl sends the customer back to. Null if the confirmation had none.",
        path=("redirect_to_url", "return_url"),
    )
    verify_with_microdeposits: MicrodepositVerification | None = member(
        "The deposits to verify. Set if type is verify_with_microdeposits."
    )
    json: JSON = computed(
        lambda action: action.json,
        "The complete object as Stripe sent it, for Stripe's client libraries on the customer's device. It may "
        "contain secrets of this setup or payment. As with clientSecret: send it to no one else, and never log or "
        "store it.",
    )  # type: ignore[assignment]  # View's attribute has the same object.
