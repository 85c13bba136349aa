"""The objects of a new sandbox."""

from typing import Any

import pytest

from sandbox import create_sandbox
from tests.sandbox import openapi, sdk_types

AMARA = "cus_T4qv4Qn42jKZ9G"
CARD: dict[str, Any] = {
    "brand": "visa",
    "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
    "country": "US",
    "exp_month": 8,
    "exp_year": 2026,
    "fingerprint": "mToisGZ01V71BCos",
    "funding": "credit",
    "generated_from": None,
    "last4": "4242",
    "networks": {"available": ["visa"], "preferred": None},
    "three_d_secure_usage": {"supported": True},
    "wallet": None,
}
PUBLISHED = {
    "object": "payment_method",
    "billing_details": {
        "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
        "email": None,
        "name": None,
        "phone": None,
    },
    "card": CARD,
    "livemode": False,
    "metadata": {},
    "type": "card",
}
NEWER: dict[str, dict[str, Any]] = {
    "": {"allow_redisplay": "unspecified", "customer_account": None, "radar_options": None},
    "billing_details": {"tax_id": None},
    "card": {"display_brand": "visa", "regulated_status": "unregulated"},
}


def as_published(body):
    """Returns the body without the members that are newer than Stripe's published examples."""
    for place, members in NEWER.items():
        inside = body[place] if place else body
        for name, value in members.items():
            assert inside.pop(name) == value
    return body


@pytest.mark.parametrize(
    ("pm", "created", "customer"),
    [
        ("pm_1MqM05LkdIwHu7ixlDxxO6Mc", 1679946402, None),
        ("pm_1MqLiJLkdIwHu7ixUEgbFdYF", 1679945299, "cus_NbZ8Ki3f322LNn"),
    ],
)
async def test_published_examples(api, pm, created, customer):
    body = as_published(await api.done("GET", f"/v1/payment_methods/{pm}"))
    assert body == {**PUBLISHED, "id": pm, "created": created, "customer": customer}


async def test_published_attach(api):
    url = "/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc/attach"
    body = as_published(await api.done("POST", url, {"customer": "cus_NbZ8Ki3f322LNn"}))
    assert body["customer"] == "cus_NbZ8Ki3f322LNn"
    assert body["card"] == {**CARD, "checks": {**CARD["checks"], "cvc_check": "pass"}}


async def test_wallet_of_amara_has_many_kinds(api):
    wallet = (await api.done("GET", f"/v1/customers/{AMARA}/payment_methods", {"limit": 100}))["data"]
    types = {method["type"] for method in wallet}
    assert types == {"card", "us_bank_account", "sepa_debit", "link", "paypal", "cashapp", "klarna"}
    cards = [method["card"] for method in wallet if method["type"] == "card"]
    assert {card["brand"] for card in cards} == {"visa", "mastercard", "amex", "discover"}
    assert {card["wallet"]["type"] for card in cards if card["wallet"]} == {"apple_pay", "google_pay"}
    assert any(card["networks"]["preferred"] == "cartes_bancaires" for card in cards)
    assert any(card["exp_year"] < 2026 for card in cards)
    assert any("fail" in card["checks"].values() for card in cards)
    fingerprints = [card["fingerprint"] for card in cards]
    assert len(fingerprints) - len(set(fingerprints)) == 1


@pytest.mark.parametrize("customer", [AMARA, "cus_TT6bMT4UamxeFj"])
async def test_default_is_in_the_wallet(api, customer):
    body = await api.done("GET", f"/v1/customers/{customer}")
    default = body["invoice_settings"]["default_payment_method"]
    assert (await api.done("GET", f"/v1/payment_methods/{default}"))["customer"] == customer


def test_order_of_creation_is_the_order_of_the_file(sandbox):
    created = [method.body["created"] for method in sandbox.store.payment_methods.newest_first()]
    assert created == sorted(created, reverse=True)


def test_every_seeded_object_has_stripes_shape(sandbox):
    for store in sandbox.store.all_accounts():
        for collection in (store.customers, store.payment_methods, store.subscriptions):
            for record in collection.newest_first():
                assert sdk_types.problems(record.body) == []
                if openapi.available() and not record.body.get("deleted"):
                    openapi.validate_object(record.body)


def test_sandboxes_share_nothing():
    one, other = create_sandbox(), create_sandbox()
    pm = one.store.wallet("cus_NbZ8Ki3f322LNn")[0]
    one.store.detach(pm)
    assert [method.id for method in other.store.wallet("cus_NbZ8Ki3f322LNn")] == [pm.id]


def test_empty_sandbox():
    assert set(create_sandbox(seed=False).store.counts().values()) == {0}
