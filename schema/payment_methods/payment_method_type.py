"""The table of payment-method types: Stripe's value, name, description, details and the label's member.

To add a type, add one row here, and a class in `details.py` if the type has members of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Union

import strawberry

from schema.open_enum import ONLY_IN_RESULTS, UNKNOWN_VALUE, OpenEnum, enum_value
from schema.payment_methods import details
from schema.payment_methods.card import Card
from schema.reading import View


@dataclass(frozen=True)
class PaymentMethodKind:
    """One of Stripe's types. `label_member`: the member of its JSON object that identifies one payment method."""

    value: str
    name: str
    description: str
    details: type[View] | None = None
    label_member: str | None = None


_KINDS = (
    PaymentMethodKind(
        "acss_debit", "Pre-authorized debit", "A bank account in Canada.", details.AcssDebit, label_member="last4"
    ),
    PaymentMethodKind("affirm", "Affirm", "Pay later with Affirm, North America."),
    PaymentMethodKind("afterpay_clearpay", "Afterpay", "Pay later with Afterpay, called Clearpay in Europe."),
    PaymentMethodKind("alipay", "Alipay", "The Alipay wallet, China."),
    PaymentMethodKind("alma", "Alma", "Pay in instalments with Alma, France."),
    PaymentMethodKind("amazon_pay", "Amazon Pay", "The Amazon Pay wallet."),
    PaymentMethodKind(
        "au_becs_debit", "BECS Direct Debit", "A bank account in Australia.", details.AuBecsDebit, label_member="last4"
    ),
    PaymentMethodKind(
        "bacs_debit",
        "Bacs Direct Debit",
        "A bank account in the United Kingdom.",
        details.BacsDebit,
        label_member="last4",
    ),
    PaymentMethodKind("bancontact", "Bancontact", "Bancontact, Belgium."),
    PaymentMethodKind("billie", "Billie", "Pay later with Billie, for businesses in Europe."),
    PaymentMethodKind("bizum", "Bizum", "Bizum, Spain.", details.Bizum),
    PaymentMethodKind("blik", "BLIK", "BLIK, Poland.", details.Blik),
    PaymentMethodKind("boleto", "Boleto", "A voucher paid at a bank or shop, Brazil.", details.Boleto),
    PaymentMethodKind("card", "Card", "A credit, debit or prepaid card.", Card, label_member="last4"),
    PaymentMethodKind("card_present", "Card", "A card shown to a reader.", details.CardPresent, label_member="last4"),
    PaymentMethodKind("cashapp", "Cash App", "Cash App, United States.", details.CashApp, label_member="cashtag"),
    PaymentMethodKind("crypto", "Crypto", "Stablecoins from a crypto wallet."),
    PaymentMethodKind(
        "custom", "Custom", "A type that the Stripe account's owner defined.", details.CustomPaymentMethod
    ),
    PaymentMethodKind("customer_balance", "Customer balance", "Money that the customer has with the Stripe account."),
    PaymentMethodKind("eps", "EPS", "A bank account in Austria.", details.Eps),
    PaymentMethodKind("fpx", "FPX", "A bank account in Malaysia.", details.Fpx),
    PaymentMethodKind("giropay", "giropay", "A bank account in Germany; giropay has ended."),
    PaymentMethodKind("grabpay", "GrabPay", "The GrabPay wallet, South-East Asia."),
    PaymentMethodKind("ideal", "iDEAL", "A bank account in the Netherlands.", details.Ideal),
    PaymentMethodKind(
        "interac_present", "Interac", "An Interac card shown to a reader.", details.InteracPresent, label_member="last4"
    ),
    PaymentMethodKind("kakao_pay", "Kakao Pay", "The Kakao Pay wallet, South Korea."),
    PaymentMethodKind("klarna", "Klarna", "Pay later with Klarna.", details.Klarna),
    PaymentMethodKind("konbini", "Konbini", "Cash at a convenience store, Japan."),
    PaymentMethodKind("kr_card", "Korean card", "A card issued in South Korea.", details.KrCard, label_member="last4"),
    PaymentMethodKind("link", "Link", "Link, Stripe's own wallet.", details.Link, label_member="email"),
    PaymentMethodKind("mb_way", "MB WAY", "MB WAY, Portugal."),
    PaymentMethodKind("mobilepay", "MobilePay", "The MobilePay wallet, Denmark and Finland."),
    PaymentMethodKind("multibanco", "Multibanco", "A voucher paid at a bank or machine, Portugal."),
    PaymentMethodKind("naver_pay", "Naver Pay", "The Naver Pay wallet, South Korea.", details.NaverPay),
    PaymentMethodKind(
        "nz_bank_account", "Bank account", "A bank account in New Zealand.", details.NzBankAccount, label_member="last4"
    ),
    PaymentMethodKind("oxxo", "OXXO", "Cash at an OXXO store, Mexico."),
    PaymentMethodKind("p24", "Przelewy24", "A bank account in Poland.", details.P24),
    PaymentMethodKind("pay_by_bank", "Pay by Bank", "A bank account, by open banking."),
    PaymentMethodKind("payco", "PAYCO", "The PAYCO wallet, South Korea."),
    PaymentMethodKind("paynow", "PayNow", "A bank account in Singapore."),
    PaymentMethodKind("paypal", "PayPal", "PayPal.", details.PayPal, label_member="payer_email"),
    PaymentMethodKind("paypay", "PayPay", "The PayPay wallet, Japan."),
    PaymentMethodKind(
        "payto", "PayTo", "An agreement to debit an account in Australia.", details.PayTo, label_member="last4"
    ),
    PaymentMethodKind("pix", "Pix", "Pix, Brazil.", details.Pix),
    PaymentMethodKind("promptpay", "PromptPay", "A bank account in Thailand."),
    PaymentMethodKind("revolut_pay", "Revolut Pay", "The Revolut Pay wallet."),
    PaymentMethodKind("samsung_pay", "Samsung Pay", "The Samsung Pay wallet, South Korea."),
    PaymentMethodKind("satispay", "Satispay", "The Satispay wallet, Italy."),
    PaymentMethodKind("scalapay", "Scalapay", "Pay in instalments with Scalapay, Europe."),
    PaymentMethodKind(
        "sepa_debit", "SEPA Direct Debit", "A bank account in the euro area.", details.SepaDebit, label_member="last4"
    ),
    PaymentMethodKind("sequra", "seQura", "Pay in instalments with seQura, Spain."),
    PaymentMethodKind("sofort", "Sofort", "A bank account in Europe; Sofort has ended.", details.Sofort),
    PaymentMethodKind("sunbit", "Sunbit", "Pay in instalments with Sunbit, United States."),
    PaymentMethodKind("swish", "Swish", "Swish, Sweden."),
    PaymentMethodKind("twint", "TWINT", "TWINT, Switzerland."),
    PaymentMethodKind("upi", "UPI", "A bank account in India.", details.Upi, label_member="vpa"),
    PaymentMethodKind(
        "us_bank_account",
        "Bank account",
        "A bank account in the United States.",
        details.UsBankAccount,
        label_member="last4",
    ),
    PaymentMethodKind("wechat_pay", "WeChat Pay", "The WeChat Pay wallet, China."),
    PaymentMethodKind("zip", "Zip", "Pay later with Zip, Australia and the United States."),
)
KINDS: Mapping[str, PaymentMethodKind] = {kind.value: kind for kind in _KINDS}

if TYPE_CHECKING:

    class PaymentMethodType(OpenEnum): ...

    PaymentMethodDetails = View
else:
    _VALUES = {kind.value.upper(): enum_value(kind.value, kind.description) for kind in _KINDS}
    PaymentMethodType = strawberry.enum(
        OpenEnum("PaymentMethodType", {**_VALUES, "UNKNOWN": UNKNOWN_VALUE}, module=__name__),
        description=(
            "Stripe's types of payment method. Stripe adds new ones often: for UNKNOWN, typeName has Stripe's name. "
            f"{ONLY_IN_RESULTS}"
        ),
    )
    PaymentMethodDetails = Annotated[
        Union[(*(kind.details for kind in _KINDS if kind.details), details.OtherPaymentMethodDetails)],
        strawberry.union(
            "PaymentMethodDetails",
            description=(
                "The details of a payment method: a type of its own for each type of payment method that has details "
                "in this schema, otherwise OtherPaymentMethodDetails."
            ),
        ),
    ]


def details_of(json: Mapping[str, Any]) -> View:
    """The view over the JSON object that is named after the type; OtherPaymentMethodDetails if there is none."""
    value = json.get("type")
    kind = KINDS.get(value) if isinstance(value, str) else None
    attributes = json.get(kind.value) if kind else None
    if kind is None or kind.details is None or not isinstance(attributes, dict):
        return details.OtherPaymentMethodDetails(json)
    return kind.details(attributes)
