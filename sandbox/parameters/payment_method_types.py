"""The types of payment method that can be created: what each takes, and what it then shows of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.cards.test_cards import fingerprint
from sandbox.json_objects import Json
from sandbox.parameters.types import Anything, Choice, Hash, Integer, Kind, Text

BANK = "STRIPE TEST BANK"

# Nothing to say for themselves: `{}` on the wire.
_BARE = """
    affirm afterpay_clearpay alipay alma amazon_pay bancontact billie bizum blik crypto customer_balance giropay grabpay
    kakao_pay konbini mb_way mobilepay multibanco oxxo pay_by_bank payco paynow paypay pix promptpay revolut_pay
    samsung_pay satispay scalapay sequra sunbit swish twint wechat_pay zip
"""


@dataclass(frozen=True)
class Type:
    """`required` parameters make the type's own object required too."""

    takes: Mapping[str, Kind] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    shows: Callable[[Json], Json] = lambda given: {}

    @property
    def parameters(self) -> Hash:
        """What the member named like the type may hold."""
        return Hash(self.takes, self.required)


def _texts(names: str) -> dict[str, Kind]:
    return {name: Text() for name in names.split()}


def _required(names: str, shows: Callable[[Json], Json], **optional: Kind) -> Type:
    return Type({**_texts(names), **optional}, tuple(names.split()), shows)


def _numbered(*shown: str, number: str = "account_number", **more: Any) -> Callable[[Json], Json]:
    """Returns what a bank account shows: some of what was given, and of its number no more than Stripe does."""

    def shows(given: Json) -> Json:
        account = given.get(number)
        hidden = {"fingerprint": fingerprint(account), "last4": account[-4:]} if account else dict.fromkeys(_HIDDEN)
        return {**hidden, **{name: given.get(name) for name in shown}, **more}

    return shows


_HIDDEN = ("fingerprint", "last4")


def _shown(*names: str, **more: Any) -> Callable[[Json], Json]:
    return lambda given: {**{name: given.get(name) for name in names}, **more}


def _us_bank_account(given: Json) -> Json:
    shows = _numbered(
        *("account_holder_type", "financial_connections_account", "routing_number"),
        account_type=given.get("account_type", "checking"),
        bank_name=BANK,
        networks={"preferred": "ach", "supported": ["ach", "us_domestic_wire"]},
        status_details={},
    )
    return shows(given)


def _sepa_debit(given: Json) -> Json:
    iban = given["iban"].replace(" ", "").upper()
    return {
        "bank_code": iban[4:12],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": fingerprint(iban),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }


def _nz_bank_account(given: Json) -> Json:
    names = ("account_holder_name", "bank_code", "branch_code", "suffix")
    return {**{name: given.get(name) for name in names}, "bank_name": BANK, "last4": given["account_number"][-4:]}


def _payto(given: Json) -> Json:
    account = given.get("account_number")
    return {"bsb_number": given.get("bsb_number"), "last4": account and account[-4:], "pay_id": given.get("pay_id")}


US_BANK_ACCOUNT_UPDATES: Mapping[str, Kind] = {
    "account_holder_type": Choice(("company", "individual")),
    "account_type": Choice(("checking", "savings")),
}

# `card` is made from tokens, and has a module of its own.
TYPES: Mapping[str, Type] = {
    **dict.fromkeys(_BARE.split(), Type()),
    "acss_debit": _required(
        "account_number institution_number transit_number",
        _numbered("institution_number", "transit_number", bank_name=BANK),
    ),
    "au_becs_debit": _required("account_number bsb_number", _numbered("bsb_number")),
    "bacs_debit": Type(_texts("account_number sort_code"), (), _numbered("sort_code")),
    "boleto": _required("tax_id", _shown("tax_id")),
    "cashapp": Type(shows=_shown("buyer_id", "cashtag")),
    "custom": _required("type", _shown("type", display_name=None, logo=None)),
    "eps": Type(_texts("bank"), (), _shown("bank")),
    "fpx": _required("bank", _shown("bank"), account_holder_type=Choice(("company", "individual"))),
    "ideal": Type(_texts("bank"), (), _shown("bank", bic=None)),
    "klarna": Type({"dob": Hash(dict.fromkeys(("day", "month", "year"), Integer()))}, (), dict),
    "kr_card": Type(shows=_shown("brand", "last4")),
    "link": Type(shows=_shown("email")),
    "naver_pay": Type(_texts("funding"), (), lambda given: {"buyer_id": None, "funding": given.get("funding", "card")}),
    "nz_bank_account": _required(
        "account_number bank_code branch_code suffix",
        _nz_bank_account,
        account_holder_name=Text(),
        reference=Text(limit=128),
    ),
    "p24": Type(_texts("bank"), (), _shown("bank")),
    "paypal": Type(shows=_shown("country", "payer_email", "payer_id")),
    "payto": Type(_texts("account_number bsb_number pay_id"), (), _payto),
    "sepa_debit": _required("iban", _sepa_debit),
    "sofort": Type({"country": Choice(("AT", "BE", "DE", "ES", "IT", "NL"))}, ("country",), _shown("country")),
    "upi": Type({"mandate_options": Anything()}, (), _shown("vpa")),
    "us_bank_account": Type(
        {**US_BANK_ACCOUNT_UPDATES, **_texts("account_number financial_connections_account routing_number")},
        (),
        _us_bank_account,
    ),
}

# These work for one payment or, like iDEAL, save a SEPA debit in their place.
_UNSAVABLE = """
    affirm afterpay_clearpay alma bancontact billie bizum card_present crypto customer_balance eps fpx giropay grabpay
    ideal interac_present konbini mb_way mobilepay multibanco oxxo p24 pay_by_bank payco paynow promptpay samsung_pay
    satispay scalapay sofort swish wechat_pay zip
"""
UNSAVABLE = frozenset(_UNSAVABLE.split())
# The payer approves these on another site, and comes back to return_url.
_REDIRECTING = "alipay amazon_pay cashapp kakao_pay klarna kr_card naver_pay paypal revolut_pay twint"
REDIRECTING = frozenset(_REDIRECTING.split())
# Saving these takes the payer's agreement to later debits: all types with a part in Stripe's mandate, except cards.
_WITH_MANDATE = """
    acss_debit amazon_pay au_becs_debit bacs_debit cashapp kakao_pay klarna kr_card link naver_pay nz_bank_account
    paypal payto pix revolut_pay sepa_debit twint upi us_bank_account
"""
WITH_MANDATE = frozenset(_WITH_MANDATE.split())

CREATABLE = ("card", *sorted(TYPES))
# Terminals make the other two.
LISTABLE = tuple(sorted((*CREATABLE, "card_present", "interac_present")))
