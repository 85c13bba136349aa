"""What is particular to each type of payment method, for the types that have members of their own besides cards."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.card import CardBrand, CardFunding
from schema.hidden import FINGERPRINTS_WITHIN, fingerprint
from schema.reading import View, computed, member, stripe_type
from schema.scalars import JSON

_BANK = "The bank, in Stripe's word for it."
_BANK_NAME = "Name of the bank."
_BUYER = "The buyer's id with the provider."
_COUNTRY = "Country, as two letters of ISO 3166-1."
_FINGERPRINT = "The same for each method with the same account, within one Stripe account."
_LAST4 = "Last four characters of the account's number."


@stripe_type(description="A bank account in Canada, debited by pre-authorized debit (ACSS).")
class AcssDebit(View):
    bank_name: str | None = member(description=_BANK_NAME)
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    institution_number: str | None = member(description="Number of the bank.")
    last4: str | None = member(description=_LAST4)
    transit_number: str | None = member(description="Number of the bank's branch.")


@stripe_type(description="A bank account in Australia, debited by BECS.")
class AuBecsDebit(View):
    bsb_number: str | None = member(description="Six digits that name the bank and its branch.")
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    last4: str | None = member(description=_LAST4)


@stripe_type(description="A bank account in the United Kingdom, debited by Bacs.")
class BacsDebit(View):
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    last4: str | None = member(description=_LAST4)
    sort_code: str | None = member(description="Sort code of the bank, for example 10-20-30.")


@stripe_type(description="A Bizum account, Spain.")
class Bizum(View):
    buyer_id: str | None = member(description=_BUYER)


@stripe_type(description="A BLIK account, Poland.")
class Blik(View):
    buyer_id: str | None = member(description=_BUYER)


@stripe_type(description="A Boleto, Brazil.")
class Boleto(View):
    tax_id: str | None = member(description="The buyer's taxpayer number: CPF for a person, CNPJ for a company.")


@stripe_type(description="Whether and when a payment in person was taken while the reader had no connection.")
class CardPresentOffline(View):
    stored_at: datetime | None = member(description="When it was stored on the reader.")
    type: str | None = member(description="How it was handled: deferred.")


@stripe_type(description="The networks that can carry payments of a card shown to a reader.")
class CardPresentNetworks(View):
    available: list[str] | None = member(description="All of them, in Stripe's words.")
    preferred: str | None = member(description="The one to prefer, in Stripe's word.")


@stripe_type(description="The wallet on the device that was shown to a reader.")
class CardPresentWallet(View):
    type: str | None = member(description="apple_pay, google_pay, samsung_pay or unknown.")


@stripe_type(description="What cards have in common that were shown to a reader.")
class _CardAtReader(View):
    brand: CardBrand | None = member(description="The card's brand.")
    cardholder_name: str | None = member(description="The holder's name, as the card's chip tells it.")
    country: str | None = member(description="The issuer's country, as two letters of ISO 3166-1.")
    description: str | None = member(description="The issuer's name for the product.")
    exp_month: int | None = member(description="Month of expiry, 1 to 12.")
    exp_year: int | None = member(description="Year of expiry, four digits.")
    fingerprint: str | None = fingerprint("The same for each method with the same card number.")
    funding: CardFunding | None = member(description="How the card is paid for.")
    iin: str | None = member(description="The number's first six digits.")
    issuer: str | None = member(description="The issuing bank.")
    last4: str | None = member(description="Last four digits of the number.")
    networks: CardPresentNetworks | None = member(description="The networks that can carry the card's payments.")
    preferred_locales: list[str] | None = member(description="The holder's languages, as the chip tells them.")
    read_method: str | None = member(description="How the reader read the card, for example contactless_emv.")


@stripe_type(description="A card that was shown to a reader.")
class CardPresent(_CardAtReader):
    brand_product: str | None = member(description="The brand's name for the product.")
    offline: CardPresentOffline | None = member(description="Set when the reader had no connection.")
    wallet: CardPresentWallet | None = member(description="The wallet on the device that was shown.")


@stripe_type(description="An Interac card that was shown to a reader in Canada.")
class InteracPresent(_CardAtReader):
    pass


@stripe_type(description="A Cash App account.")
class CashApp(View):
    buyer_id: str | None = member(description=_BUYER)
    cashtag: str | None = member(description="The buyer's public name, for example $jenny.")


@stripe_type(description="The picture of a custom payment method.")
class CustomLogo(View):
    content_type: str | None = member(description="Its media type, for example image/png.")
    url: str | None = member(description="Where it is served.")


@stripe_type(description="A payment method that the Stripe account's owner defined.")
class CustomPaymentMethod(View):
    display_name: str | None = member(description="Its name, as people see it.")
    logo: CustomLogo | None = member(description="Its picture.")
    type: str | None = member(description="Id of its type, cpmt_…")


@stripe_type(description="An EPS bank account, Austria.")
class Eps(View):
    bank: str | None = member(description=_BANK)


@stripe_type(description="An FPX bank account, Malaysia.")
class Fpx(View):
    account_holder_type: str | None = member(description="individual or company.")
    bank: str | None = member(description=_BANK)


@stripe_type(description="An iDEAL bank account, the Netherlands.")
class Ideal(View):
    bank: str | None = member(description=_BANK)
    bic: str | None = member(description="The bank's BIC.")


@stripe_type(description="A date of birth. Any part of it may be missing.")
class DateOfBirth(View):
    day: int | None = member(description="Day of the month, 1 to 31.")
    month: int | None = member(description="Month, 1 to 12.")
    year: int | None = member(description="Year, four digits.")


@stripe_type(description="A Klarna account.")
class Klarna(View):
    dob: DateOfBirth | None = member(description="The buyer's date of birth.")


@stripe_type(description="A card issued in South Korea.")
class KrCard(View):
    brand: str | None = member(description="The card's brand, in Stripe's word for it.")
    last4: str | None = member(description="Last four digits of the number. Null until the first payment.")


@stripe_type(description="A Link account, Stripe's own wallet.")
class Link(View):
    email: str | None = member(description="E-mail address of the account's owner.")
    persistent_token: str | None = member(description="Token of an older way to use Link. Usually null.")


@stripe_type(description="A Naver Pay account, South Korea.")
class NaverPay(View):
    buyer_id: str | None = member(description=_BUYER)
    funding: str | None = member(description="What pays: card or points.")


@stripe_type(description="A bank account in New Zealand.")
class NzBankAccount(View):
    account_holder_name: str | None = member(description="Name of the account's holder.")
    bank_code: str | None = member(description="Number of the bank.")
    bank_name: str | None = member(description=_BANK_NAME)
    branch_code: str | None = member(description="Number of the bank's branch.")
    last4: str | None = member(description=_LAST4)
    suffix: str | None = member(description="The number's last part.")


@stripe_type(description="A Przelewy24 bank account, Poland.")
class P24(View):
    bank: str | None = member(description=_BANK)


@stripe_type(description="A PayPal account.")
class PayPal(View):
    country: str | None = member(description="The buyer's country, as two letters of ISO 3166-1.")
    payer_email: str | None = member(description="E-mail address of the account's owner.")
    payer_id: str | None = member(description="The account's id with PayPal.")


@stripe_type(description="A PayTo agreement, Australia.")
class PayTo(View):
    bsb_number: str | None = member(description="Six digits that name the bank and its branch.")
    last4: str | None = member(description=_LAST4)
    pay_id: str | None = member(description="The PayID that stands for the account.")


@stripe_type(description="A Pix account, Brazil.")
class Pix(View):
    fingerprint: str | None = fingerprint(_FINGERPRINT)


@stripe_type(description="What a bank account in the euro area was saved from.")
class SepaDebitGeneratedFrom(View):
    charge: strawberry.ID | None = member(description="Id of the charge.")
    setup_attempt: strawberry.ID | None = member(description="Id of the setup attempt.")


@stripe_type(description="A bank account in the euro area, debited by SEPA Direct Debit.")
class SepaDebit(View):
    bank_code: str | None = member(description="Number of the bank.")
    branch_code: str | None = member(description="Number of the bank's branch.")
    country: str | None = member(description=_COUNTRY)
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    generated_from: SepaDebitGeneratedFrom | None = member(
        description="What it was saved from, for example an iDEAL payment. Null when it was given itself."
    )
    last4: str | None = member(description="Last four characters of the IBAN.")


@stripe_type(description="A Sofort bank account.")
class Sofort(View):
    country: str | None = member(description=_COUNTRY)


@stripe_type(description="A UPI account, India.")
class Upi(View):
    vpa: str | None = member(description="The account's virtual payment address.")


@stripe_type(description="The networks that can carry debits of a bank account in the United States.")
class USBankAccountNetworks(View):
    preferred: str | None = member(description="The one to prefer, in Stripe's word.")
    supported: list[str] | None = member(description="All of them: ach, us_domestic_wire.")


@stripe_type(description="Why a bank account in the United States can't be used for now.")
class USBankAccountBlocked(View):
    network_code: str | None = member(description="The ACH network's code, for example R02.")
    reason: str | None = member(description="The reason, for example bank_account_closed.")


@stripe_type(description="Whether a bank account in the United States can be used again.")
class USBankAccountStatusDetails(View):
    blocked: USBankAccountBlocked | None = member(description="Set while the account can't be used.")


@stripe_type(description="A bank account in the United States, debited by ACH.")
class USBankAccount(View):
    account_holder_type: str | None = member(description="individual or company.")
    account_type: str | None = member(description="checking or savings.")
    bank_name: str | None = member(description=_BANK_NAME)
    financial_connections_account: strawberry.ID | None = member(
        description="Id of the Financial Connections account that it was given through."
    )
    fingerprint: str | None = fingerprint(_FINGERPRINT)
    last4: str | None = member(description=_LAST4)
    networks: USBankAccountNetworks | None = member(description="The networks that can carry its debits.")
    routing_number: str | None = member(description="Routing number of the bank.")
    status_details: USBankAccountStatusDetails | None = member(description="Whether it can be used again.")


def _attributes(other: View) -> object:
    attributes = other.json.get(other.json.get("type", ""))
    return attributes if attributes is not None else {}


@stripe_type(description="A type that has no type of its own in this schema: all that Stripe sent for it.")
class OtherPaymentMethodDetails(View):
    type_name: str = member(path=("type",), description="Stripe's word for the type.")
    attributes: JSON = computed(
        _attributes,
        hidden=FINGERPRINTS_WITHIN,
        description="Stripe's object for it; empty when there is none. Customers see it without fingerprints.",
    )
