"""A card: its details, the issuer's checks and the networks it runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import strawberry

from schema.hidden_fields import FINGERPRINTS_WITHIN, fingerprint
from schema.open_enum import ONLY_IN_RESULTS, OpenEnum, open_enum
from schema.payment_methods.billing_details import Address
from schema.reading import View, member, stripe_type
from schema.scalars import JSON

# Stripe's values in display_brand that differ from its values in brand.
_DISPLAY_BRANDS = {
    "american_express": "amex",
    "diners_club": "diners",
    "eftpos_australia": "eftpos_au",
    "union_pay": "unionpay",
}

if TYPE_CHECKING:

    class CardFunding(OpenEnum): ...

    class CheckResult(OpenEnum): ...

    class WalletType(OpenEnum): ...

    class RegulatedStatus(OpenEnum): ...

else:
    CardFunding = open_enum(
        "CardFunding",
        "The kind of account that a card charges.",
        {
            "credit": "A credit card.",
            "debit": "A debit card.",
            "prepaid": "A prepaid card.",
        },
    )
    CheckResult = open_enum(
        "CheckResult",
        "The result of an issuer's check of the address or the CVC.",
        {
            "pass": "The value matches.",
            "fail": "The value does not match.",
            "unavailable": "The issuer did not check the value.",
            "unchecked": "The value was not checked yet, for example because the card was never attached or charged.",
        },
    )
    WalletType = open_enum(
        "WalletType",
        "The digital wallet that a card was provided by.",
        {
            "amex_express_checkout": "Amex Express Checkout.",
            "apple_pay": "Apple Pay.",
            "google_pay": "Google Pay.",
            "link": "Link, Stripe's own wallet.",
            "masterpass": "Masterpass.",
            "samsung_pay": "Samsung Pay.",
            "visa_checkout": "Visa Checkout.",
        },
    )
    RegulatedStatus = open_enum(
        "RegulatedStatus",
        "Whether regulation caps the interchange fee of the card's issuer.",
        {"regulated": "The fee is capped.", "unregulated": "The fee is not capped."},
    )


@strawberry.enum(
    description=(
        "A card's brand or network. Stripe spells some values of display_brand and brand differently, for example "
        f"american_express and amex. This enum has one spelling. {ONLY_IN_RESULTS}"
    )
)
class CardBrand(OpenEnum):
    AMEX = strawberry.enum_value("amex", description="American Express.")
    CARTES_BANCAIRES = strawberry.enum_value("cartes_bancaires", description="Cartes Bancaires, France.")
    DINERS = strawberry.enum_value("diners", description="Diners Club.")
    DISCOVER = strawberry.enum_value("discover", description="Discover.")
    EFTPOS_AU = strawberry.enum_value("eftpos_au", description="Eftpos, Australia.")
    INTERAC = strawberry.enum_value("interac", description="Interac, Canada.")
    JCB = strawberry.enum_value("jcb", description="JCB.")
    LINK = strawberry.enum_value("link", description="Link.")
    MASTERCARD = strawberry.enum_value("mastercard", description="Mastercard.")
    UNIONPAY = strawberry.enum_value("unionpay", description="UnionPay.")
    VISA = strawberry.enum_value("visa", description="Visa.")
    UNKNOWN = strawberry.enum_value("unknown", description="A brand that Stripe or this schema does not recognize.")

    @classmethod
    def spellings(cls) -> Mapping[str, str]:
        return _DISPLAY_BRANDS


@stripe_type(description="The results of the issuer's checks on the address and the CVC that were given with the card.")
class CardChecks(View):
    address_line1_check: CheckResult | None = member(
        description="Whether the street address matched. Null if none was given."
    )
    address_postal_code_check: CheckResult | None = member(
        description="Whether the postal code matched. Null if none was given."
    )
    cvc_check: CheckResult | None = member(description="Whether the CVC matched. Null if none was given.")


@stripe_type(description="The networks that can process the card's payments.")
class CardNetworks(View):
    available: list[CardBrand] = member(description="All networks of the card. A co-branded card has more than one.")
    preferred: CardBrand | None = member(
        description="The network that the cardholder prefers. Null if none was chosen."
    )


@stripe_type(description="Support for 3-D Secure.")
class ThreeDSecureUsage(View):
    supported: bool = member(description="Whether the card supports 3-D Secure.")


@stripe_type(description="The in-person payment or the setup that this card was saved from.")
class CardGeneratedFrom(View):
    charge: strawberry.ID | None = member(description="Id of the charge, ch_… Null if it was not saved from a charge.")
    setup_attempt: strawberry.ID | None = member(
        description="Id of the setup attempt, setatt_… Null if it was not saved from a setup."
    )
    payment_method_details: JSON | None = member(
        hidden=FINGERPRINTS_WITHIN,
        description=(
            "Details of the payment, as Stripe's JSON object. Null if it was not saved from a payment. For customers, "
            "it contains no fingerprints."
        ),
    )


@stripe_type(description="The cardholder's details that Masterpass or Visa Checkout provided with the card.")
class CardWalletDetails(View):
    name: str | None = member(description="Full name.")
    email: str | None = member(description="Email address.")
    billing_address: Address | None = member(description="Billing address.")
    shipping_address: Address | None = member(description="Shipping address.")


@stripe_type(description="The digital wallet that provided the card.")
class CardWallet(View):
    type: WalletType = member(description="The kind of wallet.")
    dynamic_last4: str | None = member(
        description=(
            "Last four digits of the device's account number, which differs from the card's. Null if there is none."
        )
    )
    masterpass: CardWalletDetails | None = member(description="Set if type is MASTERPASS; null otherwise.")
    visa_checkout: CardWalletDetails | None = member(description="Set if type is VISA_CHECKOUT; null otherwise.")


@stripe_type(description="A credit, debit or prepaid card.")
class Card(View):
    brand: CardBrand = member(description="The card's brand.")
    display_brand: CardBrand | None = member(
        description=(
            "The brand to display: for a co-branded card, the brand that the cardholder chose. Null if not known."
        )
    )
    checks: CardChecks | None = member(description="The results of the issuer's checks. Null if nothing was checked.")
    country: str | None = member(
        description="Two-letter country code of the issuer (ISO 3166-1 alpha-2), for example US. Null if not known."
    )
    exp_month: int = member(description="Expiry month, 1 to 12.")
    exp_year: int = member(description="Expiry year, four digits.")
    fingerprint: str | None = fingerprint(
        "Identifies the card number: all payment methods with the same card in one Stripe account have the same value."
    )
    funding: CardFunding = member(description="The kind of account that the card charges.")
    generated_from: CardGeneratedFrom | None = member(
        description="The in-person payment or the setup that the card was saved from. Null for any other card."
    )
    last4: str | None = member(
        description="Last four digits of the card number. A string, because leading zeros are significant."
    )
    networks: CardNetworks | None = member(description="The networks that can process the card's payments.")
    regulated_status: RegulatedStatus | None = member(
        description="Whether regulation caps the issuer's interchange fee. Null if Stripe sends no value."
    )
    three_d_secure_usage: ThreeDSecureUsage | None = member(description="Support for 3-D Secure.")
    wallet: CardWallet | None = member(
        description="The digital wallet that provided the card. Null for a card that no wallet provided."
    )
    description: str | None = member(
        description="The issuer's name for the card product. Null unless Stripe enables it for the account."
    )
    iin: str | None = member(
        description="First six digits of the card number. Null unless Stripe enables them for the account."
    )
    issuer: str | None = member(description="Name of the issuing bank. Null unless Stripe enables it for the account.")
