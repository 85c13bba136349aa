"""A customer that is deleted at Stripe between the reads of one operation, or while an earlier read of it is cached."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from quality.harness import asgi
from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT, AMARAS_DEFAULT, JENNY, JENNYS_CARD
from sandbox import DeliveryFault
from serving.settings.settings import Settings

METHOD = "GET /v1/payment_methods/:pm"
CUSTOMER = "GET /v1/customers/:cus"
PAGE = "GET /v1/customers/:cus/payment_methods"
UPDATE = "POST /v1/customers/:cus"
INTENT = "GET /v1/setup_intents/:seti"
KEY = ("sk_test_x", "")

WALLET = "{ id name paymentMethods(first: 5) { nodes { id isDefault } } }"
ONLY_THE_WALLET = "{ id paymentMethods(first: 5) { nodes { id isDefault } } }"
SCREEN = f'{{ customer(id: "{JENNY}") {WALLET} }}'


class Deleting(httpx.AsyncBaseTransport):
    """Deletes the customer after the first call to one endpoint, and before the first call to another."""

    def __init__(self, stripe, after, before):
        self._stripe = stripe
        self._inner = stripe._inner
        self._after = after
        self._before = before
        self._deleted = asyncio.Event()

    async def handle_async_request(self, request):
        endpoint = self._stripe.calls[-1]
        if endpoint == self._before:
            await self._deleted.wait()
        response = await self._inner.handle_async_request(request)
        if endpoint == self._after and not self._deleted.is_set():
            await delete(self._inner)
            self._deleted.set()
        return response


async def delete(transport, customer=JENNY):
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=KEY) as client:
        assert (await client.delete(f"/v1/customers/{customer}")).status_code == 200


def delete_between(stripe, after, before):
    stripe._inner = Deleting(stripe, after, before)


@pytest.fixture(params=[0, 600], ids=["without a cache", "with a cache"])
def settings(request):
    return Settings(read_cache_seconds=request.param)


async def saved_intent(api):
    mutation = f"""mutation {{ createSetupIntent(
        input: {{customerId: "{JENNY}", paymentMethodId: "{JENNYS_CARD}", confirm: true,
                 returnUrl: "https://shop.example"}}) {{ setupIntent {{ id }} errors {{ message }} }} }}"""
    return (await api.data(mutation))["createSetupIntent"]["setupIntent"]["id"]


CUSTOMERS = {
    "customer": (f'{{ customer(id: "{JENNY}") %s }}', CUSTOMER),
    "node": (f'{{ node(id: "{JENNY}") {{ ... on Customer %s }} }}', CUSTOMER),
    "nodes": (f'{{ nodes(ids: ["{JENNY}"]) {{ ... on Customer %s }} }}', CUSTOMER),
    "viewer": ("{ viewer { customer %s } }", CUSTOMER),
    "paymentMethod": (f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ customer %s }} }}', METHOD),
    "a payload": (
        f"""mutation {{ setDefaultPaymentMethod(
            input: {{customerId: "{JENNY}", paymentMethodId: "{JENNYS_CARD}"}}) {{ customer %s }} }}""",
        UPDATE,
    ),
    "setupIntent": ('{ setupIntent(id: "%%s") { customer %s } }', INTENT),
}


def leaf(data):
    """The value at the end of a path of fields that each have one value."""
    while isinstance(data, dict | list):
        (data,) = data.values() if isinstance(data, dict) else data
    return data


@pytest.mark.parametrize("name", CUSTOMERS)
async def test_a_customer_that_is_deleted_before_its_page_is_read_is_null(api, settings, stripe, name):
    query, read_first = CUSTOMERS[name]
    query %= WALLET
    if name == "setupIntent":
        query %= await saved_intent(api)
    stripe.clear()
    delete_between(stripe, read_first, PAGE)
    headers = bearer(settings, customer=JENNY) if name == "viewer" else {}
    answer = (await api.http.post("/graphql", json={"query": query}, headers=headers)).json()
    assert "errors" not in answer
    assert leaf(answer["data"]) is None
    assert PAGE in stripe.calls


async def test_a_customer_that_is_deleted_after_its_page_was_read_is_null(api, stripe):
    delete_between(stripe, PAGE, CUSTOMER)
    assert await api.data(f'{{ customer(id: "{JENNY}") {ONLY_THE_WALLET} }}') == {"customer": None}
    assert sorted(stripe.calls) == [CUSTOMER, PAGE]


async def test_a_customer_that_is_deleted_between_the_reads_of_many_payment_methods(api, stripe):
    ids = [JENNYS_CARD, "pm_none", "pm_other"]
    delete_between(stripe, METHOD, PAGE)
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on PaymentMethod { customer { id name } } } }"
    data = await api.data(query, ids=ids)
    assert data == {"nodes": [{"id": JENNYS_CARD, "customer": None}, None, None]}


async def test_a_deleted_customer_has_no_payment_methods_and_each_is_not_read_for_it(api, settings, stripe):
    await delete(stripe._inner)
    ids = [JENNYS_CARD, "pm_none", "pm_other"]
    query = {"query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ids}}
    answer = await api.http.post("/graphql", json=query, headers=bearer(settings, customer=JENNY))
    assert answer.json() == {"data": {"nodes": [None, None, None]}}
    assert stripe.calls == [PAGE]


class TestCached:
    """With a cache, whose entries are from before the deletion, and without an event."""

    @pytest.fixture
    def settings(self):
        return Settings(read_cache_seconds=600)

    @pytest.mark.parametrize(
        ("cached", "asked"),
        [
            ("{ name }", WALLET),
            (ONLY_THE_WALLET, "{ email defaultPaymentMethod { id } paymentMethods(first: 5) { nodes { id } } }"),
            ("{ paymentMethods(first: 5) { nodes { id } } }", ONLY_THE_WALLET),
        ],
        ids=["its object", "its page and its object", "its page"],
    )
    async def test_what_is_read_is_believed_and_evicts_what_is_cached(self, api, stripe, cached, asked):
        earlier, later = (f'{{ customer(id: "{JENNY}") {one} }}' for one in (cached, asked))
        assert (await api.data(earlier))["customer"] is not None
        await delete(stripe._inner)
        for query in (later, earlier, later):
            assert await api.data(query) == {"customer": None}
        assert api.service.read_cache.counts.evictions["not_found"] > 0

    async def test_an_account_whose_customer_is_deleted(self, api, stripe):
        pages = [
            f'{{ paymentMethods(customerAccountId: "{ACCOUNT}", first: {size}) {{ nodes {{ customer {{ id }} }} }} }}'
            for size in (1, 2)
        ]
        # The second read is stored: the first shows that the wallet has two names.
        cached, _ = [await api.data(pages[0]) for _ in range(2)]
        await delete(stripe._inner, cached["paymentMethods"]["nodes"][0]["customer"]["id"])
        for page in reversed(pages):
            assert await api.data(page) == {"paymentMethods": None}

    async def test_a_fresh_read_evicts_too(self, api, stripe):
        page = f'{{ customer(id: "{JENNY}") {{ paymentMethods {{ nodes {{ id }} }} }} }}'
        await api.data(page)
        await delete(stripe._inner)
        query = f'{{ customer(id: "{JENNY}") {{ name }} }}'
        await api.http.post("/graphql", json={"query": query}, headers={"Cache-Control": "no-cache"})
        assert await api.data(page) == {"customer": None}

    async def test_a_payment_method_with_a_deleted_customer_evicts_its_wallet(self, api, stripe):
        page = f'{{ customer(id: "{JENNY}") {{ paymentMethods {{ nodes {{ id }} }} }} }}'
        await api.data(page)
        await delete(stripe._inner)
        data = await api.data(f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ customer {{ id }} }} }}')
        assert data == {"paymentMethod": {"customer": None}}
        assert await api.data(page) == {"customer": None}

    async def test_a_missing_payment_method_leaves_the_wallet_in_the_cache(self, api, settings, stripe):
        headers = bearer(settings, customer=JENNY)

        async def ask(query):
            return (await api.http.post("/graphql", json={"query": query}, headers=headers)).json()["data"]

        await ask("{ customer { name } }")
        assert await ask('{ paymentMethod(id: "pm_none") { id } }') == {"paymentMethod": None}
        assert await ask(f'{{ paymentMethod(id: "{AMARAS_DEFAULT}") {{ id }} }}') == {"paymentMethod": None}
        stripe.clear()
        await ask("{ customer { name } }")
        assert stripe.calls == []

    async def test_a_cursor_that_is_missing_is_an_error_of_the_argument(self, api):
        query = f'{{ customer(id: "{JENNY}") {{ name paymentMethods(after: "pm_none") {{ nodes {{ id }} }} }} }}'
        answer = await api(query)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert api.service.read_cache.counts.evictions["not_found"] == 0


async def test_the_event_of_the_deletion_comes_late():
    async with Api(Settings(), None) as api, asgi.running(api.app):
        api.service.sandbox.webhooks.faults.add(DeliveryFault("delay", type="customer.deleted", delay=60.0))
        await api.data(f'{{ customer(id: "{JENNY}") {{ name }} }}')
        deleted = await api.http.delete(f"/v1/customers/{JENNY}", auth=KEY)
        assert deleted.status_code == 200
        assert await api.data(SCREEN) == {"customer": None}
        assert await api.data(f'{{ customer(id: "{JENNY}") {{ name }} }}') == {"customer": None}
