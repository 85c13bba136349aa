"""Changes that follow each other closely are passed on once, in an order after which clients can resume."""

import asyncio

import pytest

from changes.change import ChangeKind, WalletChange
from changes.streams import coalescing
from changes.streams.coalescing import Coalesced
from changes.streams.fan_out import FanOut
from changes.streams.stream import Entry

ATTACHED, UPDATED, RESYNC = ChangeKind.PAYMENT_METHOD_ATTACHED, ChangeKind.PAYMENT_METHOD_UPDATED, ChangeKind.RESYNC


@pytest.fixture(autouse=True)
def short_window(monkeypatch):
    monkeypatch.setattr(coalescing, "WINDOW_SECONDS", 0.02)


def entry(position, kind=ATTACHED, method="pm_1"):
    return Entry(str(position), WalletChange("cus_a", kind, 0, method))


async def coalesced(*entries):
    """The entries that are passed on, of these in one window."""
    changes = FanOut("0")
    with changes.subscribe("cus_a", None) as subscriber:
        for one in entries:
            changes.add(one)
        return await taken(Coalesced(subscriber))


async def taken(entries, seconds=0.1):
    found = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                found.append(await anext(entries))
    except TimeoutError:
        return found


async def test_equal_kinds_of_one_payment_method_are_one_change_at_the_last_position():
    assert await coalesced(entry(1, UPDATED), entry(2, UPDATED)) == [entry(2, UPDATED)]


async def test_other_kinds_and_other_payment_methods_stay():
    changes = [entry(1, ATTACHED), entry(2, UPDATED), entry(3, UPDATED, "pm_2"), entry(4, UPDATED, None)]
    assert await coalesced(*changes) == changes


async def test_positions_ascend():
    found = await coalesced(entry(1, UPDATED), entry(2, ATTACHED), entry(3, UPDATED))
    assert found == [entry(2, ATTACHED), entry(3, UPDATED)]


async def test_a_resync_replaces_the_changes_before_it_only():
    found = await coalesced(entry(1), entry(2, UPDATED), entry(3, RESYNC, None), entry(4))
    assert found == [entry(3, RESYNC, None), entry(4)]


async def test_a_change_after_the_window_is_sent_separately():
    changes = FanOut("0")
    with changes.subscribe("cus_a", None) as subscriber:
        entries = Coalesced(subscriber)
        changes.add(entry(1))
        assert await anext(entries) == entry(1)
        changes.add(entry(2))
        assert await anext(entries) == entry(2)


async def test_a_cancelled_wait_loses_nothing():
    changes = FanOut("0")
    with changes.subscribe("cus_a", None) as subscriber:
        entries = Coalesced(subscriber)
        assert await taken(entries, 0.005) == []
        changes.add(entry(1))
        changes.add(entry(2, UPDATED))
        assert await taken(entries, 0.005) == []
        assert await taken(entries) == [entry(1), entry(2, UPDATED)]
