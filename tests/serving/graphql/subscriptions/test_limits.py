"""Subscriptions are bounded, and leave nothing behind when they end."""

import asyncio
import time

from quality.harness.wallets import AMARA, JENNY
from tests.support.served import OF, OWN, errors, serving, until


async def refused(served, headers, **members):
    async with served.stream(OWN if not members else OF, headers=headers, **members) as stream:
        body = await stream.response.aread()
        return stream.response.status_code, stream.response.headers.get("retry-after"), b"MAX_SUBSCRIPTIONS" in body


async def test_a_caller_has_a_limit_of_subscriptions_and_services_have_none(settings, stripe, jenny, service):
    async with serving(settings.model_copy(update={"max_subscriptions_per_caller": 1}), stripe) as served:
        async with served.stream(OWN, headers=jenny):
            assert await refused(served, jenny) == (429, "5", True)
            async with (
                served.stream(OF, headers=service, variables={"id": JENNY}),
                served.stream(OF, headers=service, variables={"id": AMARA}) as stream,
            ):
                assert stream.response.status_code == 200
        await until(lambda: served.service.subscriptions.limits.active == 0)
        async with served.stream(OWN, headers=jenny) as stream:
            assert stream.response.status_code == 200


async def test_a_process_has_a_limit_of_subscriptions(settings, stripe, jenny, service):
    async with (
        serving(settings.model_copy(update={"max_subscriptions": 1}), stripe) as served,
        served.stream(OWN, headers=jenny),
    ):
        assert await refused(served, service, variables={"id": AMARA}) == (503, "5", True)


async def test_a_rejected_subscription_frees_its_slot(served, service):
    async with served.stream(OF, headers=service, variables={"id": "cus_missing"}) as stream:
        await errors(stream)
    assert served.service.subscriptions.limits.active == 0


async def test_idle_subscriptions_take_no_operation_slot(settings, stripe, jenny):
    limits = {"max_operations": 1, "max_operations_per_caller": 1}
    async with (
        serving(settings.model_copy(update=limits), stripe) as served,
        served.stream(OWN, headers=jenny) as stream,
    ):
        assert served.service.concurrency.running == 0
        response = await served.http.post("/graphql", json={"query": "{ viewer { kind } }"}, headers=jenny)
        assert response.status_code == 200
        await served.publish(JENNY)
        await stream.result()


async def test_a_change_waits_for_a_slot(settings, stripe, jenny):
    async with (
        serving(settings.model_copy(update={"max_operations": 1}), stripe) as served,
        served.stream(OWN, headers=jenny) as stream,
    ):
        with served.service.concurrency:
            await served.publish(JENNY)
            started = time.monotonic()
            await asyncio.sleep(0.3)
        await stream.result()
        assert time.monotonic() - started >= 0.3


async def test_a_disconnected_client_leaves_nothing(served, jenny):
    async with served.stream(OWN, headers=jenny) as stream:
        await stream.block()
        assert served.service.subscriptions.limits.active == 1
    await until(lambda: served.service.subscriptions.limits.active == 0)
    assert not served.service.changes._fan_out._subscribers


async def test_a_process_that_stops_ends_streams_without_complete(served, jenny):
    async with served.stream(OWN, headers=jenny) as stream:
        await stream.block()
        served.service.subscriptions.waiters.interrupt_all()
        assert await stream.event() is None


async def test_metrics_count_subscriptions_and_their_changes(settings, stripe, jenny):
    async with serving(settings, stripe) as served:
        async with served.stream(OWN, headers=jenny) as stream:
            await served.publish(JENNY)
            await stream.result()
            served.service.metrics.refresh()
            text = served.service.metrics.expose("")[0].decode()
        assert "attache_subscriptions 1.0" in text
        assert "attache_subscription_events_total 1.0" in text
        assert 'attache_operations_total{kind="event",operation="Own",outcome="ok"} 1.0' in text
        await until(lambda: served.service.subscriptions.limits.active == 0)
        text = served.service.metrics.expose("")[0].decode()
    assert 'attache_subscriptions_ended_total{reason="client",transport="sse"} 1.0' in text
