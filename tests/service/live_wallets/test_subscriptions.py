"""Subscriptions of server processes: two replicas over one store, and a process that stops."""

import asyncio
import contextlib
import json
import signal

import httpx
import pytest
from websockets.asyncio.client import connect

from changes.change import ChangeKind, WalletChange
from changes.streams.redis_stream import RedisStream
from quality.harness.processes import running
from quality.harness.wallets import JENNY, JENNYS_CARD
from serving.redis.store import SharedStore
from tests.support import proxies

QUERY = f'subscription {{ walletChanged(customerId: "{JENNY}") {{ id kind customer {{ name }} }} }}'
SECONDS = 10.0


@contextlib.asynccontextmanager
async def event_stream(base, **headers):
    """The lines of a subscription's response."""
    async with (
        httpx.AsyncClient(timeout=SECONDS) as http,
        http.stream(
            "POST", f"{base}/graphql", json={"query": QUERY}, headers={"Accept": "text/event-stream", **headers}
        ) as found,
    ):
        assert found.status_code == 200
        lines = found.aiter_lines()
        assert await anext(lines) == ":"
        yield lines


async def event(lines):
    """The fields of the next event."""
    fields = {}
    async with asyncio.timeout(SECONDS):
        async for line in lines:
            name, _, value = line.partition(": ")
            fields[name] = value
            if not line and "data" in fields:
                return fields
    raise AssertionError(f"the stream ended: {fields}")


@contextlib.asynccontextmanager
async def socket(base):
    """A WebSocket with a subscription."""
    url = base.replace("http", "ws") + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"]) as client:
        await client.send(json.dumps({"type": "connection_init"}))
        await client.recv()
        await client.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": QUERY}}))
        # The response to a later message shows that this one was handled.
        await client.send(json.dumps({"type": "subscribe", "id": "2", "payload": {"query": "{ viewer { kind } }"}}))
        await client.recv()
        await client.recv()
        yield client


async def test_two_replicas_send_each_change_and_resume_each_others_positions(store, tmp_path):
    shared = {"REDIS_URL": store.url, "SANDBOX": "true"}
    with (
        running("server.py", folder=tmp_path, **shared) as one,
        running("server.py", folder=tmp_path, **shared) as other,
    ):
        stream = RedisStream(redis := SharedStore(store.url))
        async with event_stream(one.base) as first, event_stream(other.base) as second:
            await stream.publish(WalletChange(JENNY, ChangeKind.DEFAULT_CHANGED, 1))
            found = [await event(first), await event(second)]
            assert found[0] == found[1]
            assert json.loads(found[0]["data"])["data"]["walletChanged"]["customer"] == {"name": "Jenny Rosen"}
        await stream.publish(WalletChange(JENNY, ChangeKind.CUSTOMER_UPDATED, 2))
        async with event_stream(other.base, **{"Last-Event-ID": found[0]["id"]}) as resumed:
            change = json.loads((await event(resumed))["data"])["data"]["walletChanged"]
            assert change["kind"] == "CUSTOMER_UPDATED"
        await redis.aclose()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_that_stops_ends_all_subscriptions_soon(tmp_path, number):
    with running("server.py", folder=tmp_path, DRAIN_SECONDS="0.5") as server:
        async with event_stream(server.base) as lines, socket(server.base) as client:
            server.process.send_signal(number)
            async with asyncio.timeout(SECONDS):
                rest = [line async for line in lines]
                await client.wait_closed()
        assert "event: complete" not in rest
        assert client.close_code == 1012
        assert await asyncio.to_thread(server.process.wait, 5) in (0, -signal.SIGTERM)
        assert '"ended":"drain"' in server.output()


async def test_a_websocket_can_be_opened_while_the_process_drains(tmp_path):
    with running("server.py", folder=tmp_path, DRAIN_SECONDS="3") as server:
        server.process.terminate()
        await asyncio.sleep(0.5)
        async with socket(server.base) as client:
            async with asyncio.timeout(SECONDS):
                await client.wait_closed()
        assert client.close_code == 1012


async def test_a_mutation_reaches_subscribers_of_both_transports(tmp_path):
    detach = f'mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}"}}) {{ errors {{ code }} }} }}'
    with running("server.py", folder=tmp_path) as server:
        async with event_stream(server.base) as lines, socket(server.base) as client:
            async with httpx.AsyncClient() as http:
                await http.post(f"{server.base}/graphql", json={"query": detach})
            async with asyncio.timeout(SECONDS):
                results = [json.loads((await event(lines))["data"]), json.loads(await client.recv())["payload"]]
    assert [result["data"]["walletChanged"]["kind"] for result in results] == ["PAYMENT_METHOD_DETACHED"] * 2


async def test_a_proxy_passes_each_event_on_immediately(tmp_path):
    detach = f'mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}"}}) {{ errors {{ code }} }} }}'
    with (
        running("server.py", folder=tmp_path) as server,
        proxies.nginx(tmp_path, server.port, changes={"proxy_buffering off;": ""}) as proxy,
    ):
        async with event_stream(proxy, **{"Accept-Encoding": "gzip"}) as lines, httpx.AsyncClient() as http:
            await http.post(f"{proxy}/graphql", json={"query": detach})
            change = json.loads((await event(lines))["data"])["data"]["walletChanged"]
    assert change["kind"] == "PAYMENT_METHOD_DETACHED"
