"""Cursors: a customer's are bound to the wallet, and callers that reach every wallet page by Stripe's ids."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, MATEO, MATEOS_CARD, UNATTACHED_CARD
from resolvers.cursors import Cursors
from serving.settings.settings import Settings

PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  customer { paymentMethods(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
PAGE_OF = PAGE.replace("query(", "query($id: ID!, ").replace("customer {", "customer(id: $id) {")
LIST = "GET /v1/customers/:cus/payment_methods"


@pytest.fixture
def ask(api, settings):
    async def ask(query=PAGE, *, customer=AMARA, service=False, **variables):
        api.stripe.clear()
        headers = bearer(settings, service=True) if service else bearer(settings, customer=customer)
        body = json.dumps({"query": query, "variables": variables})
        headers |= {"Content-Type": "application/json"}
        return (await api.http.post("/graphql", content=body, headers=headers)).json()

    return ask


@pytest.fixture
def page(ask):
    async def page(*args, **variables):
        return (await ask(*args, **variables))["data"]["customer"]["paymentMethods"]

    return page


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_a_customer_pages_forward_and_back(api, page, size):
    seen, after, more = [], None, True
    while more:
        found = await page(first=size, after=after)
        assert api.stripe.calls == [LIST]
        seen += [edge["node"]["id"] for edge in found["edges"]]
        more, after = found["pageInfo"]["hasNextPage"], found["pageInfo"]["endCursor"]
    back, before, more = [], None, True
    while more:
        found = await page(last=size, before=before)
        back = [edge["node"]["id"] for edge in found["edges"]] + back
        more, before = found["pageInfo"]["hasPreviousPage"], found["pageInfo"]["startCursor"]
    assert seen == back
    assert len(seen) == len(set(seen)) > 10


async def test_a_customer_s_cursors_are_opaque(page):
    found = await page(first=3)
    cursors = [edge["cursor"] for edge in found["edges"]]
    assert (found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])
    assert not any(edge["node"]["id"] in edge["cursor"] for edge in found["edges"])
    assert [edge["cursor"] for edge in (await page(first=3))["edges"]] == cursors


async def test_a_cursor_keeps_its_place_after_a_detach(api, page, ask):
    found = (await page(first=3))["edges"]
    await ask(
        "mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) { errors { code } } }",
        id=found[1]["node"]["id"],
    )
    assert (await page(first=1, after=found[1]["cursor"]))["edges"] == [found[2]]


WRONG = {
    "another's method": MATEOS_CARD,
    "one's own method": AMARAS_DEFAULT,
    "a missing method": "pm_none",
    "an unattached method": UNATTACHED_CARD,
    "another wallet's cursor": Cursors("sk_test_sandbox").make(MATEO, MATEOS_CARD),
    "another wallet's cursor of one's own method": Cursors("sk_test_sandbox").make(MATEO, AMARAS_DEFAULT),
    "another key's cursor": Cursors("sk_test_other").make(AMARA, AMARAS_DEFAULT),
    "no id": "../x",
    "not ASCII": "ü",
    "too long": "A" * 100_000,
    "no base64": "A",
    "a cut cursor": Cursors("sk_test_sandbox").make(AMARA, AMARAS_DEFAULT)[:-2],
    "a longer cursor": Cursors("sk_test_sandbox").make(AMARA, AMARAS_DEFAULT) + "AAAA",
}


@pytest.mark.parametrize(("size", "at"), [("first", "after"), ("last", "before")])
async def test_wrong_cursors_are_all_the_same_to_a_customer(api, ask, size, at):
    queries = {
        PAGE: [],
        PAGE.replace("customer {", "customer { name "): ["GET /v1/customers/:cus"],
        PAGE.replace("customer {", "viewer { customer {") + " }": [],
    }
    for query, calls in queries.items():
        answers = {}
        for name, cursor in WRONG.items():
            answers[name] = await ask(query, **{size: 1, at: cursor})
            assert len(api.stripe.calls) <= 1
            assert LIST not in api.stripe.calls
            assert not calls or api.stripe.calls == calls
        (first, *_) = answers.values()
        assert answers == dict.fromkeys(answers, first)
        (error,) = first["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert error["message"].startswith(f"{at}: there is no such entry in the list")


async def test_a_customer_s_edge_of_an_attach_has_a_cursor_of_the_wallet(page, ask):
    attach = """mutation { attachPaymentMethod(input: {paymentMethodId: "pm_card_visa"}) {
      paymentMethodEdge { cursor node { id } } } }"""
    edge = (await ask(attach))["data"]["attachPaymentMethod"]["paymentMethodEdge"]
    assert edge == (await page(first=1))["edges"][0]
    assert (await page(last=1, before=edge["cursor"]))["edges"] == []


async def test_a_service_pages_by_stripe_s_ids(page):
    found = await page(PAGE_OF, service=True, id=AMARA, first=2)
    assert [edge["cursor"] for edge in found["edges"]] == [edge["node"]["id"] for edge in found["edges"]]
    again = await page(PAGE_OF, service=True, id=AMARA, first=1, after=found["edges"][0]["node"]["id"])
    assert again["edges"] == found["edges"][1:]


async def test_a_service_may_use_a_customer_s_cursor_for_that_wallet(page, ask):
    found = (await page(first=2))["edges"]
    again = await page(PAGE_OF, service=True, id=AMARA, first=1, after=found[0]["cursor"])
    assert [edge["node"] for edge in again["edges"]] == [found[1]["node"]]
    other = await ask(PAGE_OF, service=True, id=MATEO, first=1, after=found[0]["cursor"])
    assert other["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_replicas_with_the_same_key_share_cursors(sandbox, stripe):
    settings = Settings(stripe_secret_key="sk_test_x", stripe_api_base="http://sandbox", auth_secret="s" * 32)
    headers = bearer(settings, customer=AMARA)
    async with Api(settings, stripe) as one, Api(settings, stripe) as other:
        body = {"query": PAGE, "variables": {"first": 2}}
        found = (await one.http.post("/graphql", json=body, headers=headers)).json()["data"]["customer"]
        edges = found["paymentMethods"]["edges"]
        body = {"query": PAGE, "variables": {"first": 1, "after": edges[0]["cursor"]}}
        found = (await other.http.post("/graphql", json=body, headers=headers)).json()["data"]["customer"]
    assert found["paymentMethods"]["edges"] == edges[1:]


@given(wallet=st.text(max_size=5), other=st.text(max_size=5), id=st.text(max_size=20))
def test_a_cursor_is_read_for_its_own_wallet_alone(wallet, other, id):
    cursors = Cursors("k")
    cursor = cursors.make(wallet, id)
    assert cursors.read(wallet, cursor) == id
    assert wallet == other or cursors.read(other, cursor) is None


@given(st.text())
def test_no_text_is_a_cursor_by_chance(text):
    assert Cursors("k").read("cus_1", text) is None
