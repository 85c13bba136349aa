"""A failed operation does not keep the response of Stripe in memory."""

from __future__ import annotations

import asyncio
import gc
import json
import tracemalloc

import httpx
import pytest

from quality.harness import builders
from quality.harness.clients import Api, Recorder

pytestmark = pytest.mark.anyio

MEGABYTE = 1_000_000
OPERATIONS = 5
READ = '{ paymentMethod(id: "pm_1") { id displayLabel customer { name } } }'
WALLET = """{ customer(id: "cus_1") { name defaultPaymentMethod { displayLabel }
  paymentMethods { nodes { id isDefault customer { name } } } } }"""
DETACH = """mutation { detachPaymentMethod(input: { paymentMethodId: "pm_1", unlessInUse: true }) {
  paymentMethod { id } customer { name } errors { message } } }"""
ATTACH = """mutation { attachPaymentMethod(input: {paymentMethodId: "pm_1", customerId: "cus_1", setAsDefault: true}) {
  paymentMethod { id customer { name } } customer { paymentMethods { nodes { id } } } errors { message } } }"""
FINAL = {"Stripe-Should-Retry": "false"}


def _html(request):
    return httpx.Response(502, content=b"<html>" + b"x" * MEGABYTE, headers=FINAL)


def _long(request):
    return httpx.Response(200, content=b'{"id": "pm_1", "pad": "' + b"x" * (5 * MEGABYTE) + b'"}')


def _not_json(request):
    return httpx.Response(200, content=b'{"id": "pm_1", "pad": "' + b"x" * MEGABYTE)


def _large_refusal(request):
    body = builders.error(code="resource_missing", param="id", message="No such customer: " + "x" * 100_000)
    return httpx.Response(400, json=body)


def _unreadable(request):
    return httpx.Response(200, json={"id": "pm_1", "object": "payment_method", "type": "card", "pad": "x" * MEGABYTE})


def _reset(request):
    raise httpx.ReadError("reset", request=request)


def _half(request):
    """Reads succeed, the rest fails: errors in one place of the operation, large bodies in another."""
    if request.method == "GET":
        body = {**builders.customer(), "padding": "x" * MEGABYTE}
        if "payment_methods" in request.url.path or "subscriptions" in request.url.path:
            return httpx.Response(500, content=b"", headers=FINAL)
        return httpx.Response(200, content=json.dumps(body).encode())
    return httpx.Response(200, json={**builders.payment_method(customer="cus_1"), "pad": "x" * MEGABYTE})


UPSTREAMS = {
    "a large error": _html,
    "a response over the limit": _long,
    "a response that is not JSON": _not_json,
    "a large refusal": _large_refusal,
    "an object without its members": _unreadable,
    "a reset": _reset,
    "half of the calls": _half,
}


@pytest.fixture
def collector_off():
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


@pytest.fixture
async def failing(settings, request, monkeypatch):
    monkeypatch.setattr("stripe_api.client.delay_before_retry", lambda retry: 0.0)
    respond = UPSTREAMS[request.param]
    async with Api(settings, Recorder(httpx.MockTransport(respond))) as api:
        yield api


@pytest.mark.parametrize("failing", UPSTREAMS, indirect=True)
@pytest.mark.parametrize("query", [READ, WALLET, DETACH, ATTACH], ids=["read", "wallet", "detach", "attach"])
async def test_an_error_keeps_no_body(failing, query, collector_off):
    await _run(failing, query, 5)
    before, _ = tracemalloc.get_traced_memory()
    await _run(failing, query, OPERATIONS)
    after, _ = tracemalloc.get_traced_memory()
    assert (after - before) / OPERATIONS < 50_000, "bytes that each failed operation leaves"


async def _run(api, query, count):
    for _ in range(count):
        await api.http.post("/graphql", json={"query": query})
        api.stripe.clear()
        # The event loop closes the bodies that were not read to their end.
        for _ in range(3):
            await asyncio.sleep(0)
