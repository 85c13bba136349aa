"""Test tokens, and how the issuer responds to each card."""

import json

import pytest

from sandbox.cards.test_card_lookup import TEST_CARDS
from sandbox.state.settings import AccountSettings
from tests.sandbox import openapi

JENNY = "cus_NbZ8Ki3f322LNn"
TABLE = openapi.SLICE.with_name("test-tokens.json")
DECLINED = [name for name, template in TEST_CARDS.items() if template.decline]
ACCEPTED = [name for name, template in TEST_CARDS.items() if not template.decline]


@pytest.mark.parametrize("token", ACCEPTED)
async def test_accepted_token(api, token):
    template = TEST_CARDS[token]
    body = await api.done("POST", f"/v1/payment_methods/{token}/attach", {"customer": JENNY})
    card = body["card"]
    assert body["id"].startswith("pm_1")
    assert (card["brand"], card["last4"]) == (template.brand, template.number[-4:])
    assert (card["country"], card["funding"]) == (template.country, template.funding)
    assert card["networks"]["available"] == list(template.networks or [template.brand])
    nothing = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    assert card["checks"] == {**nothing, **template.checks}
    assert (card["exp_month"], card["exp_year"]) == (9, 2027)


@pytest.mark.parametrize("token", DECLINED)
async def test_declined_token_at_attach(api, sandbox, token):
    error = await api.refused(402, "POST", f"/v1/payment_methods/{token}/attach", {"customer": JENNY})
    assert error["type"] == "card_error"
    assert error["code"] in ("card_declined", "expired_card", "incorrect_cvc", "processing_error")
    assert error.get("decline_code") == (TEST_CARDS[token].decline if error["code"] == "card_declined" else None)
    assert error["advice_code"]
    assert error["network_decline_code"]
    assert sandbox.ledger.entries() == []


async def test_declined_method_stays_unattached(api, sandbox):
    pm = await api.unattached("tok_visa_chargeDeclinedInsufficientFunds")
    error = await api.refused(402, "POST", f"/v1/payment_methods/{pm}/attach", {"customer": JENNY})
    assert error == {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "message": "Your card was declined.",
        "param": "",
        "advice_code": "try_again_later",
        "network_decline_code": "51",
    }
    body = await api.done("GET", f"/v1/payment_methods/{pm}")
    assert (body["customer"], body["card"]["checks"]["cvc_check"]) == (None, "unchecked")
    assert sandbox.ledger.operations(pm) == ["payment_method.created"]


async def test_retrieving_a_token_creates_a_method(api):
    first = await api.done("GET", "/v1/payment_methods/pm_card_amex")
    second = await api.done("GET", "/v1/payment_methods/pm_card_amex")
    assert first["id"] != second["id"]
    assert (first["customer"], first["card"]["brand"]) == (None, "amex")
    assert first["card"]["display_brand"] == "american_express"
    assert await api.done("GET", f"/v1/payment_methods/{first['id']}") == first


async def test_copies_of_one_number_share_a_fingerprint(api):
    fingerprints = {}
    for token in ("pm_card_visa", "pm_card_us", "pm_card_mastercard"):
        fingerprints[token] = (await api.done("GET", f"/v1/payment_methods/{token}"))["card"]["fingerprint"]
    assert fingerprints["pm_card_visa"] == fingerprints["pm_card_us"] == "mToisGZ01V71BCos"
    assert len(fingerprints["pm_card_mastercard"]) == 16


async def test_given_address_is_checked(api):
    params = {
        "type": "card",
        "card": {"token": "tok_visa"},
        "billing_details": {"address": {"line1": "1 Main St", "postal_code": "10001"}},
    }
    pm = (await api.done("POST", "/v1/payment_methods", params))["id"]
    body = await api.done("POST", f"/v1/payment_methods/{pm}/attach", {"customer": JENNY})
    assert set(body["card"]["checks"].values()) == {"pass"}


@pytest.mark.parametrize(
    ("token", "code"), [("pm_card_cvcCheckFail", "incorrect_cvc"), ("pm_card_avsZipFail", "incorrect_zip")]
)
async def test_account_that_refuses_failed_checks(api, sandbox, token, code):
    sandbox.store.settings = AccountSettings(refuse_failed_checks=True)
    error = await api.refused(402, "POST", f"/v1/payment_methods/{token}/attach", {"customer": JENNY})
    assert (error["type"], error["code"]) == ("card_error", code)
    assert sandbox.ledger.entries() == []


def test_all_documented_tokens_exist():
    assert len(TEST_CARDS) == 115


@pytest.mark.skipif(not TABLE.is_file(), reason=openapi.MISSING)
def test_table_agrees_with_the_documented_one():
    for row in json.loads(TABLE.read_text())["tokens"]:
        template = TEST_CARDS[row["id"]]
        assert (template.number, template.brand, template.country) == (row["number"], row["brand"], row["country"])
        assert (template.decline is not None) == (row["attach"] == "declined")
        assert list(template.networks or [template.brand]) == row["networks_available"]
        assert template.three_d_secure == row["three_d_secure"]
