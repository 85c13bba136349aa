"""The descriptions on the start page match the behaviour."""

from __future__ import annotations

import httpx
import pytest

from sandbox.cards.test_card_lookup import TEST_CARDS
from sandbox.catalog import card_groups, object_groups
from sandbox.fixtures import load

CARDS = {entry.id: entry.details for group in card_groups() for entry in group.entries}
OBJECTS = {entry.id: (entry.summary, entry.details) for group in object_groups() for entry in group.entries}


def test_every_card_is_listed_once():
    assert set(CARDS) == set(TEST_CARDS)
    assert sum(len(group.entries) for group in card_groups()) == len(TEST_CARDS)


def test_every_object_is_listed():
    seeded = {body["id"] for name in ("customers", "subscriptions", "connected_accounts") for body in load(name)}
    assert set(OBJECTS) == seeded | {row["object"]["id"] for row in load("payment_methods")}


def test_objects_are_described():
    assert OBJECTS["cus_T4qv4Qn42jKZ9G"] == (
        "Amara Okafor",
        "16 payment methods, default: Cartes Bancaires •••• 1001",
    )
    assert OBJECTS["pm_1SbUOtLkdIwHu7ixfbfR3vQT"] == (
        "Visa •••• 9995",
        "when attached: declined: insufficient_funds",
    )
    assert OBJECTS["pm_1SoySGLkdIwHu7ixLmHCVpLS"][1] == "detached, so it can't be used again"
    assert OBJECTS["pm_1SWSpGLkdIwHu7ixR2X8YzcG"] == ("Visa •••• 0003, Apple Pay", "of Amara Okafor")
    assert OBJECTS["pm_1SzzFrLkdIwHu7iximJ78Hih"][1] == "of cus_TAnSIolbJniaK5"
    assert OBJECTS["cus_TAnSIolbJniaK5"][0] == "deleted"


@pytest.mark.parametrize("token", sorted(TEST_CARDS))
async def test_attaching_matches_the_description(stripe, token):
    response = await _post(stripe, f"payment_methods/{token}/attach", customer="cus_NbZ8Ki3f322LNn")
    body = response.json()
    details = CARDS[token]
    if details.startswith("declined: "):
        reason = details.removeprefix("declined: ")
        assert reason in (body["error"].get("decline_code"), body["error"]["code"])
        return
    assert details.startswith("saved")
    checks = body["card"]["checks"].items()
    for name, result in checks:
        assert (f"{name} {result}" in details) is (result not in ("pass", None)), details


@pytest.mark.parametrize("token", sorted(TEST_CARDS))
async def test_setup_matches_the_description(stripe, token):
    back = {"return_url": "https://shop.example/done"}
    params = {"customer": "cus_NbZ8Ki3f322LNn", "payment_method": token, "confirm": "true", **back}
    response = await _post(stripe, "setup_intents", **params)
    details = CARDS[token]
    if details.startswith("declined: ") or "an intent is declined" in details:
        assert response.status_code == 402
        return
    asked = "requires 3-D Secure" in details and not details.endswith("on request")
    assert response.json()["status"] == ("requires_action" if asked else "succeeded")


async def _post(stripe, path, **form):
    async with httpx.AsyncClient(transport=stripe, base_url="http://sandbox") as http:
        return await http.post(f"/v1/{path}", data=form, auth=("sk_test_x", ""))
