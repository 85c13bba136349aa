"""Clients resume after a position, and get a RESYNC where changes are missing."""

import asyncio

import pytest

from changes.change import ChangeKind
from changes.streams import fan_out
from quality.harness.wallets import JENNY, JENNYS_CARD
from tests.support.served import OWN


async def first_position(served, headers):
    async with served.stream(OWN, headers=headers) as stream:
        await served.publish(JENNY)
        return (await stream.event())["id"]


@pytest.mark.parametrize("by", ["header", "extension"])
async def test_a_client_resumes_after_the_last_event_it_received(served, jenny, by):
    position = await first_position(served, jenny)
    await served.publish(JENNY, ChangeKind.DEFAULT_CHANGED)
    headers, members = {**jenny, "Last-Event-ID": position}, {}
    if by == "extension":
        headers, members = {**jenny, "Last-Event-ID": "other"}, {"extensions": {"after": position}}
    async with served.stream(OWN, headers=headers, **members) as stream:
        assert (await stream.result())["data"]["walletChanged"]["kind"] == "DEFAULT_CHANGED"


async def test_an_unknown_position_is_a_resync(served, jenny):
    async with served.stream(OWN, headers={**jenny, "Last-Event-ID": "1234-5"}) as stream:
        change = (await stream.result())["data"]["walletChanged"]
    assert change["kind"] == "RESYNC"
    assert change["paymentMethod"] is None


async def test_a_position_must_be_a_string(served, jenny):
    async with served.stream(OWN, headers=jenny, extensions={"after": 5}) as stream:
        assert stream.response.status_code == 400


async def test_a_slow_subscriber_gets_a_resync(served, jenny, monkeypatch):
    monkeypatch.setattr(fan_out, "QUEUED_CHANGES", 5)
    async with served.stream(OWN, headers=jenny) as stream:
        await asyncio.sleep(0.05)
        for number in range(20):
            await served.publish(JENNY, ChangeKind.PAYMENT_METHOD_UPDATED, f"pm_{number}")
        assert (await stream.result())["data"]["walletChanged"]["kind"] == "RESYNC"


async def test_changes_within_the_window_are_one_event(served, jenny):
    async with served.stream(OWN, headers=jenny) as stream:
        for _ in range(3):
            await served.publish(JENNY, ChangeKind.PAYMENT_METHOD_UPDATED, JENNYS_CARD)
        await served.publish(JENNY, ChangeKind.DEFAULT_CHANGED)
        kinds = [(await stream.result())["data"]["walletChanged"]["kind"] for _ in range(2)]
        assert kinds == ["PAYMENT_METHOD_UPDATED", "DEFAULT_CHANGED"]
        await asyncio.sleep(0.05)
        assert await stream.block() == {"": ""}
