"""The payment method types: the parameters of each, and the details that a payment method of that type returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.cards.test_card_lookup import fingerprint
from sandbox.json_object import Json
from sandbox.parameters.types import Choice, Hash, Integer, ParameterType, Text, Unchecked

BANK_NAME = "STRIPE TEST BANK"

# Types without parameters, whose details are `{}`.
_WITHOUT_DETAILS = """
    affirm afterpay_clearpay alipay alma amazon_pay bancontact billie bizum blik crypto customer_balance giropay grabpay
    kakao_pay konbini mb_way mobilepay multibanco oxxo pay_by_bank payco paynow paypay pix promptpay revolut_pay
    samsung_pay satispay scalapay sequra sunbit swish twint wechat_pay zip
"""


@dataclass(frozen=True)
class MethodType:
    """Its members, which of them are required, and a function from the parameters to the details."""

    members: Mapping[str, ParameterType] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    details: Callable[[Json], Json] = lambda params: {}

    @property
    def parameters(self) -> Hash:
        """The parameters in the member that is named like the type."""
        return Hash(self.members, self.required)


def _texts(names: str) -> dict[str, ParameterType]:
    return {name: Text() for name in names.split()}


def _required(names: str, details: Callable[[Json], Json], **optional: ParameterType) -> MethodType:
    return MethodType({**_texts(names), **optional}, tuple(names.split()), details)


def _account(*copied: str, **constants: Any) -> Callable[[Json], Json]:
    """Returns the details of a bank account: these parameters, and its number only as fingerprint and last four."""

    def details(params: Json) -> Json:
        account = params.get("account_number")
        last4 = account[-4:] if account else None
        number = {"fingerprint": fingerprint(account) if account else None, "last4": last4}
        return {**number, **{name: params.get(name) for name in copied}, **constants}

    return details


def _copied(*names: str, **constants: Any) -> Callable[[Json], Json]:
    return lambda params: {**{name: params.get(name) for name in names}, **constants}


def _us_bank_account(params: Json) -> Json:
    details = _account(
        *("account_holder_type", "financial_connections_account", "routing_number"),
        account_type=params.get("account_type", "checking"),
        bank_name=BANK_NAME,
        networks={"preferred": "ach", "supported": ["ach", "us_domestic_wire"]},
        status_details={},
    )
    return details(params)


def _sepa_debit(params: Json) -> Json:
    iban = params["iban"].replace(" ", "").upper()
    return {
        "bank_code": iban[4:12],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": fingerprint(iban),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }


def _nz_bank_account(params: Json) -> Json:
    names = ("account_holder_name", "bank_code", "branch_code", "suffix")
    return {
        **{name: params.get(name) for name in names},
        "bank_name": BANK_NAME,
        "last4": params["account_number"][-4:],
    }


def _payto(params: Json) -> Json:
    account = params.get("account_number")
    return {"bsb_number": params.get("bsb_number"), "last4": account and account[-4:], "pay_id": params.get("pay_id")}


US_BANK_ACCOUNT_UPDATES: Mapping[str, ParameterType] = {
    "account_holder_type": Choice(("company", "individual")),
    "account_type": Choice(("checking", "savings")),
}

# Every type except `card`, which is created from test cards (cards/test_card_lookup.py).
TYPES: Mapping[str, MethodType] = {
    **dict.fromkeys(_WITHOUT_DETAILS.split(), MethodType()),
    "acss_debit": _required(
        "account_number institution_number transit_number",
        _account("institution_number", "transit_number", bank_name=BANK_NAME),
    ),
    "au_becs_debit": _required("account_number bsb_number", _account("bsb_number")),
    "bacs_debit": MethodType(_texts("account_number sort_code"), (), _account("sort_code")),
    "boleto": _required("tax_id", _copied("tax_id")),
    "cashapp": MethodType(details=_copied("buyer_id", "cashtag")),
    "custom": _required("type", _copied("type", display_name=None, logo=None)),
    "eps": MethodType(_texts("bank"), (), _copied("bank")),
    "fpx": _required("bank", _copied("bank"), account_holder_type=Choice(("company", "individual"))),
    "ideal": MethodType(_texts("bank"), (), _copied("bank", bic=None)),
    "klarna": MethodType({"dob": Hash(dict.fromkeys(("day", "month", "year"), Integer()))}, (), dict),
    "kr_card": MethodType(details=_copied("brand", "last4")),
    "link": MethodType(details=_copied("email")),
    "naver_pay": MethodType(
        _texts("funding"), (), lambda params: {"buyer_id": None, "funding": params.get("funding", "card")}
    ),
    "nz_bank_account": _required(
        "account_number bank_code branch_code suffix",
        _nz_bank_account,
        account_holder_name=Text(),
        reference=Text(limit=128),
    ),
    "p24": MethodType(_texts("bank"), (), _copied("bank")),
    "paypal": MethodType(details=_copied("country", "payer_email", "payer_id")),
    "payto": MethodType(_texts("account_number bsb_number pay_id"), (), _payto),
    "sepa_debit": _required("iban", _sepa_debit),
    "sofort": MethodType({"country": Choice(("AT", "BE", "DE", "ES", "IT", "NL"))}, ("country",), _copied("country")),
    "upi": MethodType({"mandate_options": Unchecked()}, (), _copied("vpa")),
    "us_bank_account": MethodType(
        {**US_BANK_ACCOUNT_UPDATES, **_texts("account_number financial_connections_account routing_number")},
        (),
        _us_bank_account,
    ),
}

# Types for a single payment, and types such as iDEAL that save a SEPA debit instead.
_NOT_SAVABLE = """
    affirm afterpay_clearpay alma bancontact billie bizum card_present crypto customer_balance eps fpx giropay grabpay
    ideal interac_present konbini mb_way mobilepay multibanco oxxo p24 pay_by_bank payco paynow promptpay samsung_pay
    satispay scalapay sofort swish wechat_pay zip
"""
NOT_SAVABLE = frozenset(_NOT_SAVABLE.split())
# An intent with one of these types saves a SEPA debit.
SAVED_AS_SEPA_DEBIT = frozenset(("bancontact", "ideal", "sofort"))
# Types that the payer approves on another site before returning to `return_url`.
_REDIRECTING = """
    alipay amazon_pay bancontact cashapp ideal kakao_pay klarna kr_card naver_pay paypal revolut_pay sofort twint
"""
REDIRECTING = frozenset(_REDIRECTING.split())
# In addition, types that the payer approves in an app.
APPROVED_IN_APP = frozenset(("blik", "pix", "upi"))
APPROVED_BY_PAYER = REDIRECTING | APPROVED_IN_APP
# Types for a single payment redirect too. The sandbox lets vouchers and bank transfers do the same.
PAID_BY_REDIRECT = REDIRECTING | (NOT_SAVABLE - {"card_present", "interac_present"}) | {"boleto"}
# Debits whose money arrives days after the payer agreed.
DELAYED = frozenset(
    ("acss_debit", "au_becs_debit", "bacs_debit", "nz_bank_account", "payto", "sepa_debit", "us_bank_account")
)
# The types in Stripe's Mandate object, except cards. They and those that save a SEPA debit are saved with a mandate.
_WITH_MANDATE = """
    acss_debit amazon_pay au_becs_debit bacs_debit blik cashapp kakao_pay klarna kr_card link naver_pay nz_bank_account
    paypal payto pix revolut_pay sepa_debit twint upi us_bank_account
"""
WITH_MANDATE = frozenset(_WITH_MANDATE.split()) | SAVED_AS_SEPA_DEBIT
# Bank accounts that an intent verifies with microdeposits, and how.
MICRODEPOSIT_TYPES: Mapping[str, str] = {"acss_debit": "amounts", "us_bank_account": "descriptor_code"}
# The types whose details a SetupAttempt has.
WITH_ATTEMPT_DETAILS = WITH_MANDATE | {"boleto", "card"}

CREATABLE = ("card", *sorted(TYPES))
# Card readers create the other two.
LISTABLE = tuple(sorted((*CREATABLE, "card_present", "interac_present")))
