"""A card, whole: what it is, what was checked, and over which networks it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import strawberry

from schema.billing_details import Address
from schema.hidden import FINGERPRINTS_WITHIN, fingerprint
from schema.open_enum import OpenEnum, open_enum
from schema.reading import View, member, stripe_type
from schema.scalars import JSON

# What display_brand calls a brand, where that is not what brand calls it.
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
        "How a card is paid for.",
        {
            "credit": "The issuer lends the money.",
            "debit": "The money leaves the holder's account.",
            "prepaid": "The card was loaded beforehand.",
        },
    )
    CheckResult = open_enum(
        "CheckResult",
        "What the issuer said to something that was given with the card.",
        {
            "pass": "It matches.",
            "fail": "It does not match.",
            "unavailable": "The issuer did not check it.",
            "unchecked": "It was not checked yet, for example because the card was never attached or charged.",
        },
    )
    WalletType = open_enum(
        "WalletType",
        "The wallet that a card was given from.",
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
        "Whether the law caps the interchange fee of the card's issuer.",
        {"regulated": "The fee is capped.", "unregulated": "The fee is not capped."},
    )


@strawberry.enum(description="A card's brand or network. Stripe spells display_brand unlike brand: one spelling here.")
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
    UNKNOWN = strawberry.enum_value("unknown", description="A brand that Stripe or this schema does not know.")

    @classmethod
    def spellings(cls) -> Mapping[str, str]:
        return _DISPLAY_BRANDS


@stripe_type(description="What the issuer answered to the address and the CVC that were given with the card.")
class CardChecks(View):
    address_line1_check: CheckResult | None = member(
        description="Whether the street matched. Null when no street was given."
    )
    address_postal_code_check: CheckResult | None = member(
        description="Whether the postal code matched. Null when none was given."
    )
    cvc_check: CheckResult | None = member(description="Whether the CVC matched. Null when none was given.")


@stripe_type(description="The networks that can carry the card's payments.")
class CardNetworks(View):
    available: list[CardBrand] = member(description="All of them; more than one for a co-branded card.")
    preferred: CardBrand | None = member(description="The one that the holder chose. Null when none was chosen.")


@stripe_type(description="How the card takes part in 3-D Secure.")
class ThreeDSecureUsage(View):
    supported: bool = member(description="Whether 3-D Secure can be asked of this card.")


@stripe_type(description="The payment in person or the setup that this card was saved from.")
class CardGeneratedFrom(View):
    charge: strawberry.ID | None = member(description="Id of the charge. Null when it was not a charge.")
    setup_attempt: strawberry.ID | None = member(description="Id of the setup attempt. Null when it was not a setup.")
    payment_method_details: JSON | None = member(
        hidden=FINGERPRINTS_WITHIN,
        description=(
            "How that payment was made, in Stripe's own shape. Null when it was not a payment. "
            "Customers see it without fingerprints."
        ),
    )


@stripe_type(description="The person's details that Masterpass or Visa Checkout handed over with the card.")
class CardWalletDetails(View):
    name: str | None = member(description="Full name.")
    email: str | None = member(description="E-mail address.")
    billing_address: Address | None = member(description="Billing address.")
    shipping_address: Address | None = member(description="Shipping address.")


@stripe_type(description="The wallet that holds the card.")
class CardWallet(View):
    type: WalletType = member(description="Which wallet it is.")
    dynamic_last4: str | None = member(
        description="Last four digits of the number on the device, which stands for the card's own. Null elsewhere."
    )
    masterpass: CardWalletDetails | None = member(description="Set when type is MASTERPASS.")
    visa_checkout: CardWalletDetails | None = member(description="Set when type is VISA_CHECKOUT.")


@stripe_type(description="A credit, debit or prepaid card.")
class Card(View):
    brand: CardBrand = member(description="The card's brand.")
    display_brand: CardBrand | None = member(
        description="The brand to show: for a co-branded card, the one that the holder chose."
    )
    checks: CardChecks | None = member(description="What the issuer checked. Null when it checked nothing.")
    country: str | None = member(description="The issuer's country, as two letters of ISO 3166-1.")
    exp_month: int = member(description="Month of expiry, 1 to 12.")
    exp_year: int = member(description="Year of expiry, four digits.")
    fingerprint: str | None = fingerprint(
        "The same for each method with the same card number, within one Stripe account."
    )
    funding: CardFunding = member(description="How the card is paid for.")
    generated_from: CardGeneratedFrom | None = member(
        description="What the card was saved from, when that was a payment in person. Null otherwise."
    )
    last4: str = member(description="Last four digits of the number. A string: leading zeros count.")
    networks: CardNetworks | None = member(description="The networks that can carry the card's payments.")
    regulated_status: RegulatedStatus | None = member(
        description="Whether the law caps the issuer's interchange fee. Null when Stripe does not say."
    )
    three_d_secure_usage: ThreeDSecureUsage | None = member(description="How the card takes part in 3-D Secure.")
    wallet: CardWallet | None = member(description="The wallet that holds the card. Null for a card typed in.")
    description: str | None = member(
        description="The issuer's name for the product. Only for Stripe accounts that may see it."
    )
    iin: str | None = member(description="The number's first six digits. Only for Stripe accounts that may see it.")
    issuer: str | None = member(description="The issuing bank. Only for Stripe accounts that may see it.")
