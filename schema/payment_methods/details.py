"""The details of each type of payment method that has members of its own, other than cards.

Fields of one name have one type, so that a client can select them from several types. A member that Stripe uses with
another meaning has a name of its own here.
"""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.hidden_fields import FINGERPRINTS_WITHIN, fingerprint
from schema.payment_methods.card import CardBrand, CardFunding, CardNetworks, WalletType
from schema.reading import View, computed, member, stripe_type
from schema.scalars import JSON

_BANK = "Stripe's name for the bank."
_BANK_NAME = "Name of the bank."
_BUYER = "Id of the buyer at the provider."
_COUNTRY = "Two-letter country code (ISO 3166-1 alpha-2)."
_FINGERPRINT = (
    "Identifies the bank account: all payment methods with the same account in one Stripe account have the same value."
)
_LAST4 = "Last four characters of the account number."


@stripe_type("A bank account in Canada, debited by pre-authorized debit (ACSS).")
class AcssDebit(View):
    bank_name: str | None = member(_BANK_NAME)
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    institution_number: str | None = member("Institution number of the bank.")
    last4: str | None = member(_LAST4)
    transit_number: str | None = member("Transit number of the bank branch.")


@stripe_type("A bank account in Australia, debited by BECS.")
class AuBecsDebit(View):
    bsb_number: str | None = member("Six-digit number of the bank and the branch.")
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    last4: str | None = member(_LAST4)


@stripe_type("A bank account in the United Kingdom, debited by Bacs.")
class BacsDebit(View):
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    last4: str | None = member(_LAST4)
    sort_code: str | None = member("Sort code of the bank, for example 10-20-30.")


@stripe_type("A Bizum account, Spain.")
class Bizum(View):
    buyer_id: str | None = member(_BUYER)


@stripe_type("A BLIK account, Poland.")
class Blik(View):
    buyer_id: str | None = member(_BUYER)


@stripe_type("A Boleto voucher, Brazil.")
class Boleto(View):
    tax_id: str | None = member("Tax id of the buyer: a CPF for a person, a CNPJ for a company.")


@stripe_type("An in-person payment that was taken while the reader was offline.")
class CardPresentOffline(View):
    stored_at: datetime | None = member("When the payment was stored on the reader.")
    type: str | None = member("How the payment was processed: deferred.")


@stripe_type("The digital wallet on the device that was presented to a reader.")
class CardPresentWallet(View):
    type: WalletType = member("The kind of wallet.")


@stripe_type("The fields that all cards presented to a reader have.")
class _CardAtReader(View):
    brand: CardBrand = member("The card's brand. UNKNOWN if Stripe sends none.", absent="unknown")
    cardholder_name: str | None = member("The cardholder's name, from the card's chip.")
    country: str | None = member("Two-letter country code of the issuer (ISO 3166-1 alpha-2).")
    description: str | None = member("The issuer's name for the card product.")
    exp_month: int = member("Expiry month, 1 to 12.")
    exp_year: int = member("Expiry year, four digits.")
    fingerprint: str | None = fingerprint(
        "Identifies the card number: all payment methods with the same card in one Stripe account have the same value."
    )
    funding: CardFunding = member(
        "The kind of account that the card charges. UNKNOWN if Stripe sends none.", absent="unknown"
    )
    iin: str | None = member("First six digits of the card number.")
    issuer: str | None = member("Name of the issuing bank.")
    last4: str | None = member("Last four digits of the card number.")
    networks: CardNetworks | None = member("The networks that can process the card's payments.")
    preferred_locales: list[str] | None = member("The cardholder's languages, from the card's chip.")
    read_method: str | None = member("How the reader read the card, for example contactless_emv.")


@stripe_type("A card that was presented to a reader.")
class CardPresent(_CardAtReader):
    brand_product: str | None = member("The brand's name for the card product.")
    offline: CardPresentOffline | None = member("Set if the reader was offline; null otherwise.")
    wallet: CardPresentWallet | None = member(
        "The digital wallet on the device that was presented. Null for a physical card."
    )


@stripe_type("An Interac card that was presented to a reader in Canada.")
class InteracPresent(_CardAtReader):
    pass


@stripe_type("A Cash App account.")
class CashApp(View):
    buyer_id: str | None = member(_BUYER)
    cashtag: str | None = member("The buyer's public name on Cash App, for example $jenny.")


@stripe_type("The logo of a custom payment method.")
class CustomLogo(View):
    content_type: str | None = member("Media type of the image, for example image/png.")
    url: str | None = member("URL of the image.")


@stripe_type("A payment method that the Stripe account's owner defined.")
class CustomPaymentMethod(View):
    display_name: str | None = member("Name for display.")
    logo: CustomLogo | None = member("Logo for display.")
    type: str | None = member("Id of the custom type, cpmt_…")


@stripe_type("An EPS bank account, Austria.")
class Eps(View):
    bank: str | None = member(_BANK)


@stripe_type("An FPX bank account, Malaysia.")
class Fpx(View):
    account_holder_type: str | None = member("The kind of account holder: individual or company.")
    bank: str | None = member(_BANK)


@stripe_type("An iDEAL bank account, the Netherlands.")
class Ideal(View):
    bank: str | None = member(_BANK)
    bic: str | None = member("BIC of the bank.")


@stripe_type("A date of birth. Any part of it may be null.")
class DateOfBirth(View):
    day: int | None = member("Day of the month, 1 to 31.")
    month: int | None = member("Month, 1 to 12.")
    year: int | None = member("Year, four digits.")


@stripe_type("A Klarna account.")
class Klarna(View):
    dob: DateOfBirth | None = member("The buyer's date of birth.")


@stripe_type("A card issued in South Korea.")
class KrCard(View):
    local_brand: str | None = member("Stripe's name for the Korean brand, for example hana.", path=("brand",))
    last4: str | None = member("Last four digits of the card number. Null until the first payment.")


@stripe_type("A Link account, Stripe's own wallet.")
class Link(View):
    email: str | None = member("Email address of the account's owner.")
    persistent_token: str | None = member("Token of a deprecated Link integration. Usually null.")


@stripe_type("A Naver Pay account, South Korea.")
class NaverPay(View):
    buyer_id: str | None = member(_BUYER)
    funding_source: str | None = member("The source of the money: card or points.", path=("funding",))


@stripe_type("A bank account in New Zealand.")
class NzBankAccount(View):
    account_holder_name: str | None = member("Name of the account holder.")
    bank_code: str | None = member("Code of the bank.")
    bank_name: str | None = member(_BANK_NAME)
    branch_code: str | None = member("Code of the bank branch.")
    last4: str | None = member(_LAST4)
    suffix: str | None = member("The last part of the account number.")


@stripe_type("A Przelewy24 bank account, Poland.")
class P24(View):
    bank: str | None = member(_BANK)


@stripe_type("A PayPal account.")
class PayPal(View):
    country: str | None = member("Two-letter country code of the buyer (ISO 3166-1 alpha-2).")
    payer_email: str | None = member("Email address of the account's owner.")
    payer_id: str | None = member("Id of the account at PayPal.")


@stripe_type("A PayTo agreement, Australia.")
class PayTo(View):
    bsb_number: str | None = member("Six-digit number of the bank and the branch.")
    last4: str | None = member(_LAST4)
    pay_id: str | None = member("PayID of the account.")


@stripe_type("A Pix account, Brazil.")
class Pix(View):
    fingerprint: str | None = fingerprint(_FINGERPRINT)


@stripe_type("The charge or the setup that a bank account in the euro area was saved from.")
class SepaDebitGeneratedFrom(View):
    charge: strawberry.ID | None = member("Id of the charge, ch_… Null if there is none.")
    setup_attempt: strawberry.ID | None = member("Id of the setup attempt, setatt_… Null if there is none.")


@stripe_type("A bank account in the euro area, debited by SEPA Direct Debit.")
class SepaDebit(View):
    bank_code: str | None = member("Code of the bank.")
    branch_code: str | None = member("Code of the bank branch.")
    country: str | None = member(_COUNTRY)
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    generated_from: SepaDebitGeneratedFrom | None = member(
        "The payment or setup that created the payment method, for example with iDEAL. Null if the details were "
        "entered."
    )
    last4: str | None = member("Last four characters of the IBAN.")


@stripe_type("A Sofort bank account.")
class Sofort(View):
    country: str | None = member(_COUNTRY)


@stripe_type("A UPI account, India.")
class Upi(View):
    vpa: str | None = member("Virtual payment address of the account.")


@stripe_type("The networks that can process debits of a bank account in the United States.")
class UsBankAccountNetworks(View):
    preferred: str | None = member("Stripe's name of the preferred network. Null if none is preferred.")
    supported: list[str] | None = member("All networks: ach, us_domestic_wire.")


@stripe_type("The reason why a bank account in the United States is blocked.")
class UsBankAccountBlocked(View):
    network_code: str | None = member("The ACH network's code, for example R02.")
    reason: str | None = member("The reason, for example bank_account_closed.")


@stripe_type("The status of a bank account in the United States.")
class UsBankAccountStatusDetails(View):
    blocked: UsBankAccountBlocked | None = member("Set while the account is blocked; null otherwise.")


@stripe_type("A bank account in the United States, debited by ACH.")
class UsBankAccount(View):
    account_holder_type: str | None = member("The kind of account holder: individual or company.")
    account_type: str | None = member("The kind of account: checking or savings.")
    bank_name: str | None = member(_BANK_NAME)
    financial_connections_account: strawberry.ID | None = member(
        "Id of the Financial Connections account that provided the details, fca_… Null if entered by hand."
    )
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    last4: str | None = member(_LAST4)
    bank_networks: UsBankAccountNetworks | None = member(
        "The networks that can process the account's debits.", path=("networks",)
    )
    routing_number: str | None = member("Routing number of the bank.")
    status_details: UsBankAccountStatusDetails | None = member("The status of the account.")


def _attributes(other: View) -> object:
    attributes = other.json.get(other.json.get("type", ""))
    return attributes if attributes is not None else {}


@stripe_type("Details of a type without fields of its own in this schema, as Stripe sent them.")
class OtherPaymentMethodDetails(View):
    type_name: str = member("Stripe's name for the type.", path=("type",))
    attributes: JSON = computed(
        _attributes,
        "Stripe's JSON object for the type; empty if there is none. Without fingerprints for customers.",
        hidden=FINGERPRINTS_WITHIN,
    )
