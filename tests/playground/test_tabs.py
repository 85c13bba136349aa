"""The prepared tabs without a browser: each runs unchanged, in the story's order, and its comments explain it."""

from __future__ import annotations

import json
import re

import pytest

from quality.harness.processes import ROOT
from sandbox.fixtures import load

PLAYGROUND = ROOT / "playground"
FILES = sorted((PLAYGROUND / "src" / "tabs").iterdir(), key=lambda path: int(path.name.partition("-")[0]))
TABS = {path.stem: path.read_text() for path in FILES if path.suffix == ".graphql"}
STORY = ["ReadWallet", "AttachVisa", "AttachDeclined", "SaveBySetupIntent", "SetDefault", "Detach", "TryToReattach"]
VARIABLES = {path.stem: json.loads(path.read_text()) for path in FILES if path.suffix == ".json"}
SUBSCRIPTION = "8-watch-wallet"
REQUESTS = {tab: text for tab, text in TABS.items() if tab != SUBSCRIPTION}


async def test_they_run_in_turn(api):
    answers = {tab: next(iter((await api.data(text, **VARIABLES[tab])).values())) for tab, text in REQUESTS.items()}
    wallet, visa, declined, saved, default, detached, again, session, paid = answers.values()
    assert wallet["name"] == "Amara Okafor"
    assert visa["paymentMethod"]["card"]["checks"] == {"cvcCheck": "PASS"}
    assert declined["errors"][0]["declineCode"] == "insufficient_funds"
    assert saved["setupIntent"]["status"] == "SUCCEEDED"
    assert default["previousDefault"]["id"] != default["customer"]["defaultPaymentMethod"]["id"]
    assert detached["paymentMethod"]["customer"] is None
    assert again["errors"][0]["code"] == "NOT_REUSABLE"
    assert session["customerSession"]["clientSecret"].startswith("cuss_secret_")
    assert (paid["paymentIntent"]["status"], paid["paymentIntent"]["amountReceived"]) == ("SUCCEEDED", 1999)
    assert paid["paymentIntent"]["paymentMethod"]["customer"]["id"] == "cus_NbZ8Ki3f322LNn"
    assert [answer["errors"] for answer in (visa, saved, default, detached, session, paid)] == [[]] * 6


async def test_they_leave_the_first_answer_as_it_was(api):
    first, *others = REQUESTS
    before = await api(REQUESTS[first], **VARIABLES[first])
    for tab in others:
        await api.data(REQUESTS[tab], **VARIABLES[tab])
    assert await api(REQUESTS[first], **VARIABLES[first]) == before


@pytest.mark.parametrize("tab", TABS)
def test_each_tells_what_to_look_at_in_lines_that_fit(tab):
    comments = [line for line in TABS[tab].splitlines() if line.startswith("#")]
    assert len(comments) >= 2
    assert max(map(len, comments)) <= 49


def test_they_are_named_for_the_story():
    assert [re.search(r"^(?:query|mutation|subscription) (\w+)", text, re.MULTILINE)[1] for text in TABS.values()] == [
        *STORY,
        "WatchWallet",
        "SessionForASheet",
        "PayAndSave",
    ]


async def test_paying_again_pays_nothing(api):
    text, variables = TABS["10-pay-and-save"], VARIABLES["10-pay-and-save"]
    first, again = [(await api.data(text, **variables))["createPaymentIntent"] for _ in range(2)]
    assert first["errors"] == []
    assert again == first


def test_ids_are_variables_as_in_a_frontend():
    assert VARIABLES.keys() == TABS.keys()
    assert '"' not in "".join(TABS.values())


def test_ids_are_those_of_the_seed():
    seeded = {body["id"] for body in load("customers")} | {row["object"]["id"] for row in load("payment_methods")}
    named = set(re.findall(r'"((?:cus|pm)_(?!card_)\w+)"', json.dumps(VARIABLES)))
    assert named
    assert named <= seeded
