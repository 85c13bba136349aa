"""Subscriptions that end leave no reference cycles of ours, and no memory."""

import asyncio

import pytest

from resolvers.subscriptions.wallet_changed import Changes
from serving.graphql.subscriptions.connection import Connection
from serving.graphql.subscriptions.subscription import Subscription
from serving.graphql.subscriptions.waiting import Waiter
from serving.server.protocol import BoundedProtocol
from serving.server.websocket import BoundedWebSocket
from tests.support.served import OWN, until

OURS = (Changes, Connection, Subscription, Waiter, BoundedProtocol, BoundedWebSocket)
JENNY = "cus_NbZ8Ki3f322LNn"


async def event_stream(served, headers):
    async with served.stream(OWN, headers=headers) as stream:
        await served.publish(JENNY)
        await stream.result()


async def websocket(served, headers):
    async with served.socket(payload=headers) as socket:
        await socket.subscribe(OWN)
        await until(lambda: served.service.subscriptions.limits.active == 1)
        await served.publish(JENNY)
        await socket.next()


@pytest.mark.parametrize("subscribe", [event_stream, websocket])
async def test_a_subscription_that_ends_leaves_nothing_to_the_collector(served, jenny, garbage, subscribe):
    await subscribe(served, jenny)
    await until(lambda: served.service.subscriptions.limits.active == 0)
    await asyncio.sleep(0.05)
    garbage(())
    for _ in range(3):
        await subscribe(served, jenny)
    await until(lambda: served.service.subscriptions.limits.active == 0)
    await asyncio.sleep(0.05)
    assert garbage(OURS) == set()
