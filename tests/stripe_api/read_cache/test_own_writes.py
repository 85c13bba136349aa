"""Which wallets a write of this service evicts, and when: before its caller has the result, whatever that is."""

import asyncio

import httpx
import pytest

from quality.harness.builders import payment_method
from stripe_api import APIConnectionError, APIError, CardError, StripeClient, TooManyCalls
from stripe_api.read_cache.cache import OperationCache, ReadCache
from stripe_api.read_cache.in_process import InProcessStorage
from stripe_api.read_cache.own_writes import OwnWrite, OwnWrites

CARD_ERROR = {"error": {"type": "card_error", "code": "card_declined", "message": "Declined."}}


class Cache(ReadCache):
    """Records what is evicted, after `seconds`."""

    def __init__(self):
        super().__init__(InProcessStorage(1024 * 1024), seconds=600)
        self.evicted = []
        self.seconds = 0.0

    async def evict_written(self, wallets, objects):
        await asyncio.sleep(self.seconds)
        self.evicted.append((set(wallets), set(objects)))


@pytest.fixture
def cache():
    return Cache()


@pytest.fixture
def reported():
    return []


@pytest.fixture
def stripe(cache, reported):
    """Makes a session over Stripe's response to every request: JSON with a status and headers, or an exception."""

    def make(json=None, status=200, *, wallet=None, headers=None, error=None, max_calls=10):
        def respond(request):
            if error is not None:
                raise error
            return httpx.Response(status, json=json, headers=headers)

        client = StripeClient(
            httpx.MockTransport(respond),
            api_key="sk_test_x",
            base_url="http://stripe",
            api_version="2026-10-28.endive",
            max_retries=0,
            max_calls=max_calls,
            own_writes=OwnWrites(cache, lambda kind, id, account: reported.append((kind, id))),
        )
        return client.session(cache=OperationCache(cache, wallet, False, lambda source: None))

    return make


METHOD = payment_method("pm_1", customer="cus_1")
DETACHED = payment_method("pm_1")
PAYMENT = {"id": "pi_1", "object": "payment_intent", "customer": "cus_1", "payment_method": "pm_1"}
INTENT = {"id": "seti_1", "object": "setup_intent", "customer": "cus_1", "payment_method": "pm_1"}
CASES = {
    "attach": (METHOD, lambda s: s.payment_methods.attach("pm_1", customer="cus_1"), {"cus_1"}, {"pm_1"}),
    "attach to an account": (
        payment_method("pm_1", customer="cus_1", customer_account="acct_1"),
        lambda s: s.payment_methods.attach("pm_1", customer_account="acct_1"),
        {"cus_1", "acct_1"},
        {"pm_1"},
    ),
    "detach": (DETACHED, lambda s: s.payment_methods.detach("pm_1"), set(), {"pm_1"}),
    "update": (METHOD, lambda s: s.payment_methods.update("pm_1", {}), {"cus_1"}, {"pm_1"}),
    "read by update": (METHOD, lambda s: s.payment_methods.read_via_update("pm_1"), {"cus_1"}, {"pm_1"}),
    "default": (
        {"id": "cus_1", "object": "customer"},
        lambda s: s.customers.set_default_payment_method("cus_1", "pm_1"),
        {"cus_1"},
        set(),
    ),
    "confirm": (
        INTENT,
        lambda s: s.setup_intents.confirm("seti_1", payment_method="pm_1"),
        {"cus_1"},
        {"seti_1", "pm_1"},
    ),
    "confirm a payment": (
        PAYMENT,
        lambda s: s.payment_intents.confirm("pi_1", payment_method="pm_1"),
        {"cus_1"},
        {"pi_1", "pm_1"},
    ),
    "create and confirm a payment": (PAYMENT, lambda s: s.payment_intents.create({"confirm": True}), {"cus_1"}, set()),
    "create and confirm": (INTENT, lambda s: s.setup_intents.create({"confirm": True}), {"cus_1"}, set()),
}


@pytest.mark.parametrize(("json", "write", "wallets", "objects"), CASES.values(), ids=CASES)
async def test_the_wallets_of_a_write(stripe, cache, json, write, wallets, objects):
    await write(stripe(json))
    assert cache.evicted == [(wallets, objects)]


async def test_a_customer_always_evicts_its_own_wallet(stripe, cache):
    await stripe(DETACHED, wallet="cus_1").payment_methods.detach("pm_1")
    assert cache.evicted == [({"cus_1"}, {"pm_1"})]


@pytest.mark.parametrize(("kind", "intent"), [("setup_intents", INTENT), ("payment_intents", PAYMENT)])
async def test_an_intent_that_was_created_here_is_known_when_its_confirmation_has_no_result(
    stripe, cache, kind, intent
):
    await getattr(stripe(intent), kind).create({"customer": "cus_1"})
    with pytest.raises(APIConnectionError):
        await getattr(stripe(error=httpx.ReadError("lost")), kind).confirm(intent["id"])
    assert cache.evicted == [(set(), {intent["id"]})]
    assert await cache.wallets_of(intent["id"]) == {"cus_1"}


@pytest.mark.parametrize(
    "write",
    [
        lambda s: s.setup_intents.create({"customer": "cus_1"}),
        lambda s: s.setup_intents.cancel("seti_1"),
        lambda s: s.payment_intents.create({"customer": "cus_1"}),
        lambda s: s.payment_intents.cancel("pi_1"),
    ],
    ids=["create", "cancel", "create a payment", "cancel a payment"],
)
async def test_an_intent_that_is_not_confirmed_changes_no_wallet(stripe, cache, write):
    await write(stripe(INTENT))
    assert cache.evicted == []


@pytest.mark.parametrize(
    ("response", "error"),
    [
        ({"error": httpx.ReadError("lost")}, APIConnectionError),
        ({"json": {"error": {"type": "api_error"}}, "status": 500}, APIError),
        ({"json": [], "status": 200}, APIError),
        ({"json": CARD_ERROR, "status": 402}, CardError),
    ],
    ids=["lost", "failed", "unusable", "declined"],
)
async def test_a_write_without_a_result_evicts_too(stripe, cache, response, error):
    with pytest.raises(error):
        await stripe(**response).payment_methods.attach("pm_1", customer="cus_1")
    assert cache.evicted == [({"cus_1"}, {"pm_1"})]


async def test_a_write_that_was_not_sent_evicts_nothing(stripe, cache):
    with pytest.raises(TooManyCalls):
        await stripe(METHOD, max_calls=0).payment_methods.attach("pm_1", customer="cus_1")
    assert cache.evicted == []


async def test_the_caller_gets_the_result_after_the_eviction(stripe, cache):
    cache.seconds = 0.05
    await stripe(METHOD).payment_methods.attach("pm_1", customer="cus_1")
    assert cache.evicted


async def test_an_eviction_ends_although_its_caller_is_cancelled(stripe, cache):
    cache.seconds = 0.05
    session = stripe(METHOD)
    writing = asyncio.create_task(session.payment_methods.attach("pm_1", customer="cus_1"))
    await asyncio.sleep(0.02)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await session._client.own_writes.aclose()
    assert cache.evicted == [({"cus_1"}, {"pm_1"})]


async def test_a_write_that_is_cancelled_in_progress_evicts(cache):
    class Hanging(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            await asyncio.sleep(60)

    client = StripeClient(
        Hanging(), api_key="sk_test_x", base_url="http://stripe", api_version="2026", own_writes=OwnWrites(cache)
    )
    writing = asyncio.create_task(client.session().payment_methods.attach("pm_1", customer="cus_1"))
    await asyncio.sleep(0.01)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert cache.evicted == [({"cus_1"}, {"pm_1"})]


async def test_attaches_and_detaches_that_stripe_reports_by_an_event(stripe, reported):
    await stripe(payment_method("pm_new", customer="cus_1")).payment_methods.attach("pm_card_visa", customer="cus_1")
    await stripe(DETACHED).payment_methods.detach("pm_1")
    await stripe(METHOD).payment_methods.update("pm_1", {})
    assert reported == [(OwnWrite.ATTACH, "pm_new"), (OwnWrite.DETACH, "pm_1")]


async def test_an_attach_of_a_payment_method_that_is_already_in_the_wallet_is_not_reported(stripe, reported):
    for _ in range(2):
        await stripe(METHOD).payment_methods.attach("pm_1", customer="cus_1")
    assert reported == [(OwnWrite.ATTACH, "pm_1")]


async def test_a_repeated_response_is_not_reported(stripe, reported):
    headers = {"Idempotent-Replayed": "true"}
    await stripe(METHOD, headers=headers).payment_methods.attach("pm_1", customer="cus_1")
    with pytest.raises(CardError):
        await stripe(CARD_ERROR, 402).payment_methods.attach("pm_1", customer="cus_1")
    assert reported == []
