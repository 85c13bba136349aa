"""Every type of payment method: attached, set up by a server and set up on a device."""

import re
from pathlib import Path

import pytest

from sandbox.parameters.payment_methods.payment_method_types import LISTABLE
from tests.sandbox.payer import visit

DOCS = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
BACK = {"return_url": "https://shop.example/done"}
MANDATE = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}

# Types that are saved at once, after a visit to another site, and as another type.
SAVED = "au_becs_debit bacs_debit card link nz_bank_account sepa_debit"
REDIRECTS = "alipay amazon_pay kakao_pay klarna kr_card naver_pay paypal revolut_pay twint"
GENERATES = "bancontact ideal sofort"
# Types that Stripe never saves.
NEVER = """
    affirm afterpay_clearpay alma billie bizum crypto customer_balance eps fpx giropay grabpay konbini mb_way mobilepay
    multibanco oxxo p24 pay_by_bank payco paynow promptpay samsung_pay satispay scalapay swish wechat_pay zip
"""
# Types that only a card reader creates.
READERS = "card_present interac_present"
# Types that Stripe saves with an action that the sandbox leaves out.
SIMPLIFIED = "boleto payto"
# Types that the payer approves in an app, and their actions.
APPROVED = {
    "blik": "blik_authorize",
    "cashapp": "cashapp_handle_redirect_or_display_qr_code",
    "pix": "pix_display_qr_code",
    "upi": "upi_handle_redirect_or_display_qr_code",
}
# Types of which it is unknown whether Stripe saves them.
UNKNOWN = "custom paypay sequra sunbit"

# What each of the three ways ends with, by type.
TABLE = {
    **dict.fromkeys(f"{SAVED} {SIMPLIFIED} {UNKNOWN}".split(), ("attached", "succeeded", "succeeded")),
    **dict.fromkeys(REDIRECTS.split(), ("attached", "redirected", "redirected")),
    **{type: ("attached", action, action) for type, action in APPROVED.items()},
    "acss_debit": ("attached", "deposited", "deposited"),
    "us_bank_account": ("unverified", "deposited", "deposited"),
    **dict.fromkeys(GENERATES.split(), ("refused", "generated", "generated")),
    **dict.fromkeys(NEVER.split(), ("refused", "refused", "refused")),
}
CREATABLE = sorted(TABLE)

ACCOUNT = {"account_number": "000123456789"}
DETAILS = {
    "acss_debit": {**ACCOUNT, "institution_number": "000", "transit_number": "11000"},
    "au_becs_debit": {**ACCOUNT, "bsb_number": "000000"},
    "bacs_debit": {"account_number": "00012345", "sort_code": "108800"},
    "boleto": {"tax_id": "000.000.000-00"},
    "card": {"token": "tok_visa"},
    "custom": {"type": "cpmt_1"},
    "fpx": {"bank": "maybank2u"},
    "nz_bank_account": {**ACCOUNT, "bank_code": "11", "branch_code": "0000", "suffix": "00"},
    "sepa_debit": {"iban": "DE89370400440532013000"},
    "sofort": {"country": "DE"},
    "us_bank_account": {**ACCOUNT, "routing_number": "110000000", "account_holder_type": "individual"},
}


def data(type: str):
    return {"type": type, **({type: DETAILS[type]} if type in DETAILS else {})}


def test_the_table_has_every_type():
    assert sorted([*TABLE, *READERS.split()]) == sorted(LISTABLE)
    assert len(LISTABLE) == 59


@pytest.mark.parametrize("type", f"{SIMPLIFIED} {UNKNOWN} {' '.join(APPROVED)} satispay acss_debit".split())
def test_choices_are_declared(type):
    declared = DOCS.partition("**Types whose saving is simplified or unknown.**")[2].partition("\n- ")[0]
    assert re.search(rf"\b{type}\b", declared)


@pytest.mark.parametrize("type", CREATABLE)
async def test_attach(api, type):
    method = (await api.done("POST", "/v1/payment_methods", data(type)))["id"]
    reply = await api.post(f"/v1/payment_methods/{method}/attach", {"customer": JENNY})
    assert attach_outcome(reply) == TABLE[type][0]


@pytest.mark.parametrize("type", CREATABLE)
async def test_confirmation_by_a_server(api, http, type):
    params = {"customer": JENNY, "allowed_payment_method_types": [type], "payment_method_data": data(type)}
    reply = await api.post(INTENTS, {**params, "confirm": True, **BACK, **MANDATE})
    assert await setup_outcome(api, http, reply, reply.body) == TABLE[type][1]


@pytest.mark.parametrize("type", CREATABLE)
async def test_confirmation_on_a_device(api, http, type):
    intent = await api.done("POST", INTENTS, {"customer": JENNY, "allowed_payment_method_types": [type]})
    params = {"client_secret": intent["client_secret"], "payment_method_data": data(type), **BACK}
    reply = await api.post(f"{INTENTS}/{intent['id']}/confirm", params, authorization="Bearer pk_test_123")
    assert await setup_outcome(api, http, reply, intent) == TABLE[type][2]


@pytest.mark.parametrize("type", READERS.split())
async def test_readers_create_the_rest(api, type):
    await api.refused(400, "POST", "/v1/payment_methods", {"type": type})
    await api.refused(400, "POST", INTENTS, {"confirm": True, "payment_method_data": {"type": type}, **BACK})


def attach_outcome(reply) -> str:
    if reply.status == 200:
        return "attached" if reply.body["customer"] == JENNY else "loose"
    if reply.error.get("code") == "bank_account_unverified":
        return "unverified"
    return "refused" if "cannot be saved to customers" in reply.error["message"] else reply.error["message"]


async def setup_outcome(api, http, reply, intent) -> str:
    """Goes through the setup to its end, and returns how it went."""
    if reply.status != 200:
        return "refused" if "cannot be saved to customers" in reply.error["message"] else reply.error["message"]
    outcome = await act(api, http, reply.body)
    body = await api.done("GET", f"{INTENTS}/{intent['id']}", {"expand": ["payment_method", "latest_attempt"]})
    assert body["status"] == "succeeded"
    if body["mandate"]:
        assert (await api.done("GET", f"/v1/mandates/{body['mandate']}"))["status"] == "active"
    method = body["payment_method"]
    if method["customer"] == JENNY:
        return outcome
    details = body["latest_attempt"]["payment_method_details"][method["type"]]
    generated = await api.done("GET", f"/v1/payment_methods/{details['generated_sepa_debit']}")
    assert generated["customer"] == JENNY
    return "generated"


async def act(api, http, intent) -> str:
    if intent["status"] == "succeeded":
        return "succeeded"
    action = intent["next_action"]["type"]
    if action == "redirect_to_url":
        await visit(http, intent)
        return "redirected"
    if action in APPROVED.values():
        attempt = (await api.done("GET", f"{INTENTS}/{intent['id']}"))["latest_attempt"]
        page = await http.post(f"/_sandbox/redirects/{attempt}", content="outcome=complete")
        assert page.status_code == 303
        return str(action)
    await api.done("POST", f"{INTENTS}/{intent['id']}/verify_microdeposits", {"amounts": [32, 45]})
    return "deposited"
