"""GraphQL over Server-Sent Events follows its protocol, and the rules of all requests."""

import hashlib
import json

import pytest

from changes.change import ChangeKind
from quality.harness.wallets import JENNY, JENNYS_CARD
from tests.support.served import OWN, errors, serving


@pytest.mark.parametrize("get", [False, True])
async def test_a_change_is_sent_as_a_next_event_with_its_position(served, jenny, get):
    async with served.stream(OWN, get=get, headers=jenny) as stream:
        response = stream.response
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        await served.publish(JENNY, ChangeKind.PAYMENT_METHOD_UPDATED, JENNYS_CARD)
        event = await stream.event()
    assert list(event) == ["event", "id", "data"]
    change = json.loads(event["data"])["data"]["walletChanged"]
    assert change == {
        "id": event["id"],
        "kind": "PAYMENT_METHOD_UPDATED",
        "occurredAt": "2023-11-14T22:13:20Z",
        "paymentMethodId": JENNYS_CARD,
        "paymentMethod": {"id": JENNYS_CARD, "card": {"last4": "4242"}},
        "customer": {"id": JENNY},
    }


async def test_idle_streams_get_comments(served, jenny):
    async with served.stream(OWN, headers=jenny) as stream:
        assert [await stream.block() for _ in range(3)] == [{"": ""}] * 3


async def test_compression_does_not_delay_events(served, jenny):
    async with served.stream(OWN, headers={**jenny, "Accept-Encoding": "gzip"}) as stream:
        assert "content-encoding" not in stream.response.headers
        await served.publish(JENNY)
        assert (await stream.result())["data"]["walletChanged"]["kind"] == "PAYMENT_METHOD_UPDATED"


@pytest.mark.parametrize("get", [False, True])
async def test_a_query_is_one_result(served, jenny, get):
    async with served.stream("{ viewer { kind } }", get=get, headers=jenny) as stream:
        assert await stream.result() == {"data": {"viewer": {"kind": "CUSTOMER"}}}
        await stream.complete()


async def test_a_mutation_is_executed_by_post_only(served, jenny):
    detach = (
        f'mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}"}}) {{ detachedPaymentMethodId }} }}'
    )
    async with served.stream(detach, get=True, headers=jenny) as stream:
        assert stream.response.status_code == 405
    assert not any(call.startswith("POST") for call in served.stripe.calls)
    async with served.stream(detach, headers=jenny) as stream:
        assert (await stream.result())["data"]["detachPaymentMethod"]["detachedPaymentMethodId"] == JENNYS_CARD
        await stream.complete()


async def test_an_invalid_document_is_reported_in_the_stream(served, jenny):
    async with served.stream("subscription { walletChanged { colour } }", headers=jenny) as stream:
        ((code, message),) = await errors(stream)
    assert code == "BAD_USER_INPUT"
    assert "colour" in message


async def test_two_subscriptions_in_one_operation_are_invalid(served, jenny):
    twice = "subscription { a: walletChanged { id } b: walletChanged { id } }"
    async with served.stream(twice, headers=jenny) as stream:
        assert [code for code, _ in await errors(stream)] == ["BAD_USER_INPUT"]


async def test_limits_and_cost_apply(settings, stripe, jenny):
    costly = "subscription { walletChanged { customer { paymentMethods(first: 100) { nodes { id } } } } }"
    async with (
        serving(settings.model_copy(update={"max_cost": 50}), stripe) as served,
        served.stream(costly, headers=jenny) as stream,
    ):
        ((_, message),) = await errors(stream)
    assert "MAX_COST" in message


async def test_a_subscription_without_a_stream_is_not_acceptable(served, jenny):
    response = await served.http.post("/graphql", json={"query": OWN}, headers=jenny)
    assert response.status_code == 406
    assert "text/event-stream" in response.json()["errors"][0]["message"]


async def test_json_stays_preferred_where_the_client_lists_it_first(served, jenny):
    headers = {**jenny, "Accept": "application/json, text/event-stream"}
    response = await served.http.post("/graphql", json={"query": "{ viewer { kind } }"}, headers=headers)
    assert response.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer no"}, 401),
        ({"Origin": "https://evil.example"}, 403),
    ],
)
async def test_a_request_that_is_not_admitted_has_a_status(served, jenny, headers, status):
    sent = headers if status == 401 else {**jenny, **headers}
    async with served.stream(OWN, headers=sent) as stream:
        assert stream.response.status_code == status


async def test_a_page_of_another_site_needs_a_preflight_for_get(served, jenny):
    async with served.stream(OWN, get=True, headers={**jenny, "Sec-Fetch-Site": "cross-site"}) as stream:
        assert stream.response.status_code == 403


async def test_a_list_of_operations_is_rejected(settings, stripe, jenny):
    async with serving(settings.model_copy(update={"max_batch": 5}), stripe) as served:
        headers = {**jenny, "Accept": "text/event-stream"}
        response = await served.http.post("/graphql", json=[{"query": OWN}], headers=headers)
        assert response.status_code == 400


async def test_a_persisted_subscription_is_found_by_its_hash(served, jenny):
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(OWN.encode()).hexdigest()}}
    async with served.stream(OWN, headers=jenny, extensions=extensions) as stream:
        await stream.block()
    body = {"extensions": extensions}
    headers = {**jenny, "Accept": "text/event-stream"}
    async with served.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.status_code == 200
