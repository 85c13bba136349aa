import httpx
import pytest

from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, CARD_OF_DELETED, JENNY, JENNYS_CARD, MATEO, MATEOS_CARD, UNATTACHED_CARD

METHOD = "GET /v1/payment_methods/:pm"
PAGE = "GET /v1/customers/:cus/payment_methods"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
WHOLE = """query($ids: [ID!]!) { nodes(ids: $ids) {
  ... on PaymentMethod { id isDefault customer { email } } ... on Customer { id email } } }"""


@pytest.fixture
async def wallet(api, stripe):
    query = "query($id: ID!) { customer(id: $id) { paymentMethods(first: 100) { nodes { id } } } }"
    ids = [node["id"] for node in (await api.data(query, id=AMARA))["customer"]["paymentMethods"]["nodes"]]
    stripe.clear()
    return ids


@pytest.fixture
def found(api):
    async def found(ids, query=NODES):
        return [node and node["id"] for node in (await api.data(query, ids=ids))["nodes"]]

    return found


async def test_one_customer_s_methods_are_read_by_one_list(found, wallet, stripe):
    assert await found(wallet) == wallet
    assert stripe.calls == [METHOD, PAGE]


async def test_with_their_customer_too(found, wallet, stripe):
    assert await found(wallet, WHOLE) == wallet
    assert stripe.calls == [METHOD, PAGE]


async def test_two_are_read_one_by_one(found, wallet, stripe):
    assert await found(wallet[:2]) == wallet[:2]
    assert stripe.calls == [METHOD, METHOD]


async def test_two_customers_methods_take_two_lists(found, wallet, stripe, api):
    query = "query($id: ID!) { customer(id: $id) { paymentMethods { nodes { id } } } }"
    mateos = [node["id"] for node in (await api.data(query, id=MATEO))["customer"]["paymentMethods"]["nodes"]]
    stripe.clear()
    assert len(mateos) >= 3
    assert await found(wallet + mateos) == wallet + mateos
    assert stripe.calls == [METHOD, PAGE, METHOD, PAGE]


async def test_strangers_cost_one_list_more_at_most(found, stripe):
    ids = [JENNYS_CARD, MATEOS_CARD, CARD_OF_DELETED, UNATTACHED_CARD]
    assert await found(ids) == ids
    assert len(stripe.calls) == len(ids) + 1


async def test_a_hundred_mixed_ids(found, wallet, stripe):
    ids = [*wallet, JENNY, AMARA, "pm_none", "nonsense", UNATTACHED_CARD]
    ids = (ids * 10)[:100]
    answer = await found(ids)
    assert answer == [id if id not in ("pm_none", "nonsense") else None for id in ids]
    assert len(stripe.calls) <= 7


async def test_what_is_missing_first_does_not_hide_the_rest(found, wallet):
    ids = ["pm_none", "pm_none2", *wallet]
    assert await found(ids) == [None, None, *wallet]


MISSING = [f"pm_missing{number}" for number in range(100)]


async def test_a_hundred_missing_ids_take_a_customer_one_list(settings, stripe):
    async with Api(settings, stripe) as api:
        api.http.headers.update(bearer(settings, customer=AMARA))
        assert (await api.data(NODES, ids=MISSING))["nodes"] == [None] * 100
    assert stripe.calls == [PAGE]


async def test_of_a_wallet_with_more_than_a_page_the_rest_is_read_one_by_one(settings):
    async def answer(request):
        if request.url.path.endswith("/payment_methods"):
            return httpx.Response(200, json={"object": "list", "has_more": True, "data": []})
        return httpx.Response(404, json={"error": {"type": "invalid_request_error", "code": "resource_missing"}})

    async with Api(settings, Recorder(httpx.MockTransport(answer))) as api:
        api.http.headers.update(bearer(settings, customer=AMARA))
        assert (await api.data(NODES, ids=MISSING))["nodes"] == [None] * 100
        assert api.stripe.calls == [PAGE, *["GET /v1/customers/:cus/payment_methods/:pm"] * 100]


async def test_each_missing_id_is_read_once_for_a_service(found, stripe):
    assert await found(MISSING) == [None] * 100
    assert stripe.calls == [METHOD] * 100


async def test_one_s_fault_is_its_own(settings, sandbox):
    class Flaky(httpx.ASGITransport):
        async def handle_async_request(self, request):
            if request.url.path.endswith(UNATTACHED_CARD):
                return httpx.Response(400, json={"error": {"type": "invalid_request_error"}})
            return await super().handle_async_request(request)

    async with Api(settings, Recorder(Flaky(app=sandbox))) as api:
        answer = await api(NODES, ids=[JENNYS_CARD, UNATTACHED_CARD])
    assert [node and node["id"] for node in answer["data"]["nodes"]] == [JENNYS_CARD, None]
    assert [error["path"] for error in answer["errors"]] == [["nodes", 1]]


CHOSEN = ["jenny@example.com", "shop.7", "a+b", "12", "customer-of-shop", "cus_1"]
"""Ids of customers, of which all but the last were chosen by the account."""


def customers_upstream():
    """An upstream that has a customer of every id, and no other object."""

    def respond(request):
        _, found, id = request.url.path.rpartition("/v1/customers/")
        status, body = (200, builders.customer(id)) if found else (404, builders.error(code="resource_missing"))
        return httpx.Response(status, json=body)

    return Recorder(httpx.MockTransport(respond))


@pytest.mark.parametrize("id", CHOSEN)
async def test_a_customer_is_found_by_a_chosen_id(settings, id):
    async with Api(settings, customers_upstream()) as api:
        answer = await api.data("query($id: ID!) { node(id: $id) { __typename id } }", id=id)
        assert answer == {"node": {"__typename": "Customer", "id": id}}
        assert len(api.stripe.calls) == 1


async def test_customers_are_found_by_chosen_ids(settings):
    async with Api(settings, customers_upstream()) as api:
        answer = await api.data(NODES, ids=[*CHOSEN, "pm_1", "../x"])
        assert [node and node["id"] for node in answer["nodes"]] == [*CHOSEN, None, None]


async def test_a_customer_with_a_chosen_id_finds_only_itself(settings):
    async with Api(settings, customers_upstream()) as api:
        headers = bearer(settings, customer="jenny@example.com")
        body = {"query": NODES, "variables": {"ids": CHOSEN}}
        answer = (await api.http.post("/graphql", json=body, headers=headers)).json()
        assert [node and node["id"] for node in answer["data"]["nodes"]] == [CHOSEN[0], *[None] * (len(CHOSEN) - 1)]
        assert len(api.stripe.calls) == 1
