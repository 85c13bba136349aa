"""A card: its details, the issuer's checks and the networks it runs on."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry

from schema.hidden_fields import FINGERPRINTS_WITHIN, fingerprint
from schema.open_enum import ONLY_IN_RESULTS, UNKNOWN_VALUE, OpenEnum, enum_value
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


@strawberry.enum(description="The kind of account that a card charges.")
class CardFunding(OpenEnum):
    CREDIT = enum_value("credit", "A credit card.")
    DEBIT = enum_value("debit", "A debit card.")
    PREPAID = enum_value("prepaid", "A prepaid card.")
    UNKNOWN = UNKNOWN_VALUE


@strawberry.enum(description="The result of an issuer's check of the address or the CVC.")
class CheckResult(OpenEnum):
    PASS = enum_value("pass", "The value matches.")
    FAIL = enum_value("fail", "The value does not match.")
    UNAVAILABLE = enum_value("unavailable", "The issuer did not check the value.")
    UNCHECKED = enum_value(
        "unchecked", "The value was not checked yet, for example because the card was never attached or charged."
    )
    UNKNOWN = UNKNOWN_VALUE


@strawberry.enum(description="The digital wallet that a card was provided by.")
class WalletType(OpenEnum):
    AMEX_EXPRESS_CHECKOUT = enum_value("amex_express_checkout", "Amex Express Checkout.")
    APPLE_PAY = enum_value("apple_pay", "Apple Pay.")
    GOOGLE_PAY = enum_value("google_pay", "Google Pay.")
    LINK = enum_value("link", "Link, Stripe's own wallet.")
    MASTERPASS = enum_value("masterpass", "Masterpass.")
    SAMSUNG_PAY = enum_value("samsung_pay", "Samsung Pay.")
    VISA_CHECKOUT = enum_value("visa_checkout", "Visa Checkout.")
    UNKNOWN = UNKNOWN_VALUE


@strawberry.enum(description="Whether regulation caps the interchange fee of the card's issuer.")
class RegulatedStatus(OpenEnum):
    REGULATED = enum_value("regulated", "The fee is capped.")
    UNREGULATED = enum_value("unregulated", "The fee is not capped.")
    UNKNOWN = UNKNOWN_VALUE


@strawberry.enum(
    description=(
        "A card's brand or network. Stripe spells some values of display_brand and brand differently, for example "
        f"american_express and amex. This enum has one spelling. {ONLY_IN_RESULTS}"
    )
)
class CardBrand(OpenEnum):
    AMEX = enum_value("amex", "American Express.")
    CARTES_BANCAIRES = enum_value("cartes_bancaires", "Cartes Bancaires, France.")
    DINERS = enum_value("diners", "Diners Club.")
    DISCOVER = enum_value("discover", "Discover.")
    EFTPOS_AU = enum_value("eftpos_au", "Eftpos, Australia.")
    INTERAC = enum_value("interac", "Interac, Canada.")
    JCB = enum_value("jcb", "JCB.")
    LINK = enum_value("link", "Link.")
    MASTERCARD = enum_value("mastercard", "Mastercard.")
    UNIONPAY = enum_value("unionpay", "UnionPay.")
    VISA = enum_value("visa", "Visa.")
    UNKNOWN = enum_value("unknown", "A brand that Stripe or this schema does not recognize.")

    @classmethod
    def spellings(cls) -> Mapping[str, str]:
        return _DISPLAY_BRANDS


@stripe_type("The results of the issuer's checks on the address and the CVC that were given with the card.")
class CardChecks(View):
    address_line1_check: CheckResult | None = member("Whether the street address matched. Null if none was given.")
    address_postal_code_check: CheckResult | None = member("Whether the postal code matched. Null if none was given.")
    cvc_check: CheckResult | None = member("Whether the CVC matched. Null if none was given.")


@stripe_type("The networks that can process the card's payments.")
class CardNetworks(View):
    available: list[CardBrand] = member("All networks of the card. A co-branded card has more than one.")
    preferred: CardBrand | None = member("The network that the cardholder prefers. Null if none was chosen.")


@stripe_type("Support for 3-D Secure.")
class ThreeDSecureUsage(View):
    supported: bool = member("Whether the card supports 3-D Secure.")


@stripe_type("The in-person payment or the setup that this card was saved from.")
class CardGeneratedFrom(View):
    charge: strawberry.ID | None = member("Id of the charge, ch_… Null if it was not saved from a charge.")
    setup_attempt: strawberry.ID | None = member(
        "Id of the setup attempt, setatt_… Null if it was not saved from a setup."
    )
    payment_method_details: JSON | None = member(
        "Details of the payment, as Stripe's JSON object. Null if it was not saved from a payment. For customers, "
        "it contains no fingerprints.",
        hidden=FINGERPRINTS_WITHIN,
    )


@stripe_type("The cardholder's details that Masterpass or Visa Checkout provided with the card.")
class CardWalletDetails(View):
    name: str | None = member("Full name.")
    email: str | None = member("Email address.")
    billing_address: Address | None = member("Billing address.")
    shipping_address: Address | None = member("Shipping address.")


@stripe_type("The digital wallet that provided the card.")
class CardWallet(View):
    type: WalletType = member("The kind of wallet.")
    dynamic_last4: str | None = member(
        "Last four digits of the device's account number, which differs from the card's. Null if there is none."
    )
    masterpass: CardWalletDetails | None = member("Set if type is MASTERPASS; null otherwise.")
    visa_checkout: CardWalletDetails | None = member("Set if type is VISA_CHECKOUT; null otherwise.")


@stripe_type("A credit, debit or prepaid card.")
class Card(View):
    brand: CardBrand = member("The card's brand.")
    display_brand: CardBrand | None = member(
        "The brand to display: for a co-branded card, the brand that the cardholder chose. Null if not known."
    )
    checks: CardChecks | None = member("The results of the issuer's checks. Null if nothing was checked.")
    country: str | None = member(
        "Two-letter country code of the issuer (ISO 3166-1 alpha-2), for example US. Null if not known."
    )
    exp_month: int = member("Expiry month, 1 to 12.")
    exp_year: int = member("Expiry year, four digits.")
    fingerprint: str | None = fingerprint(
        "Identifies the card number: all payment methods with the same card in one Stripe account have the same value."
    )
    funding: CardFunding = member("The kind of account that the card charges.")
    generated_from: CardGeneratedFrom | None = member(
        "The in-person payment or the setup that the card was saved from. Null for any other card."
    )
    last4: str | None = member("Last four digits of the card number. A string, because leading zeros are significant.")
    networks: CardNetworks | None = member("The networks that can process the card's payments.")
    regulated_status: RegulatedStatus | None = member(
        "Whether regulation caps the issuer's interchange fee. Null if Stripe sends no value."
    )
    three_d_secure_usage: ThreeDSecureUsage | None = member("Support for 3-D Secure.")
    wallet: CardWallet | None = member(
        "The digital wallet that provided the card. Null for a card that no wallet provided."
    )
    description: str | None = member(
        "The issuer's name for the card product. Null unless Stripe enables it for the account."
    )
    iin: str | None = member("First six digits of the card number. Null unless Stripe enables them for the account.")
    issuer: str | None = member("Name of the issuing bank. Null unless Stripe enables it for the account.")
