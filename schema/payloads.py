"""One input and one payload for each mutation."""

from __future__ import annotations

import enum

import strawberry

from schema.card import CardBrand
from schema.connection import AllowRedisplay, PaymentMethodEdge
from schema.customer import Customer
from schema.errors import UserError
from schema.payment_method import PaymentMethod
from schema.scalars import JSON
from schema.setup_intent import SetupIntent, SetupIntentUsage

_IDEMPOTENCY_KEY = (
    "Same key and same input: done once, answered alike, also after a lost answer. At most 255 characters; "
    "when it is null or left out, the service makes one for this request."
)
_ERRORS = "Why it was refused; empty exactly when the mutation did what was asked."


@strawberry.enum(
    description="What to do when the customer already has the same instrument: same fingerprint, for cards same expiry."
)
class DuplicatePolicy(enum.Enum):
    KEEP_BOTH = strawberry.enum_value("keep_both", description="Attach it all the same, without looking.")
    REUSE_EXISTING = strawberry.enum_value(
        "reuse_existing",
        description="Return the existing one, the oldest if there are several. The one given is detached for good.",
    )
    REPLACE_EXISTING = strawberry.enum_value(
        "replace_existing",
        description=(
            "Keep the one given, as the default if an existing one was the default. "
            "All existing ones are detached for good."
        ),
    )
    REJECT = strawberry.enum_value(
        "reject", description="Refuse with DuplicatePaymentMethodError. The one given is detached for good."
    )


@strawberry.input(description="Which method to attach, and to whom.")
class AttachPaymentMethodInput:
    payment_method_id: strawberry.ID = strawberry.field(
        description="Id of the method, pm_… A test token such as pm_card_visa makes a new method with an id of its own."
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "Whose wallet. The caller's own when this and customerAccountId are null or left out; "
            "only a service or the sandbox may name one."
        ),
    )
    customer_account_id: strawberry.ID | None = strawberry.field(
        default=None, description="In place of customerId: the Account that represents the customer, acct_…"
    )
    set_as_default: bool = strawberry.field(
        default=False, description="Make it the default of invoices and subscriptions as well."
    )
    on_duplicate: DuplicatePolicy = strawberry.field(
        default=DuplicatePolicy.KEEP_BOTH, description="What to do when the customer already has the same instrument."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.input(description="Which method to detach.")
class DetachPaymentMethodInput:
    payment_method_id: strawberry.ID = strawberry.field(description="Id of the method, pm_…")
    unless_in_use: bool = strawberry.field(
        default=False,
        description=(
            "Refuse when it is the customer's default or pays an active subscription. As Stripe does, the "
            "subscription's own method counts first, then its legacy source, then the customer's default, then the "
            "customer's legacy source."
        ),
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.input(
    description="A postal address. A member left out stays as it is; null clears it; an empty text is refused."
)
class AddressInput:
    line1: str | None = strawberry.field(default=strawberry.UNSET, description="Street, post-office box or company.")
    line2: str | None = strawberry.field(default=strawberry.UNSET, description="Apartment, suite, unit or building.")
    city: str | None = strawberry.field(
        default=strawberry.UNSET, description="City, district, suburb, town or village."
    )
    state: str | None = strawberry.field(default=strawberry.UNSET, description="State, county, province or region.")
    postal_code: str | None = strawberry.field(default=strawberry.UNSET, description="ZIP or postal code.")
    country: str | None = strawberry.field(
        default=strawberry.UNSET, description="Two-letter code of ISO 3166-1, for example US."
    )


@strawberry.input(description="Who pays. A member left out stays as it is; null clears it; an empty text is refused.")
class BillingDetailsInput:
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Full name.")
    email: str | None = strawberry.field(default=strawberry.UNSET, description="E-mail address.")
    phone: str | None = strawberry.field(default=strawberry.UNSET, description="Telephone number, with its extension.")
    address: AddressInput | None = strawberry.field(
        default=strawberry.UNSET, description="Billing address. Null clears it whole."
    )


@strawberry.input(description="What can change on a card. A member left out stays as it is.")
class CardUpdateInput:
    exp_month: int | None = strawberry.field(
        default=strawberry.UNSET, description="Month of expiry, 1 to 12. Can't be cleared."
    )
    exp_year: int | None = strawberry.field(
        default=strawberry.UNSET, description="Year of expiry, four digits. Can't be cleared."
    )
    preferred_network: CardBrand | None = strawberry.field(
        default=strawberry.UNSET,
        description="For a co-branded card, the network that the holder chose, of networks.available. Null clears it.",
    )


@strawberry.input(
    description=(
        "What to change on a saved method. A member left out stays as it is; null clears it; an empty text is refused."
    )
)
class UpdatePaymentMethodInput:
    payment_method_id: strawberry.ID = strawberry.field(description="Id of the method, pm_…")
    allow_redisplay: AllowRedisplay | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether it may be shown again at a later checkout. Null makes it UNSPECIFIED.",
    )
    billing_details: BillingDetailsInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Who pays. Null clears all of it: name, email, phone, address and taxId.",
    )
    card: CardUpdateInput | None = strawberry.field(
        default=strawberry.UNSET, description="What can change on a card. Can't be cleared."
    )
    metadata: JSON | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "Strings by name: they are added to those that are there; null as a value takes one out, null all. "
            "An empty string as a value is refused."
        ),
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.input(description="Which method becomes the default, and whose.")
class SetDefaultPaymentMethodInput:
    payment_method_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "Id of the method, pm_…, which is attached to the customer. Null clears the default. "
            "Leaving it out is refused, so that a missing variable never clears the default."
        ),
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "Whose default. The caller's own when null or left out; only a service or the sandbox may name one."
        ),
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.input(description="What a method is to be saved for, and for whom.")
class CreateSetupIntentInput:
    customer_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "Whose wallet. The caller's own when null or left out; only a service or the sandbox may name one, or none "
            "at all: the method then goes to no wallet, and can be used once."
        ),
    )
    payment_method_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of the method, pm_… When null or left out, the customer's device gives it when it confirms.",
    )
    usage: SetupIntentUsage = strawberry.field(
        default=SetupIntentUsage.OFF_SESSION, description="What the method will be used for."
    )
    confirm: bool = strawberry.field(default=False, description="Confirm at once; needs paymentMethodId.")
    return_url: str | None = strawberry.field(
        default=None,
        description="Where the bank's page sends the customer afterwards. Goes with confirm. Null is the same as none.",
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.input(description="Which SetupIntent to confirm, and with what.")
class ConfirmSetupIntentInput:
    setup_intent_id: strawberry.ID = strawberry.field(description="Id of the SetupIntent, seti_…")
    payment_method_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the method, pm_… When null or left out, the one that the SetupIntent has."
    )
    return_url: str | None = strawberry.field(
        default=None, description="Where the bank's page sends the customer afterwards. Null is the same as none."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.input(description="Which SetupIntent to give up.")
class CancelSetupIntentInput:
    setup_intent_id: strawberry.ID = strawberry.field(description="Id of the SetupIntent, seti_…")
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.type(description="What became of an attach.")
class AttachPaymentMethodPayload:
    payment_method: PaymentMethod | None = strawberry.field(
        default=None, description="The method, now in the wallet. Null when it was refused."
    )
    payment_method_edge: PaymentMethodEdge | None = strawberry.field(
        default=None, description="The method's place in its customer's list, for a client's cache."
    )
    customer: Customer | None = strawberry.field(
        default=None, description="Whose wallet it is now in. { id } alone costs no further REST call."
    )
    reused_existing: bool = strawberry.field(
        default=False, description="Whether the method is one that the customer had already, by REUSE_EXISTING."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)


@strawberry.type(description="What became of a detach.")
class DetachPaymentMethodPayload:
    payment_method: PaymentMethod | None = strawberry.field(
        default=None, description="The method, with customer null from now on. Null when it was refused."
    )
    detached_payment_method_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the method, for a client's cache."
    )
    customer: Customer | None = strawberry.field(
        default=None,
        description="The wallet that it left; null when its customer is deleted. It costs further REST calls.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)


@strawberry.type(description="What became of an update.")
class UpdatePaymentMethodPayload:
    payment_method: PaymentMethod | None = strawberry.field(
        default=None, description="The method as it is now. Null when the update was refused."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)


@strawberry.type(description="What became of setting or clearing a default.")
class SetDefaultPaymentMethodPayload:
    customer: Customer | None = strawberry.field(
        default=None, description="The customer as it is now. Null when it was refused."
    )
    previous_default: PaymentMethod | None = strawberry.field(
        default=None,
        description="What was the default before; null when nothing was, or when it is gone. It costs a REST call.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)


@strawberry.type(description="What became of making a SetupIntent.")
class CreateSetupIntentPayload:
    setup_intent: SetupIntent | None = strawberry.field(
        default=None, description="The SetupIntent. Null when it was refused."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)


@strawberry.type(description="What became of confirming a SetupIntent.")
class ConfirmSetupIntentPayload:
    setup_intent: SetupIntent | None = strawberry.field(
        default=None, description="The SetupIntent as it is now; it may require an action. Null when it was refused."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)


@strawberry.type(description="What became of giving up a SetupIntent.")
class CancelSetupIntentPayload:
    setup_intent: SetupIntent | None = strawberry.field(
        default=None, description="The SetupIntent, canceled. Null when it was refused."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)
