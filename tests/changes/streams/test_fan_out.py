"""Subscribers get every change of their wallet, or a RESYNC, and never an unlimited queue."""

import asyncio

import pytest

from changes.change import ChangeKind, WalletChange
from changes.streams import fan_out
from changes.streams.fan_out import FanOut
from changes.streams.stream import Entry


def entry(number, wallet="cus_a", kind=ChangeKind.PAYMENT_METHOD_ATTACHED):
    return Entry(f"p-{number}", WalletChange(wallet, kind, 0, f"pm_{number}"))


def kept(*numbers, wallet="cus_a"):
    """A fan-out that keeps these changes."""
    found = FanOut("p-0")
    for number in numbers:
        found.add(entry(number, wallet))
    return found


async def available(subscriber):
    """The entries that are there without waiting."""
    entries = []
    try:
        async with asyncio.timeout(0):
            while True:
                entries.append(await anext(subscriber))
    except TimeoutError:
        return entries


def short(entries):
    return [(one.position, one.change.kind.name) for one in entries]


async def test_a_subscriber_gets_the_changes_of_its_wallet_only():
    changes = FanOut("p-0")
    with changes.subscribe("cus_a", None) as subscriber:
        changes.add(entry(1))
        changes.add(entry(2, "cus_b"))
        changes.add(entry(3))
        assert await available(subscriber) == [entry(1), entry(3)]


async def test_a_subscriber_resumes_after_any_kept_position():
    changes = kept(1, 2, 3)
    for after, left in (("p-0", [1, 2, 3]), ("p-1", [2, 3]), ("p-3", [])):
        with changes.subscribe("cus_a", after) as subscriber:
            assert await available(subscriber) == [entry(number) for number in left]


async def test_the_position_of_another_wallets_change_is_known_too():
    changes = kept(1, 2)
    changes.add(entry(3, "cus_b"))
    with changes.subscribe("cus_a", "p-3") as subscriber:
        assert await available(subscriber) == []


@pytest.mark.parametrize("after", ["", "p-9", "other-1"])
async def test_an_unknown_position_is_a_resync_at_the_latest_position(after):
    with kept(1, 2).subscribe("cus_a", after) as subscriber:
        assert short(await available(subscriber)) == [("p-2", "RESYNC")]


async def test_a_position_that_is_no_longer_kept_is_a_resync(monkeypatch):
    monkeypatch.setattr(fan_out, "KEPT_CHANGES", 2)
    changes = kept(1, 2, 3, 4)
    with changes.subscribe("cus_a", "p-2") as subscriber:
        assert await available(subscriber) == [entry(3), entry(4)]
    with changes.subscribe("cus_a", "p-1") as subscriber:
        assert short(await available(subscriber)) == [("p-4", "RESYNC")]


async def test_a_slow_subscriber_gets_a_resync_and_the_changes_after_it(monkeypatch):
    monkeypatch.setattr(fan_out, "QUEUED_CHANGES", 3)
    changes = FanOut("p-0")
    with changes.subscribe("cus_a", None) as subscriber:
        for number in range(1, 6):
            changes.add(entry(number))
        assert short(await available(subscriber)) == [("p-4", "RESYNC"), ("p-5", "PAYMENT_METHOD_ATTACHED")]


async def test_many_kept_changes_do_not_fill_more_than_the_queue(monkeypatch):
    monkeypatch.setattr(fan_out, "QUEUED_CHANGES", 3)
    with kept(*range(1, 30)).subscribe("cus_a", "p-0") as subscriber:
        assert "RESYNC" in dict(short(found := await available(subscriber))).values()
        assert len(found) <= 3


async def test_a_restart_sends_every_subscriber_a_resync_at_the_new_head():
    changes = kept(1)
    with changes.subscribe("cus_a", None) as one, changes.subscribe("cus_b", None) as other:
        changes.restart("", [entry(7)])
        for subscriber in (one, other):
            assert short(await available(subscriber)) == [("p-7", "RESYNC")]
    with changes.subscribe("cus_a", "p-1") as subscriber:
        assert short(await available(subscriber)) == [("p-7", "RESYNC")]


async def test_nothing_is_left_of_subscribers_and_dropped_changes(monkeypatch):
    monkeypatch.setattr(fan_out, "KEPT_CHANGES", 2)
    changes = FanOut("p-0")
    for number in range(100):
        with changes.subscribe(f"cus_{number}", None):
            changes.add(entry(number, f"cus_{number}"))
    sizes = {
        name: len(value)
        for name, value in vars(changes).items()
        if isinstance(value, (dict, list)) or "_entries" in name
    }
    assert sizes == {"_subscribers": 0, "_entries": 2, "_numbers": 2, "_by_wallet": 2}
